import { serverNow } from "../api/clock";
import type { Event } from "../api/types";

/** The presale that is open now, if the sale itself is not. */
export function openPresale(event: Event) {
  const now = serverNow();
  if (event.status !== "on_sale" || Date.parse(event.onSaleAt) <= now) return undefined;
  return event.presales?.find(
    ({ startsAt, endsAt }) => Date.parse(startsAt) <= now && now < Date.parse(endsAt),
  );
}

/** The next moment at which what can be bought changes by itself. */
export function nextOpening(event: Event): number {
  const moments = [event.onSaleAt, ...(event.presales ?? []).flatMap((each) => [each.startsAt, each.endsAt])];
  const ahead = moments.map((moment) => Date.parse(moment) - serverNow()).filter((wait) => wait > 0);
  return Math.min(...ahead);
}

const key = (eventId: string) => `boxoffice.presale.${eventId}`;

/** The code somebody has typed for an event; it outlives signing in. */
export function presaleCode(eventId: string): string {
  return sessionStorage.getItem(key(eventId)) ?? "";
}

export function rememberCode(eventId: string, code: string): void {
  sessionStorage.setItem(key(eventId), code);
}
