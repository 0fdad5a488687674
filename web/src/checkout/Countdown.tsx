import { useEffect, useState } from "preact/hooks";
import { serverNow } from "../api/clock";
import "./countdown.css";

/** Told aloud when this many seconds are left; every second would drown everything else. */
const TOLD = [300, 120, 60, 30, 10];

/** Whole seconds until a moment of the server's clock; 0 once it has passed. */
export function useSecondsLeft(until: string): number {
  const left = () => Math.max(0, Math.ceil((Date.parse(until) - serverNow()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
  }, [until]);
  return seconds;
}

export function Countdown({ seconds }: { seconds: number }) {
  const told = TOLD.find((mark) => seconds <= mark && seconds > mark - 3);
  return (
    <>
      <span class={`countdown numbers ${seconds <= 60 ? "late" : ""}`} role="timer" aria-live="off">
        {minutes(seconds)}
      </span>
      <span class="visually-hidden" role="status">
        {told ? `${told >= 60 ? `${told / 60} minutes` : `${told} seconds`} left` : ""}
      </span>
    </>
  );
}

export function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
