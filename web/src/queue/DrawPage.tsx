import { useRoute } from "preact-iso";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { NowServing, Proof } from "../api/types";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import { beaconAt } from "./beacon";
import { type Check, verify } from "./verify";
import "./queue.css";

interface Verified {
  proof: Proof;
  checks: Check[];
  source: string;
}

const count = new Intl.NumberFormat("en");

/** One's own part of the draw, checked in this browser. */
export function DrawPage() {
  const eventId = useRoute().params.eventId as string;
  useTitle("Check the draw");
  return person.value ? <Verification eventId={eventId} /> : <SignInFirst />;
}

function Verification({ eventId }: { eventId: string }) {
  const loaded = useLoaded<Verified>(eventId, async (signal) => {
    const now = await call<NowServing>(`/queue/${eventId}/now`, { signal });
    if (!now.draw.drawAt) throw new Problem("no-draw", 404);
    const proof = await call<Proof>(`/queue/${eventId}/proof`, { private: true, signal });
    return { proof, checks: await verify(proof, now), source: now.draw.beaconSource };
  });
  const word = loaded.error instanceof Problem ? loaded.error.word : "";
  return (
    <main id="main" class="page middle stack queue" tabIndex={-1}>
      <p>
        <a href={`/queue/${eventId}`}>Back to the waiting room</a>
      </p>
      <h1>Check the draw</h1>
      <p class="lede">
        When the room opened, we published the fingerprint of a secret and the round of a public beacon that
        nobody could know yet. After registration closed, the root of the register came out first, and only
        then the secret and the beacon’s value. So neither we nor anybody else could choose who comes first.
        Your browser works it all out again, by itself:
      </p>
      {word === "no-draw" ? (
        <Notice title="This room has no draw">Everybody goes in by the order of coming.</Notice>
      ) : word === "not-in-line" ? (
        <Notice title="You were not in the draw">
          You joined after it, or not at all. Whoever joins later goes in by the order of coming.
        </Notice>
      ) : word === "room-not-open" ? (
        <Notice title="Nothing was drawn yet">Come back after the draw.</Notice>
      ) : (
        loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />
      )}
      {!loaded.value && loaded.error === undefined && <p role="status">Checking…</p>}
      {loaded.value && <Result {...loaded.value} />}
    </main>
  );
}

function Result({ proof, checks, source }: Verified) {
  const place = Math.ceil((Number.parseInt(proof.rank.slice(1, 14), 16) / 2 ** 52) * proof.registered);
  const standIn = beaconAt(source) === "stand-in";
  const failed = checks.filter(({ holds }) => !holds).length;
  return (
    <>
      {failed === 0 ? (
        <Notice kind="good" title="The draw was fair to you">
          Your rank is about number {count.format(Math.max(1, place))} of {count.format(proof.registered)}.
        </Notice>
      ) : (
        <Notice kind="bad" title="Something does not fit">
          Save the proof and show it to somebody you trust: it says what was claimed to you.
        </Notice>
      )}
      <ul class="queue-checks card">
        {checks.map((check) => (
          <li key={check.what} class={check.holds ? "holds" : "fails"}>
            <strong>{check.holds ? "True" : "Not true"}</strong>
            <span>{check.what}</span>
          </li>
        ))}
      </ul>
      <dl class="queue-proof small">
        <dt>Your rank</dt>
        <dd>{proof.rank}</dd>
        <dt>Register’s root</dt>
        <dd>{proof.root}</dd>
        <dt>Beacon</dt>
        <dd>
          round {proof.beaconRound} of {source}
        </dd>
      </dl>
      <div class="actions">
        <a
          class="button quiet"
          download="draw.json"
          href={`data:application/json,${encodeURIComponent(JSON.stringify(proof, null, 2))}`}
        >
          Save the proof
        </a>
      </div>
      {standIn && (
        <p class="muted small">
          Anybody can compute the values of a stand-in: on this machine the mechanics can be checked, and no
          more.
        </p>
      )}
      <p class="muted small">
        Anybody can check the saved file without this page as well:{" "}
        <code>make verify-draw PROOF=draw.json{standIn && " BEACON=stand-in"}</code>
      </p>
    </>
  );
}
