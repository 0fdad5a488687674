import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Order, OrderStatus } from "../api/types";

const MOVING: ReadonlySet<OrderStatus> = new Set(["pending", "in_review", "requires_action"]);
const QUICK_MS = 400;
const CALM_MS = 2_000;
const QUICK_FOR_MS = 15_000;

/** Tells an order now and at every change until it has ended, or the returned function is called. */
export function followOrder(
  orderId: string,
  tell: (order: Order) => void,
  fail: (error: unknown) => void,
): () => void {
  const leaving = new AbortController();
  const began = Date.now();
  const ask = async () => {
    let again = true;
    try {
      const order = await call<Order>(`/orders/${encodeURIComponent(orderId)}`, {
        private: true,
        signal: leaving.signal,
      });
      if (leaving.signal.aborted) return;
      fail(undefined);
      tell(order);
      again = MOVING.has(order.status);
    } catch (error) {
      if (leaving.signal.aborted) return;
      fail(error);
      again = error instanceof Problem && error.passing;
    }
    if (again)
      setTimeout(
        () => leaving.signal.aborted || ask(),
        Date.now() - began < QUICK_FOR_MS ? QUICK_MS : CALM_MS,
      );
  };
  void ask();
  return () => leaving.abort();
}
