import { useRoute } from "preact-iso";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import type { Proof } from "../api/types";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import { type Check, verify } from "./verify";
import "./queue.css";

interface Verified {
  proof: Proof;
  checks: Check[];
}

/** One's own part of the draw, checked in this browser. */
export function DrawPage() {
  const eventId = useRoute().params.eventId as string;
  useTitle("Check the draw");
  return person.value ? <Verification eventId={eventId} /> : <SignInFirst />;
}

function Verification({ eventId }: { eventId: string }) {
  const loaded = useLoaded<Verified>(eventId, async (signal) => {
    const proof = await call<Proof>(`/queue/${eventId}/proof`, { private: true, signal });
    return { proof, checks: await verify(proof) };
  });
  return (
    <main id="main" class="page narrow queue" tabIndex={-1}>
      <h1>Check the draw</h1>
      <p>
        When the room opened, we published the fingerprint of a secret and the round of a public beacon. After
        registration closed, the register's root came out first, and only then the secret and the beacon's
        value. Your browser now works out your rank from them by itself.
      </p>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      {loaded.value && (
        <>
          <ul class="queue-checks">
            {loaded.value.checks.map((check) => (
              <li key={check.what} class={check.holds ? "holds" : "fails"}>
                <strong>{check.holds ? "True" : "Not true"}</strong> {check.what}
              </li>
            ))}
          </ul>
          <p>
            <a
              class="button quiet"
              download="draw.json"
              href={`data:application/json,${encodeURIComponent(JSON.stringify(loaded.value.proof, null, 2))}`}
            >
              Save the proof
            </a>
          </p>
          <p class="muted">
            Beacon round {loaded.value.proof.beaconRound}; {loaded.value.proof.registered} people were drawn.
          </p>
        </>
      )}
    </main>
  );
}
