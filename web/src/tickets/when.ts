import type { Ticket } from "../api/types";
import { clockTime, longDate } from "../dates";

/** When a ticket's event starts, by the clock at the venue. */
export function whenWords({ startsAt, timezone }: Pick<Ticket, "startsAt" | "timezone">): string {
  return `${longDate(startsAt, timezone)}, ${clockTime(startsAt, timezone)}`;
}
