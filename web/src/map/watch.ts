import { call } from "../api/client";
import { type LiveMessage, stayLive } from "../api/live";
import type { Snapshot } from "../api/types";
import { Following, FreeSeats, type SeatsChanged } from "./availability";
import type { Plan } from "./plan";

/** Without a connection, or where messages are further apart than this, the edge's copy is the fresher one. */
const POLL_MS = 2_000;
/** While something was missed: the edge keeps a copy for a second. */
const BEHIND_MS = 1_000;
/** A look now and then heals whatever went wrong unnoticed. */
const CALM_MS = 30_000;

/**
 * Tells every newer state of the map while the page can be seen, until the returned function is called: from the
 * live connection, and from snapshots where that is missing, slow or has a gap. Where the house has grown, `outgrow` has
 * to fetch its plan: functions may know the old one for some seconds more, so that it is called a little later.
 */
export function watchAvailability(
  eventId: string,
  plan: Plan,
  first: FreeSeats,
  tell: (free: FreeSeats) => void,
  fail: (error: unknown) => void,
  outgrow: () => void,
): () => void {
  const following = new Following(plan, first);
  let stop: (() => void) | undefined;
  const look = () => {
    stop?.();
    stop = document.hidden ? undefined : watch(eventId, following, tell, fail, outgrow);
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    stop?.();
  };
}

function watch(
  eventId: string,
  following: Following,
  tell: (free: FreeSeats) => void,
  fail: (error: unknown) => void,
  outgrow: () => void,
): () => void {
  const leaving = new AbortController();
  let pace = POLL_MS;
  let told = following.free;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let growing: ReturnType<typeof setTimeout> | undefined;
  let asking = false;

  const update = (answered = false) => {
    if (following.outgrown) growing ??= setTimeout(outgrow, POLL_MS);
    if (following.free === told && !answered) return;
    told = following.free;
    tell(told);
  };
  const plan = () => {
    clearTimeout(timer);
    if (!asking) timer = setTimeout(ask, following.behind ? BEHIND_MS * (0.5 + Math.random() / 2) : pace);
  };
  const ask = async () => {
    clearTimeout(timer);
    if (asking) return;
    asking = true;
    try {
      const path = `/events/${encodeURIComponent(eventId)}/availability`;
      following.read(FreeSeats.of(await call<Snapshot>(path, { signal: leaving.signal })));
      if (!leaving.signal.aborted) update(true);
    } catch (error) {
      if (!leaving.signal.aborted) fail(error);
    }
    asking = false;
    if (!leaving.signal.aborted) plan();
  };

  const hear = (message: LiveMessage): boolean => {
    if (message.type === "refused") return false;
    const { everyMs, version } = message as unknown as SeatsChanged;
    const before = { pace, behind: following.behind };
    pace = everyMs > POLL_MS ? POLL_MS : CALM_MS;
    if (message.type === "seats.watching") following.expect(version);
    if (message.type === "seats.changed") following.hear(message as unknown as SeatsChanged);
    update();
    // Only what is new moves the next look: messages that keep coming must not put it off.
    if ((following.behind && !before.behind) || pace !== before.pace) plan();
    return true;
  };
  const lost = () => {
    if (pace === POLL_MS) return;
    pace = POLL_MS;
    plan();
  };
  const hangUp = stayLive({ action: "watchSeats", eventId }, hear, lost);
  void ask();
  return () => {
    leaving.abort();
    clearTimeout(timer);
    clearTimeout(growing);
    hangUp();
  };
}
