import { useState } from "preact/hooks";
import { callAll } from "../api/client";
import type { EventSummary } from "../api/types";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import { EventCard } from "./EventCard";
import "./events.css";
import { type Filter, matching, type Span } from "./filter";

const SPANS: [Span, string][] = [
  ["any", "Any date"],
  ["week", "Next 7 days"],
  ["weekend", "This weekend"],
  ["month", "Next month"],
];

export function EventListPage() {
  useTitle("");
  const [filter, setFilter] = useState<Filter>({ text: "", span: "any" });
  const loaded = useLoaded("events", (signal) =>
    callAll<"events", EventSummary>("/events", "events", { signal }),
  );
  const found = loaded.value && matching(loaded.value, filter, new Date());
  return (
    <main id="main" class="page" tabIndex={-1}>
      <div class="whats-on">
        <h1>What’s on</h1>
        <search class="finder">
          <label class="visually-hidden" for="find">
            Search by artist, venue or city
          </label>
          <input
            id="find"
            class="input"
            type="search"
            placeholder="Artist, venue or city"
            value={filter.text}
            onInput={(e) => setFilter({ ...filter, text: e.currentTarget.value })}
          />
          <fieldset class="chips">
            <legend class="visually-hidden">When</legend>
            {SPANS.map(([span, label]) => (
              <button
                key={span}
                type="button"
                class="chip"
                aria-pressed={filter.span === span}
                onClick={() => setFilter({ ...filter, span })}
              >
                {label}
              </button>
            ))}
          </fieldset>
        </search>
      </div>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      {!found && loaded.error === undefined && <Waiting />}
      {found && (
        <p class="visually-hidden" role="status">
          {found.length === 1 ? "1 event" : `${found.length} events`}
        </p>
      )}
      {found?.length === 0 && (
        <div class="stack nothing">
          <h2>Nothing matches</h2>
          <p class="lede">Try fewer words or another date.</p>
          <button type="button" class="button quiet" onClick={() => setFilter({ text: "", span: "any" })}>
            Show everything
          </button>
        </div>
      )}
      {found && (
        <ul class="cards">
          {found.map((event) => (
            <li key={event.eventId}>
              <EventCard event={event} />
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}

function Waiting() {
  return (
    <div class="cards" role="status" aria-label="Loading events">
      {[1, 2, 3, 4].map((n) => (
        <div key={n} class="skeleton card-skeleton" />
      ))}
    </div>
  );
}
