import { useState } from "preact/hooks";
import type { Event } from "../api/types";
import { Failure, Field, Spinner } from "../ui/ui";

/** For good, so the organizer types the event's name first. */
export function CancelForm({ event, cancel }: { event: Event; cancel: () => Promise<void> }) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const sure = typed.trim() === event.name;
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    if (busy || !sure) return;
    setBusy(true);
    setError(undefined);
    try {
      await cancel();
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  return (
    <section class="card stack" aria-labelledby="cancel">
      <h2 id="cancel">Cancel it</h2>
      <p>
        Sales end at once, every ticket becomes void, and every buyer gets everything back, fees too. This
        cannot be taken back.
      </p>
      <form class="stack" onSubmit={submit}>
        <Field
          label="The event’s name, to be sure"
          hint={`Type “${event.name}”`}
          value={typed}
          onInput={setTyped}
          autocomplete="off"
        />
        {error !== undefined && <Failure error={error} />}
        <button class="button change-danger" type="submit" disabled={busy || !sure}>
          {busy ? <Spinner label="Cancelling" /> : "Cancel the event and refund everybody"}
        </button>
      </form>
    </section>
  );
}
