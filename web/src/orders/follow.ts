import { call } from "../api/client";
import { stayLive } from "../api/live";
import { Problem } from "../api/problems";
import type { Order } from "../api/types";

/** A purchase is over in a second or two; where it is not, it is asked for less often. */
const FIRST_MS = 400;
const LATER = 2;
const MS_MAX = 1_200;

let placed: Order | undefined;

/** The page of an order that was placed a moment ago begins with what was answered, and asks a little later. */
export function followPlaced(order: Order): void {
  placed = order;
}

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
    if (soon) askLater();
  };
  const askLater = () => {
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
  const known = placed?.orderId === orderId && placed.status === "pending" ? placed : undefined;
  placed = undefined;
  if (known) {
    tell(known);
    askLater();
  } else {
    void ask();
  }
  return () => {
    leaving.abort();
    clearTimeout(again);
    hangUp?.();
  };
}
