import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Block } from "../api/types";

export interface NewBlock {
  kind: Block["kind"];
  label: string;
  seatIds: string[];
}

/** Keeps the seats out of the sale, all or none; asked once more with the same key when the answer got lost. */
export function blockSeats(eventId: string, body: NewBlock): Promise<Block> {
  const headers = { "idempotency-key": crypto.randomUUID() };
  const path = `/organizer/events/${encodeURIComponent(eventId)}/blocks`;
  const ask = () => call<Block>(path, { method: "POST", private: true, headers, body });
  return ask().catch((error: unknown) => {
    if (error instanceof Problem && error.passing && error.status !== 429) return ask();
    throw error;
  });
}

/** Gives these of a block's seats back to the sale. */
export function releaseBlock({ eventId, blockId }: Block, seatIds: string[]): Promise<Block> {
  const path = `/organizer/events/${encodeURIComponent(eventId)}/blocks/${blockId}/release`;
  return call<Block>(path, { method: "POST", private: true, body: { seatIds } });
}
