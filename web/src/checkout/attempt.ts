import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Money, Order, PurchaseRequest } from "../api/types";

/**
 * One try at paying for a hold with one card. Its key and payment method stay the same however often it is sent,
 * so that a lost answer, a second click or a reload never makes a second order.
 */
export interface Attempt {
  key: string;
  holdId: string;
  paymentMethodId: string;
  /** What the buyer was shown; the server refuses any other price. */
  total: Money;
}

const stored = (holdId: string) => `boxoffice.attempt.${holdId}`;
const RETRIES = 3;

export function newAttempt(holdId: string, paymentMethodId: string, total: Money): Attempt {
  const attempt = { key: crypto.randomUUID(), holdId, paymentMethodId, total };
  sessionStorage.setItem(stored(holdId), JSON.stringify(attempt));
  return attempt;
}

/** An attempt whose answer never arrived, to be sent again as it was. */
export function openAttempt(holdId: string): Attempt | undefined {
  const text = sessionStorage.getItem(stored(holdId));
  return text ? (JSON.parse(text) as Attempt) : undefined;
}

/** Places the order; tries the same attempt again while the answer may still come. */
export async function place(attempt: Attempt, pause = wait): Promise<Order> {
  for (let tries = 1; ; tries++) {
    try {
      const order = await call<Order>("/orders", {
        method: "POST",
        private: true,
        headers: { "idempotency-key": attempt.key },
        body: {
          holdId: attempt.holdId,
          paymentInfo: { paymentMethodId: attempt.paymentMethodId },
          delivery: { method: "email" },
          expectedTotal: attempt.total,
        } satisfies PurchaseRequest,
      });
      close(attempt);
      return order;
    } catch (error) {
      const passing = error instanceof Problem && (error.passing || error.word === "in-progress");
      if (!passing) close(attempt);
      if (!passing || tries > RETRIES) throw error;
      await pause((error.retryAfter ?? tries) * 1000);
    }
  }
}

function close(attempt: Attempt): void {
  sessionStorage.removeItem(stored(attempt.holdId));
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
