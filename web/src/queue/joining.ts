import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { NowServing, Standing } from "../api/types";
import { edgeReceipt, hasEdgeCookie } from "./edge";

const JOINED = "boxoffice.joined.";
const JOINING = "boxoffice.joining.";
const AGAIN_MS = 10_000;
const ATTEMPTS = 30;

interface Joining {
  /** When this tab registers, in milliseconds since the epoch. */
  at: number;
  receipt?: string | undefined;
}

/** Whether this browser has joined before: only then is it worth asking the API for one's place. */
export const hasJoined = (eventId: string) => localStorage.getItem(JOINED + eventId) !== null;

/** When this tab registers, having set out to; also before its page was loaded again. */
export function joinsAt(eventId: string): number | undefined {
  return joining(eventId)?.at;
}

function joining(eventId: string): Joining | undefined {
  const known = sessionStorage.getItem(JOINING + eventId);
  return known ? (JSON.parse(known) as Joining) : undefined;
}

/**
 * The edge says when one came. Before a great draw registering is spread out, which costs nobody anything; a moment
 * that was drawn is kept, so that a page that is loaded again goes on waiting for the same. A moment in which the API
 * is overrun is waited out.
 */
export async function join(eventId: string, now: NowServing | undefined): Promise<Standing> {
  const { at, receipt } = await setOut(eventId, now);
  await pause(at - Date.now());
  for (let refused = 1; ; refused++) {
    try {
      const path = `/queue/${eventId}/join`;
      const standing = await call<Standing>(path, { method: "POST", private: true, body: { receipt } });
      localStorage.setItem(JOINED + eventId, "yes");
      sessionStorage.removeItem(JOINING + eventId);
      return standing;
    } catch (error) {
      if (!(error instanceof Problem && error.passing) || refused === ATTEMPTS) {
        sessionStorage.removeItem(JOINING + eventId);
        throw error;
      }
      await pause((0.5 + Math.random()) * AGAIN_MS);
    }
  }
}

/** While joins are spread, whoever has no edge cookie yet asks for none, unless the room wants to know the device. */
async function setOut(eventId: string, now: NowServing | undefined): Promise<Joining> {
  const before = joining(eventId);
  if (before) return before;
  const spread = 1000 * (now?.joinSpreadSeconds ?? 0);
  const chosen: Joining = { at: Date.now() + Math.random() * spread };
  sessionStorage.setItem(JOINING + eventId, JSON.stringify(chosen));
  if (spread === 0 || hasEdgeCookie() || now?.rules.checksCrowds) chosen.receipt = await edgeReceipt(eventId);
  sessionStorage.setItem(JOINING + eventId, JSON.stringify(chosen));
  return chosen;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
