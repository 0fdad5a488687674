import type { EventSummary, Events } from "../api/types";

/** What a search is about, by the API's own names: the page's address is the question. */
const NAMES = [
  "keyword",
  "city",
  "countryCode",
  "latlong",
  "date",
  "category",
  "artist",
  "venueId",
  "priceMax",
  "availability",
  "sort",
  "page",
] as const;
export type Name = (typeof NAMES)[number];
export type Search = Partial<Record<Name, string>>;

export const PAGE_SIZE = 24;
export const NOT_SOLD_OUT = "available,few,unknown";
/** What the search takes for near. */
export const NEAR = "50 km";
/** Two decimals are a kilometre: near enough, and many neighbours ask the same question. */
const POINT_DECIMALS = 2;

/** The search in a page's query; what the page does not know is left out. */
export function fromQuery(query: Readonly<Record<string, string>>): Search {
  const search: Search = {};
  for (const name of NAMES) if (query[name]) search[name] = query[name];
  return search;
}

/** The page of a search, a change made: an empty value takes a filter away, and any change leads to page one. */
export function address(search: Search, change: Search = {}): string {
  const query = parameters({ ...search, page: "", ...change });
  return query ? `/?${query}` : "/";
}

/** The call of the API that answers a search. */
export function question(search: Search, size = PAGE_SIZE): string {
  return `/events?${parameters(search)}${Object.keys(search).length > 0 ? "&" : ""}size=${size}`;
}

function parameters(search: Search): string {
  const chosen = NAMES.filter((name) => search[name]);
  return new URLSearchParams(chosen.map((name) => [name, search[name] ?? ""])).toString();
}

export function isEmpty(search: Search): boolean {
  return NAMES.every((name) => !search[name]);
}

/** Where somebody is, as the search wants it. */
export function point({ latitude, longitude }: { latitude: number; longitude: number }): string {
  return `${latitude.toFixed(POINT_DECIMALS)},${longitude.toFixed(POINT_DECIMALS)}`;
}

export interface Row {
  title: string;
  more?: string;
  events: EventSummary[];
}

/** Rows of a page on which nothing is shown twice; a row with nothing left goes. */
export function withoutRepetition(rows: readonly Row[]): Row[] {
  const seen = new Set<string>();
  return rows
    .map((row) => ({
      ...row,
      events: row.events.filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId)),
    }))
    .filter(({ events }) => events.length > 0);
}

/** Those of an answer's venues that have a place on a map, with how many of its events each has. */
export function venuesOf(answer: Pick<Events, "events">): { venue: EventSummary["venue"]; count: number }[] {
  const found = new Map<string, { venue: EventSummary["venue"]; count: number }>();
  for (const { venue } of answer.events) {
    const known = found.get(venue.venueId);
    if (known) known.count++;
    else found.set(venue.venueId, { venue, count: 1 });
  }
  return [...found.values()];
}
