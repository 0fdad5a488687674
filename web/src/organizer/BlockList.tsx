import { useState } from "preact/hooks";
import type { Block } from "../api/types";
import type { Plan } from "../map/plan";
import { Failure } from "../ui/ui";
import { countWords } from "./BlockForm";
import { releaseBlock } from "./blocks";
import { idsOf, linesOf, seatsOf } from "./house";

/** What is kept out of the sale, each with its seats; all of them, or those chosen on the map, can go back. */
export function BlockList(props: {
  plan: Plan;
  blocks: readonly Block[];
  chosen: ReadonlySet<number>;
  onDone: () => void;
}) {
  const { plan, blocks, chosen, onDone } = props;
  return (
    <section class="stack" aria-labelledby="blocks-title">
      <h2 id="blocks-title">Kept out of the sale</h2>
      {blocks.length === 0 && <p class="muted">No seats.</p>}
      <ul class="house-blocks">
        {blocks.map((block) => (
          <li key={block.blockId} class="card">
            <OneBlock block={block} plan={plan} chosen={chosen} onDone={onDone} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function OneBlock(props: { block: Block; plan: Plan; chosen: ReadonlySet<number>; onDone: () => void }) {
  const { block, plan, chosen, onDone } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const seats = seatsOf(plan, block.seatIds);
  const picked = seats.filter((seat) => chosen.has(seat));
  const release = async (seatIds: string[]) => {
    setBusy(true);
    setError(undefined);
    try {
      await releaseBlock(block, seatIds);
      onDone();
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  const title = `${block.kind === "reserved" ? "Reserved" : "Not to be sold"}: ${block.label}`;
  return (
    <article class="stack" aria-label={title}>
      <h3>{title}</h3>
      <ul class="house-lines">
        {linesOf(plan, seats).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {error !== undefined && <Failure error={error} />}
      <div class="house-answers">
        {picked.length > 0 && picked.length < seats.length && (
          <button
            type="button"
            class="button quiet"
            disabled={busy}
            onClick={() => release(idsOf(plan, picked))}
          >
            Give the {countWords(picked.length)} chosen back
          </button>
        )}
        <button type="button" class="button quiet" disabled={busy} onClick={() => release(block.seatIds)}>
          Give {countWords(block.seatIds.length)} back
        </button>
      </div>
    </article>
  );
}
