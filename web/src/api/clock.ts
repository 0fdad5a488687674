/**
 * The server's clock as seen from here. A Date header has whole seconds and travelled for a while, so one
 * answer bounds the difference between the clocks from both sides; every further answer narrows the bounds.
 */
let lowest = Number.NEGATIVE_INFINITY;
let highest = Number.POSITIVE_INFINITY;

export function observeServerTime(date: string | null, sentAt: number, receivedAt: number): void {
  const server = date ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(server)) return;
  const [low, high] = [server - receivedAt, server + 1000 - sentAt];
  const narrowed: [number, number] = [Math.max(lowest, low), Math.min(highest, high)];
  // Bounds that exclude each other mean that one of the clocks was set: believe the newest answer.
  [lowest, highest] = narrowed[0] <= narrowed[1] ? narrowed : [low, high];
}

/** Now by the server's clock, late rather than early: a countdown must never promise time that is gone. */
export function serverNow(): number {
  return Date.now() + (Number.isFinite(highest) ? highest : 0);
}
