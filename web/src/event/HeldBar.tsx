import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Countdown, useSecondsLeft } from "../checkout/Countdown";
import "./held.css";
import { forgetHold, type Held, held } from "./holding";

/** On every page but the checkout itself: seats are waiting, and this is the way back to them. */
export function HeldBar() {
  const { path } = useLocation();
  const hold = held.value;
  if (!hold || path.startsWith("/checkout/") || path.startsWith("/orders/")) return null;
  return <Waiting key={hold.holdId} {...hold} />;
}

function Waiting({ holdId, eventName, seats, heldUntil }: Held) {
  const seconds = useSecondsLeft(heldUntil);
  useEffect(() => {
    if (seconds === 0) forgetHold();
  }, [seconds]);
  return (
    <aside class="held" aria-label="Seats held for you">
      <span>
        {seats === 1 ? "1 seat" : `${seats} seats`} held for <b>{eventName}</b>
      </span>
      <Countdown seconds={seconds} />
      <a href={`/checkout/${holdId}`}>Go and pay</a>
    </aside>
  );
}
