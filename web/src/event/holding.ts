import { signal } from "@preact/signals";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Hold, HoldRequest } from "../api/types";
import { admissionTo } from "../queue/admission";
import { presaleCode } from "./presale";

/** A hold this browser has, so that every page can lead back to it. */
export interface Held {
  holdId: string;
  eventId: string;
  eventName: string;
  heldUntil: string;
  seats: number;
}

const HELD = "boxoffice.held";
const WANTED = "boxoffice.wanted";

export const held = signal<Held | undefined>(read<Held>(HELD));

function read<T>(key: string): T | undefined {
  const text = sessionStorage.getItem(key);
  return text ? (JSON.parse(text) as T) : undefined;
}

export function rememberHold(hold: Hold, eventName: string): void {
  const { holdId, eventId, heldUntil, seats } = hold;
  held.value = { holdId, eventId, eventName, heldUntil, seats: seats.length };
  sessionStorage.setItem(HELD, JSON.stringify(held.value));
}

export function forgetHold(): void {
  held.value = undefined;
  sessionStorage.removeItem(HELD);
}

/** Holds the seats; asked once more with the same key when the answer got lost, so that it counts once. */
export async function takeHold(request: HoldRequest): Promise<Hold> {
  const admission = admissionTo(request.eventId);
  const headers: Record<string, string> = { "idempotency-key": crypto.randomUUID() };
  if (admission) headers["x-admission-token"] = admission;
  const code = presaleCode(request.eventId);
  const body = code ? { ...request, presaleCode: code } : request;
  const ask = () => call<Hold>("/seats/hold", { method: "POST", body, private: true, headers });
  return ask().catch((error: unknown) => {
    if (error instanceof Problem && error.passing && error.status !== 429) return ask();
    throw error;
  });
}

/** Gives the seats back at once. */
export async function releaseHold(holdId: string): Promise<void> {
  await call<void>(`/seats/hold/${holdId}`, { method: "DELETE", private: true });
  forgetHold();
}

/** What somebody wanted to hold before having to sign in; asked for again by the event's page afterwards. */
export function putAside(request: HoldRequest): void {
  sessionStorage.setItem(WANTED, JSON.stringify(request));
}

/** The request put aside for this event, once. */
export function pickUp(eventId: string): HoldRequest | undefined {
  const wanted = read<HoldRequest>(WANTED);
  if (wanted?.eventId !== eventId) return undefined;
  sessionStorage.removeItem(WANTED);
  return wanted;
}
