import { call } from "../api/client";
import { stayLive } from "../api/live";
import { Problem } from "../api/problems";
import type { Order } from "../api/types";

/** A purchase is over in a second or two; where it is not, it is asked for ever less often. */
const FIRST_MS = 400;
const LATER = 1.25;
const MS_MAX = 2_000;

/**
 * Tells an order now and at every change, until the returned function is called. One whose purchase runs is asked for;
 * one that waits for somebody, or has ended, may change at any time or never: of that the live connection tells.
 */
export function followOrder(
  orderId: string,
  tell: (order: Order) => void,
  fail: (error: unknown) => void,
): () => void {
  const leaving = new AbortController();
  let wait = FIRST_MS;
  let again: ReturnType<typeof setTimeout> | undefined;
  let hangUp: (() => void) | undefined;
  let asked = 0;
  const ask = async () => {
    clearTimeout(again);
    const mine = ++asked;
    const late = () => leaving.signal.aborted || mine !== asked;
    let soon = true;
    try {
      const order = await call<Order>(`/orders/${encodeURIComponent(orderId)}`, {
        private: true,
        signal: leaving.signal,
      });
      if (late()) return;
      fail(undefined);
      tell(order);
      soon = order.status === "pending";
      if (!soon) hangUp ??= listen();
    } catch (error) {
      if (late()) return;
      fail(error);
      soon = error instanceof Problem && error.passing;
    }
    if (!soon) return;
    again = setTimeout(ask, wait);
    wait = Math.min(wait * LATER, MS_MAX);
  };
  const listen = () =>
    stayLive(
      { action: "watchOrder", orderId },
      (message) => {
        const ours = message.orderId === orderId;
        if (ours && String(message.type).startsWith("order.")) void ask();
        return ours;
      },
      ask,
    );
  void ask();
  return () => {
    leaving.abort();
    clearTimeout(again);
    hangUp?.();
  };
}
