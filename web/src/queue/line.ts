import { useEffect, useState } from "preact/hooks";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { NowServing, Standing } from "../api/types";
import { rememberAdmission } from "./admission";
import { drawLot } from "./edge";
import { hasJoined, join, joinsAt } from "./joining";
import { listenForTurn } from "./notice";
import { ahead, crowdSeconds, drawRank, isNear, outOfReach, pollSeconds, type Wait, waitFor } from "./place";
import { solve } from "./puzzle";

/**
 * Standing in line. Everybody reads the same cached document and finds their own place in it; the API is asked
 * only to join, once called, and when a page is opened again. Near the head a connection tells one's turn at once.
 */
export interface Line {
  now?: NowServing | undefined;
  standing?: Standing | undefined;
  joined: boolean;
  joining: boolean;
  /** When, where many join and each has a moment of their own. */
  joinsAt?: number | undefined;
  /** The organizer has not opened the room yet. */
  unopened: boolean;
  position?: number | undefined;
  wait?: Wait | undefined;
  outOfReach: boolean;
  /** The turn has come, and the browser works on the puzzle that goes before it. */
  solving?: boolean;
  error?: unknown;
  join: () => void;
  leave: () => void;
}

const LOOKING_ON_MS = 10_000;
const UNOPENED_MS = 30_000;
const AT_ONCE: Wait = { min: 0, max: 0 };
const READY_AGAIN_MS = 4_000;
const ERROR_AGAIN_MS = 10_000;
/** The place has changed without us: in another window, or while this device slept. */
const CHANGED_ELSEWHERE = new Set(["turn-over", "not-in-line", "not-called"]);

type State = Omit<Line, "join" | "leave">;

export function useLine(eventId: string, onAdmitted: () => void): Line {
  const [state, setState] = useState<State>({
    joined: false,
    joining: false,
    unopened: false,
    outOfReach: false,
  });
  const [turn, setTurn] = useState(0);
  const again = () => setTurn((n) => n + 1);

  useEffect(() => {
    const leaving = new AbortController();
    const tell = (change: Partial<State>) =>
      leaving.signal.aborted || setState((was) => ({ ...was, ...change }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    let looks = 0;
    let now: NowServing | undefined;
    let standing: Standing | undefined;
    let asked = false;
    let answer: string | undefined;
    let endNotice: (() => void) | undefined;

    const listen = (near: boolean) => {
      if (near) endNotice ??= listenForTurn(eventId, loop);
      else {
        endNotice?.();
        endNotice = undefined;
      }
    };
    const look = async (): Promise<number> => {
      const read = await call<NowServing>(`/queue/${eventId}/now`, { signal: leaving.signal });
      // One cache may be a second behind another: nobody is to see themselves go back.
      if (!now || read.tick >= now.tick) now = read;
      // Once: whoever only looks on must not be a question to the API every few seconds. Nor, while many register,
      // whoever has never joined in this browser: joining again gives the first place.
      if (!asked && (now.joinSpreadSeconds === 0 || hasJoined(eventId)))
        standing = await myStanding(eventId, leaving.signal);
      asked = true;
      const told = {
        now,
        joining: joinsAt(eventId) !== undefined,
        joinsAt: joinsAt(eventId),
        unopened: false,
        error: undefined,
      };
      if (!standing) {
        tell({ ...told, joined: false, standing: undefined });
        return Math.max(LOOKING_ON_MS, 1000 * crowdSeconds(now));
      }
      const rank = standing.rank ?? (await rankFrom(now, standing));
      const position = ahead(now, rank);
      const wait = waitFor(now, position);
      tell({ ...told, joined: true, standing, position, wait, outOfReach: outOfReach(now, position) });
      if (now.degradedTerms && (await drawLot(now, standing, wait))) {
        onAdmitted();
        return Number.POSITIVE_INFINITY;
      }
      const over = standing.status === "expired" || now.phase === "closed";
      listen(!over && isNear(now, position));
      // Who has just come finds a place in the next document.
      const coming = position === undefined && now.phase === "serving" ? AT_ONCE : wait;
      if (over || rank === undefined || rank > now.called) return 1000 * pollSeconds(now, coming);
      standing = await come(eventId, answer, leaving.signal);
      tell({ standing, position: 0 });
      if (standing.status === "admitted" && standing.accessToken) {
        rememberAdmission(eventId, standing.accessToken);
        onAdmitted();
        return Number.POSITIVE_INFINITY;
      }
      return READY_AGAIN_MS;
    };
    const loop = () => {
      clearTimeout(timer);
      const mine = ++looks;
      const later = (wait: number) => {
        if (leaving.signal.aborted || mine !== looks || !Number.isFinite(wait)) return;
        timer = setTimeout(loop, wait);
      };
      look().then(later, (error: unknown) => {
        const word = error instanceof Problem ? error.word : "";
        if (word === "not-found") {
          tell({ unopened: true, joining: false, error: undefined });
          later(UNOPENED_MS);
        } else if (CHANGED_ELSEWHERE.has(word)) {
          asked = false;
          later(READY_AGAIN_MS);
        } else if (word === "puzzle-required") {
          const { puzzle, bits } = (error as Problem).data as { puzzle: string; bits: number };
          tell({ solving: true });
          void solve(puzzle, bits, leaving.signal).then(
            (solved) => {
              answer = solved;
              tell({ solving: false });
              later(0);
            },
            () => undefined,
          );
        } else {
          tell({ error });
          if (!(error instanceof Problem) || error.passing) later(ERROR_AGAIN_MS);
        }
      });
    };
    // A phone that slept finds out at once what has become of the line.
    const wake = () => document.visibilityState === "visible" && loop();
    document.addEventListener("visibilitychange", wake);
    addEventListener("online", wake);
    loop();
    return () => {
      document.removeEventListener("visibilitychange", wake);
      removeEventListener("online", wake);
      clearTimeout(timer);
      endNotice?.();
      leaving.abort();
    };
  }, [eventId, turn]);

  const act = (work: () => Promise<unknown>) => {
    setState((was) => ({ ...was, joining: true, error: undefined }));
    work().then(again, (error: unknown) => setState((was) => ({ ...was, joining: false, error })));
  };
  useEffect(() => {
    if (joinsAt(eventId) !== undefined) act(() => join(eventId, undefined));
  }, [eventId]);
  return {
    ...state,
    join: () => act(() => join(eventId, state.now)),
    leave: () => act(() => call(`/queue/${eventId}/leave`, { method: "POST", private: true })),
  };
}

async function myStanding(eventId: string, signal: AbortSignal): Promise<Standing | undefined> {
  try {
    return await call<Standing>(`/queue/${eventId}/status`, { private: true, signal });
  } catch (error) {
    if (error instanceof Problem && error.word === "not-in-line") return undefined;
    throw error;
  }
}

async function rankFrom(now: NowServing, standing: Standing): Promise<string | undefined> {
  if (!now.draw.seed) return undefined;
  const payload = (standing.queueToken.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return drawRank(now.draw.seed, now.eventId, (JSON.parse(atob(payload)) as { sub: string }).sub);
}

/** "I am here": twice is once. */
async function come(eventId: string, answer: string | undefined, signal: AbortSignal): Promise<Standing> {
  const headers: Record<string, string> = answer ? { "x-puzzle-answer": answer } : {};
  return call<Standing>(`/queue/${eventId}/ready`, { method: "POST", private: true, headers, signal });
}
