import { useState } from "preact/hooks";
import type { EventChange } from "../api/types";
import { Failure, Notice, Spinner } from "../ui/ui";

const WORDS = {
  cancelled: { title: "This event is cancelled", done: "refunded", going: "Everybody gets everything back" },
  moved: {
    title: "This event has a new date",
    done: "told",
    going: "Every buyer is told, and may give tickets back",
  },
} as const;

/** How far refunding, or telling the buyers, has come; and the way on where it has stopped.
 * A move goes on by the form that began it, since only the organizer knows the date for sure. */
export function ChangeProgress({ change, goOn }: { change: EventChange; goOn: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const words = WORDS[change.change];
  const orders = change.orders ?? 0;
  const left = change.left ?? 0;
  const resume = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await goOn();
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  return (
    <section class="card stack" aria-labelledby="change">
      <h2 id="change">{words.title}</h2>
      {change.orders == null ? (
        <p role="status">
          {change.status === "running"
            ? "Sales have ended. Orders are being looked up."
            : "It has not begun."}
        </p>
      ) : (
        <>
          <progress
            class="change-bar"
            aria-label={`Orders ${words.done}`}
            max={orders || 1}
            value={orders ? change.done : 1}
          />
          <p class="numbers" role="status">
            <b>
              {change.done.toLocaleString()} of {orders.toLocaleString()} orders {words.done}
            </b>
            {change.failed > 0 && `, ${change.failed.toLocaleString()} failed`}
            {change.status === "running" && left > 0 && `, ${left.toLocaleString()} to go`}
          </p>
        </>
      )}
      {change.status === "running" && <p class="muted">{words.going}. You may leave this page.</p>}
      {change.nextTryAt && Date.parse(change.nextTryAt) > Date.now() && (
        <p>
          What failed is tried again at{" "}
          <time dateTime={change.nextTryAt}>{new Date(change.nextTryAt).toLocaleTimeString()}</time>.
        </p>
      )}
      {change.status === "finished" && (
        <Notice
          kind="good"
          title={orders ? `All ${orders.toLocaleString()} orders are ${words.done}` : "Nobody had bought"}
        />
      )}
      {change.status === "stopped" && (
        <Notice title={change.failed ? "Some orders could not be done" : "It was stopped"}>
          {change.change === "cancelled"
            ? "Going on repeats nothing: each order knows what was done for it."
            : "Move it to the same date once more: whoever was told is not told again."}
        </Notice>
      )}
      {change.status === "stopped" && change.change === "cancelled" && (
        <button type="button" class="button" disabled={busy} onClick={resume}>
          {busy ? <Spinner label="Going on" /> : "Go on"}
        </button>
      )}
      {error !== undefined && <Failure error={error} />}
      {change.failures.length > 0 && (
        <details>
          <summary>Which failed, and why</summary>
          <ul class="change-failures numbers">
            {change.failures.map((each) => (
              <li key={each.orderId}>
                {each.orderId}: {each.why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
