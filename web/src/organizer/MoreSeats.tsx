import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { ChartImport } from "../api/types";
import { Failure, Notice, Spinner } from "../ui/ui";
import { ChartStep } from "./ChartStep";

/** A house grows while it is sold: the same chart once more, with further sections behind its own. */
export function MoreSeats({ eventId, onDone }: { eventId: string; onDone: () => void }) {
  const [chart, setChart] = useState<ChartImport>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [seatCount, setSeatCount] = useState<number>();
  const grow = async (chartHash: string) => {
    setBusy(true);
    setError(undefined);
    try {
      const path = `/organizer/events/${encodeURIComponent(eventId)}/chart`;
      const body = { chartHash };
      const larger = await call<{ seatCount: number }>(path, { method: "POST", private: true, body });
      setSeatCount(larger.seatCount);
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  return (
    <details class="house-more">
      <summary>
        <h2>More seats</h2>
      </summary>
      <div class="stack">
        <p class="muted">
          Bring this event’s chart again with new sections behind the ones it has. Seats that are being sold
          keep their places.
        </p>
        <ChartStep title="The larger chart" onChart={setChart} />
        {chart?.chart && seatCount === undefined && (
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => chart.chart && grow(chart.chart.hash)}
          >
            {busy ? <Spinner label="Adding the seats" /> : "Sell the new sections too"}
          </button>
        )}
        {error !== undefined && <Failure error={error} />}
        {seatCount !== undefined && (
          <Notice
            kind="good"
            title={`The house has ${seatCount.toLocaleString()} seats now`}
            action={{ label: "Show them", run: onDone }}
          />
        )}
      </div>
    </details>
  );
}
