import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { call } from "../api/client";
import type { Hold, Order } from "../api/types";
import { forgetHold, rememberHold, takeHold } from "../event/holding";
import { money } from "../money";
import { Failure, Notice, Spinner } from "../ui/ui";
import { failureWords, mayTryAgain } from "./reasons";

/** An order that did not come about: why, that nothing was charged, and the way on. */
export function Failed({ order, eventName }: { order: Order; eventName: string }) {
  const reason = order.reason ?? "";
  const code = order.declineCode ?? reason;
  const { title, advice } = failureWords(reason, code);
  return (
    <>
      <h1>{title}</h1>
      <Notice title="You have not been charged">{advice}</Notice>
      {mayTryAgain(reason) && <AnotherCard order={order} eventName={eventName} code={code} />}
      <p>
        <a href={`/events/${order.eventId}`}>Back to the map</a>
      </p>
      <p class="small muted numbers">
        Order {order.orderId} · {money(order.fare.total)}
      </p>
    </>
  );
}

/** Back to the card form with the same seats: those still held, or held anew if nobody has taken them yet. */
function AnotherCard({ order, eventName, code }: { order: Order; eventName: string; code: string }) {
  const { route } = useLocation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const goOn = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const hold = await sameSeats(order);
      rememberHold(hold, eventName);
      route(`/checkout/${hold.holdId}?declined=${encodeURIComponent(code)}`);
    } catch (caught) {
      forgetHold();
      setError(caught);
      setBusy(false);
    }
  };
  return (
    <>
      {error !== undefined && <Failure error={error} />}
      <p>
        <button type="button" class="button" disabled={busy} onClick={goOn}>
          {busy ? <Spinner label="One moment" /> : "Try another card"}
        </button>
      </p>
    </>
  );
}

async function sameSeats(order: Order): Promise<Hold> {
  const standing = await call<Hold>(`/seats/hold/${order.holdId}`, { private: true }).catch(() => undefined);
  if (standing && !standing.orderId) return standing;
  return takeHold({
    eventId: order.eventId,
    seatIds: order.seats.map((seat) => seat.seatId),
    ticketTypes: order.seats.map((seat) => seat.ticketTypeId),
  });
}
