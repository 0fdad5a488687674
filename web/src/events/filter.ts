import type { EventSummary } from "../api/types";

export type Span = "any" | "week" | "weekend" | "month";

export interface Filter {
  text: string;
  span: Span;
}

const DAY_MS = 86_400_000;

/** The events that have every typed word somewhere in name, artist, venue, city or category, soonest first. */
export function matching(events: readonly EventSummary[], filter: Filter, now: Date): EventSummary[] {
  const words = fold(filter.text).split(/\s+/).filter(Boolean);
  const { from, to } = bounds(filter.span, now);
  return events
    .filter((event) => {
      const starts = Date.parse(event.startsAt);
      if (starts < from || starts >= to) return false;
      const { name, artist, category, venue } = event;
      const haystack = fold(`${name} ${artist} ${category} ${venue.name} ${venue.city}`);
      return words.every((word) => haystack.includes(word));
    })
    .sort((a, b) => a.startsAt.localeCompare(b.startsAt));
}

/** Without accents and capitals, so that "Beyonce" finds "Beyoncé". */
function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function bounds(span: Span, now: Date): { from: number; to: number } {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (span === "week") return { from: now.getTime(), to: midnight + 7 * DAY_MS };
  if (span === "month") return { from: now.getTime(), to: midnight + 31 * DAY_MS };
  if (span === "weekend") {
    const day = new Date(now).getDay();
    // On a Sunday the weekend is the one that is still on.
    const friday = midnight + (day === 0 ? -2 : 5 - day) * DAY_MS;
    return { from: Math.max(friday, now.getTime()), to: friday + 3 * DAY_MS };
  }
  return { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
}
