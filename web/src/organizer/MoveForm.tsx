import { useState } from "preact/hooks";
import type { Event } from "../api/types";
import { Failure, Spinner } from "../ui/ui";
import { instantIn } from "./times";

interface NewDate {
  startsAt: string;
  keepUntil?: string;
}

/** Another date: tickets stay valid, buyers are told and may give theirs back until a day. */
export function MoveForm({ event, move }: { event: Event; move: (body: NewDate) => Promise<void> }) {
  const [startsAt, setStartsAt] = useState("");
  const [keepUntil, setKeepUntil] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const zone = event.venue.timezone;
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await move({
        startsAt: instantIn(zone, startsAt),
        ...(keepUntil && { keepUntil: instantIn(zone, keepUntil) }),
      });
      setStartsAt("");
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  return (
    <section class="card stack" aria-labelledby="move">
      <h2 id="move">Move it</h2>
      <p>
        Tickets stay valid for the new date. Every buyer is told, and may give tickets back free of charge
        until the day you say, or for two weeks. It is not sold until you put it on sale again.
      </p>
      <form class="stack" onSubmit={submit}>
        <div class="organizer-grid">
          <label class="field">
            <span>New date, at the venue’s clock</span>
            <input
              class="input"
              type="datetime-local"
              required
              value={startsAt}
              onInput={(e) => setStartsAt(e.currentTarget.value)}
            />
          </label>
          <label class="field">
            <span>May be given back until</span>
            <input
              class="input"
              type="datetime-local"
              value={keepUntil}
              onInput={(e) => setKeepUntil(e.currentTarget.value)}
            />
          </label>
        </div>
        {error !== undefined && <Failure error={error} />}
        <button class="button" type="submit" disabled={busy}>
          {busy ? <Spinner label="Moving" /> : "Move the event and tell everybody"}
        </button>
      </form>
    </section>
  );
}
