import { call } from "../api/client";
import type { Snapshot } from "../api/types";

/** Which seats are free: bit i (most significant first) is the i-th seat in seat order. */
export class FreeSeats {
  constructor(
    private readonly bytes: Uint8Array,
    readonly version: number,
  ) {}

  static of({ availabilityBitmap, version }: Snapshot): FreeSeats {
    return new FreeSeats(
      Uint8Array.from(atob(availabilityBitmap), (c) => c.charCodeAt(0)),
      version,
    );
  }

  static all(seats: number): FreeSeats {
    return new FreeSeats(new Uint8Array(Math.ceil(seats / 8)).fill(0xff), 0);
  }

  has(seat: number): boolean {
    return ((this.bytes[seat >> 3] as number) & (0x80 >> (seat & 7))) !== 0;
  }

  /** How many of the seats [first, end) are free. */
  count(first: number, end: number): number {
    let free = 0;
    for (let seat = first; seat < end; seat++) if (this.has(seat)) free++;
    return free;
  }
}

const EVERY_MS = 2_000;

/**
 * Tells every newer snapshot until the returned function is called. The map asks every two seconds while it can
 * be seen; a live connection may take this function's place without the map noticing.
 */
export function watchAvailability(
  eventId: string,
  tell: (free: FreeSeats) => void,
  fail: (error: unknown) => void,
): () => void {
  const leaving = new AbortController();
  let version = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async () => {
    try {
      const snapshot = await call<Snapshot>(`/events/${eventId}/availability`, {
        signal: leaving.signal,
      });
      if (snapshot.version > version && !leaving.signal.aborted) {
        version = snapshot.version;
        tell(FreeSeats.of(snapshot));
      }
    } catch (error) {
      if (leaving.signal.aborted) return;
      fail(error);
    }
    if (!leaving.signal.aborted && !document.hidden) timer = setTimeout(ask, EVERY_MS);
  };
  const shown = () => {
    clearTimeout(timer);
    if (!document.hidden) void ask();
  };
  document.addEventListener("visibilitychange", shown, { signal: leaving.signal });
  timer = setTimeout(ask, EVERY_MS);
  return () => {
    leaving.abort();
    clearTimeout(timer);
  };
}
