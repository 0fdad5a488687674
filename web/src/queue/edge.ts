import { EDGE_COOKIE_UNTIL } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { NowServing, Standing } from "../api/types";
import { rememberAdmission } from "./admission";
import { pollSeconds, type Wait } from "./place";

/**
 * What the edge answers by itself to whoever shows its cookie, so that a crowd reaches no server of ours: the receipt
 * for coming, and the lot while no ticks are made. The cookie itself is the API's to give.
 */
const COOKIE_MS = 11 * 3_600_000;
const COOKIES_PER_SECOND = 2_000;

export const hasEdgeCookie = () => Number(localStorage.getItem(EDGE_COOKIE_UNTIL)) > Date.now();

/** The edge's word for when one came; undefined where it gives none: then the time of joining counts. */
export async function edgeReceipt(eventId: string): Promise<string | undefined> {
  const ask = () => call<{ receipt: string }>(`/queue/${eventId}/receipt`, { method: "POST" });
  try {
    if (!hasEdgeCookie()) await edgeCookie();
    return (await ask().catch((error: unknown) => edgeCookie().then(ask, () => Promise.reject(error))))
      .receipt;
  } catch {
    return undefined;
  }
}

/**
 * While no ticks are made the edge lets in by lot: one for a person in five minutes, however often one asks. Without
 * an answer there was no lot, and the line is read again. Whoever waits without a cookie gets one first, but of a
 * crowd only so many a second.
 */
export async function drawLot(
  now: NowServing,
  standing: Standing,
  wait: Wait | undefined,
  dice = Math.random(),
): Promise<boolean> {
  const path = `/queue/${now.eventId}/degraded?terms=${encodeURIComponent(now.degradedTerms ?? "")}`;
  const headers = { "x-queue-token": standing.queueToken };
  try {
    if (!hasEdgeCookie()) {
      if (dice * now.queueLength > COOKIES_PER_SECOND * pollSeconds(now, wait, 0.5)) return false;
      await edgeCookie();
    }
    const lot = await call<{ accessToken: string | null }>(path, { method: "POST", headers });
    if (lot.accessToken) rememberAdmission(now.eventId, lot.accessToken);
    return lot.accessToken !== null;
  } catch (error) {
    if (error instanceof Problem && error.word === "edge-cookie-required")
      localStorage.removeItem(EDGE_COOKIE_UNTIL);
    return false;
  }
}

async function edgeCookie(): Promise<void> {
  await call<void>("/accounts/edge-cookie", { method: "POST", private: true });
  localStorage.setItem(EDGE_COOKIE_UNTIL, String(Date.now() + COOKIE_MS));
}
