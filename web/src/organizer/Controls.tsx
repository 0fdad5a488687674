import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { RoomRecord } from "../api/types";
import { Failure } from "../ui/ui";

/** Pause, resume, places, rate, close. Each takes effect within two seconds and is on record. */
export function Controls({ record: { now, changes }, done }: { record: RoomRecord; done: () => void }) {
  const set = changes[0];
  const [capacity, setCapacity] = useState<string>();
  const [rate, setRate] = useState<string>();
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
    });
    if (!changed) return;
    setCapacity(undefined);
    setRate(undefined);
  };
  return (
    <section class="card stack" aria-label="Controls">
      {error !== undefined && <Failure error={error} />}
      <form class="room-settings" onSubmit={change}>
        <label class="field">
          <span>Places</span>
          <input
            class="input"
            type="number"
            required
            min={1}
            max={1_000_000}
            value={capacity ?? now.capacity}
            onInput={(e) => setCapacity(e.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Let in a second, at most</span>
          <input
            class="input"
            type="number"
            required
            min={1}
            max={500}
            value={rate ?? set?.admissionsPerSecond ?? ""}
            onInput={(e) => setRate(e.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button quiet" disabled={busy || (!capacity && !rate)}>
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
