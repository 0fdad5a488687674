import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { RoomRecord } from "../api/types";
import { type Batch, BatchFields, batchOf, STEADY } from "./BatchFields";
import { Faults, faultsOf } from "./faults";
import { Input, Refusal } from "./Saving";

/** Pause, resume, places, rate, close. Each takes effect within two seconds and is on record. */
export function Controls({ record: { now, changes }, done }: { record: RoomRecord; done: () => void }) {
  const set = changes[0];
  const [capacity, setCapacity] = useState<string>();
  const [rate, setRate] = useState<string>();
  const [batch, setBatch] = useState<Batch>();
  const setTo = set?.batch
    ? { people: String(set.batch.people), every: String(set.batch.everySeconds) }
    : STEADY;
  const [closing, setClosing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const act = async (body: object): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await call(`/organizer/queues/${now.eventId}`, { method: "POST", private: true, body });
      setClosing(false);
      done();
      return true;
    } catch (refused) {
      setError(refused);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const change = async (e: SubmitEvent) => {
    e.preventDefault();
    const changed = await act({
      action: "change",
      ...(capacity ? { capacity: Number(capacity) } : {}),
      ...(rate ? { admissionsPerSecond: Number(rate) } : {}),
      ...(batch ? { batch: batchOf(batch) } : {}),
    });
    if (!changed) return;
    setCapacity(undefined);
    setRate(undefined);
    setBatch(undefined);
  };
  return (
    <section class="card stack" aria-label="Controls">
      <Refusal error={error} title="The room cannot be set like this" />
      <form class="room-settings" onSubmit={change}>
        <Faults.Provider value={faultsOf(error) ?? []}>
          <Input
            label="Places"
            path="capacity"
            type="number"
            value={capacity ?? String(now.capacity)}
            set={setCapacity}
            more={{ min: 1, max: 1_000_000 }}
          />
          <Input
            label="Let in a second, at most"
            path="admissionsPerSecond"
            type="number"
            value={rate ?? String(set?.admissionsPerSecond ?? "")}
            set={setRate}
            more={{ min: 1, max: 500 }}
          />
          <BatchFields batch={batch ?? setTo} set={setBatch} />
        </Faults.Provider>
        <button type="submit" class="button quiet" disabled={busy || (!capacity && !rate && !batch)}>
          Change
        </button>
      </form>
      <p class="muted small">
        Fewer places put nobody out: those who are in finish, and nobody follows until then.
      </p>
      <div class="room-actions">
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => act({ action: now.paused ? "resume" : "pause" })}
        >
          {now.paused ? "Resume" : "Pause"}
        </button>
        {closing ? (
          <>
            <button type="button" class="button" disabled={busy} onClick={() => act({ action: "close" })}>
              Yes, close it for good
            </button>
            <button type="button" class="button quiet" onClick={() => setClosing(false)}>
              No
            </button>
          </>
        ) : (
          <button type="button" class="button quiet" disabled={busy} onClick={() => setClosing(true)}>
            Close…
          </button>
        )}
      </div>
    </section>
  );
}
