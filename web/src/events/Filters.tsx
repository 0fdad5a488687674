import { useState } from "preact/hooks";
import type { Events } from "../api/types";
import { address, NOT_SOLD_OUT, point, type Search } from "./search";

/** Of most currencies; in those without, a hundred times as much buys about the same. */
const MINOR_UNITS = 100;
const DAYS: [string, string][] = [
  ["", "Any date"],
  ["today", "Today"],
  ["tonight", "Tonight"],
  ["tomorrow", "Tomorrow"],
  ["this-weekend", "This weekend"],
  ["next-week", "Next week"],
  ["this-month", "This month"],
];

/** Days, near me, what is left and the order: filters that are always there. */
export function Filters({ search, go }: { search: Search; go: (change: Search) => void }) {
  const isDate = /^\d/.test(search.date ?? "");
  const sort = search.sort === "date" && !search.keyword ? "" : (search.sort ?? "");
  return (
    <div class="filters">
      <fieldset class="chips">
        <legend class="visually-hidden">When</legend>
        {DAYS.map(([day, label]) => (
          <button
            key={day}
            type="button"
            class="chip"
            aria-pressed={(search.date ?? "") === day}
            onClick={() => go({ date: day })}
          >
            {label}
          </button>
        ))}
        <input
          class="chip"
          type="date"
          aria-label="On a day"
          value={isDate ? search.date : ""}
          onChange={(e) => go({ date: e.currentTarget.value })}
        />
      </fieldset>
      <div class="chips">
        <NearMe search={search} go={go} />
        <button
          type="button"
          class="chip"
          aria-pressed={search.availability === NOT_SOLD_OUT}
          onClick={() => go({ availability: search.availability ? "" : NOT_SOLD_OUT })}
        >
          Hide sold out
        </button>
        <label class="chip sort" title="In the event’s own currency">
          Up to{" "}
          <input
            class="numbers"
            type="number"
            min={1}
            inputMode="numeric"
            value={search.priceMax ? Number(search.priceMax) / MINOR_UNITS : ""}
            onChange={({ currentTarget: { value } }) =>
              go({ priceMax: value && String(Math.round(Number(value) * MINOR_UNITS)) })
            }
          />
        </label>
        <label class="chip sort">
          Order{" "}
          <select value={sort} onChange={(e) => go({ sort: e.currentTarget.value })}>
            <option value="">{search.keyword ? "Best match" : "Soonest"}</option>
            {search.keyword && <option value="date">Soonest</option>}
            <option value="price">Cheapest</option>
            {search.latlong && <option value="distance">Nearest</option>}
            <option value="announced">Just announced</option>
            <option value="on-sale">On sale soon</option>
          </select>
        </label>
      </div>
    </div>
  );
}

function NearMe({ search, go }: { search: Search; go: (change: Search) => void }) {
  const [state, setState] = useState<"" | "asking" | "refused">("");
  const ask = () => {
    if (search.latlong)
      return go({ latlong: "", sort: search.sort === "distance" ? "" : (search.sort ?? "") });
    setState("asking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setState("");
        go({ latlong: point(coords), city: "", countryCode: "" });
      },
      () => setState("refused"),
      { maximumAge: 600_000, timeout: 10_000 },
    );
  };
  return (
    <button type="button" class="chip" aria-pressed={Boolean(search.latlong)} onClick={ask}>
      {state === "asking" ? "Looking…" : state === "refused" ? "Your place is not known" : "Near me"}
    </button>
  );
}

/** What was chosen, each to be taken away again. */
export function Chosen({ search, answer }: { search: Search; answer: Events | undefined }) {
  const venue = answer?.events.find(({ venue }) => venue.venueId === search.venueId)?.venue.name;
  const chosen: [string, Search][] = [];
  if (search.artist) chosen.push([search.artist, { artist: "" }]);
  if (search.venueId) chosen.push([venue ?? "This venue", { venueId: "" }]);
  if (search.city) chosen.push([search.city, { city: "", countryCode: "" }]);
  if (search.category) chosen.push([search.category, { category: "" }]);
  if (chosen.length === 0) return null;
  return (
    <ul class="chosen" aria-label="Chosen filters">
      {chosen.map(([label, without]) => (
        <li key={label}>
          <a class="chip" href={address(search, without)} aria-label={`Remove ${label}`}>
            {label} <span aria-hidden="true">×</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

type FacetName = "category" | "city" | "artist" | "venueId";
const FACETS: [FacetName, string][] = [
  ["category", "Category"],
  ["city", "City"],
  ["artist", "Artist"],
  ["venueId", "Venue"],
];

/** Counts to narrow down by; every one is a link. */
export function Facets({ search, answer }: { search: Search; answer: Events }) {
  const wide = matchMedia("(min-width: 60rem)").matches;
  return (
    <aside class="facets" aria-label="Narrow down">
      {FACETS.map(([name, title]) => {
        const values = answer.facets[name].filter(({ value }) => value !== search[name]);
        if (values.length === 0) return null;
        return (
          <details key={name} open={wide && (name === "category" || name === "city")}>
            <summary>{title}</summary>
            <ul>
              {values.map(({ value, label, count }) => {
                const country =
                  name === "city" ? { countryCode: (label ?? "").split(", ").at(-1) ?? "" } : {};
                return (
                  <li key={label + value}>
                    <a href={address(search, { [name]: value, ...country })}>
                      {name === "city" ? value : label || value}
                    </a>{" "}
                    <span class="muted numbers">{count}</span>
                  </li>
                );
              })}
            </ul>
          </details>
        );
      })}
    </aside>
  );
}
