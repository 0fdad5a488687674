import { useState } from "preact/hooks";
import type { Block } from "../api/types";
import { lostSeats } from "../event/useSeats";
import type { FreeSeats } from "../map/availability";
import type { Plan, PlanSection } from "../map/plan";
import { Failure, Notice, Spinner } from "../ui/ui";
import { blockSeats } from "./blocks";
import { idsOf, linesOf, placesOf, seatsOf } from "./house";

const SEATS_MAX = 2_000;

/** The seats chosen on the map, and for what they are kept out of the sale. */
export function BlockForm(props: {
  eventId: string;
  plan: Plan;
  free: FreeSeats;
  chosen: readonly number[];
  /** A standing area that was pressed: there one chooses how many, and not which. */
  standing: PlanSection | undefined;
  hint: string;
  onChange: (seats: readonly number[]) => void;
  onLost: (seatIds: readonly string[]) => void;
  onDone: () => void;
}) {
  const { eventId, plan, free, chosen, standing, onChange } = props;
  const [kind, setKind] = useState<Block["kind"]>("blocked");
  const [label, setLabel] = useState("");
  const [places, setPlaces] = useState(1);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [said, setSaid] = useState("");

  const keep = async (e: SubmitEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    setSaid("");
    try {
      const block = await blockSeats(eventId, { kind, label: label.trim(), seatIds: idsOf(plan, chosen) });
      setSaid(`${countWords(block.seatIds.length)} kept out of the sale`);
      setLabel("");
      props.onDone();
    } catch (refused) {
      setError(refused);
      props.onLost(lostSeats(refused));
    }
    setBusy(false);
  };
  return (
    <section class="stack" aria-labelledby="block-title">
      <h2 id="block-title">Keep seats out of the sale</h2>
      {standing && (
        <div class="house-places">
          <label class="field">
            <span>Places in {standing.label}</span>
            <input
              class="input numbers"
              type="number"
              min={1}
              max={SEATS_MAX}
              value={places}
              onInput={(e) => setPlaces(e.currentTarget.valueAsNumber)}
            />
          </label>
          <button
            type="button"
            class="button quiet"
            onClick={() =>
              onChange([...chosen, ...placesOf(standing, free, new Set(chosen), places)].slice(0, SEATS_MAX))
            }
          >
            Add
          </button>
        </div>
      )}
      {chosen.length === 0 && <p class="muted">Choose seats on the map.</p>}
      <p class="chosen-hint" role="status">
        {props.hint}
      </p>
      {chosen.length > 0 && (
        <form class="stack" onSubmit={keep}>
          <ul class="house-lines">
            {linesOf(plan, chosen).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <fieldset class="house-kind">
            <legend class="visually-hidden">What for</legend>
            <label class="check">
              <input
                type="radio"
                name="kind"
                checked={kind === "blocked"}
                onChange={() => setKind("blocked")}
              />
              Not to be sold
            </label>
            <label class="check">
              <input
                type="radio"
                name="kind"
                checked={kind === "reserved"}
                onChange={() => setKind("reserved")}
              />
              Reserved for a guest
            </label>
          </fieldset>
          <label class="field">
            <span>{kind === "blocked" ? "Why" : "For whom"}</span>
            <input
              class="input"
              required
              maxLength={80}
              value={label}
              placeholder={kind === "blocked" ? "Camera platform" : "The conductor’s family"}
              onInput={(e) => setLabel(e.currentTarget.value)}
            />
          </label>
          <div class="house-answers">
            <button class="button" type="submit" disabled={busy || !label.trim()}>
              {busy ? <Spinner label="Keeping them" /> : `Keep ${countWords(chosen.length)}`}
            </button>
            <button class="button quiet" type="button" onClick={() => onChange([])}>
              Choose none
            </button>
          </div>
        </form>
      )}
      {error !== undefined && <Refused error={error} plan={plan} />}
      {said && <Notice kind="good" title={said} />}
    </section>
  );
}

function Refused({ error, plan }: { error: unknown; plan: Plan }) {
  const lines = linesOf(plan, seatsOf(plan, lostSeats(error)));
  if (lines.length === 0) return <Failure error={error} />;
  return (
    <Notice kind="bad" title="Somebody has some of these seats">
      {lines.join("; ")}. They are off your choice; nothing was kept.
    </Notice>
  );
}

export function countWords(seats: number): string {
  return seats === 1 ? "1 seat" : `${seats} seats`;
}
