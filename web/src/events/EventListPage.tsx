import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { call } from "../api/client";
import type { Events } from "../api/types";
import { Failure, type Loaded, useLoaded, useTitle } from "../ui/ui";
import { AddToCalendar } from "./AddToCalendar";
import { Cards } from "./Cards";
import "./events.css";
import { Chosen, Facets, Filters } from "./Filters";
import { SearchBox } from "./SearchBox";
import {
  address,
  fromQuery,
  isEmpty,
  PAGE_SIZE,
  question,
  type Row,
  type Search,
  withoutRepetition,
} from "./search";
import { VenueMap } from "./VenueMap";

const ROW_SIZE = 4;
const BROWSE_SIZE = 48;
/** Fewer events than these are shown as one list: rows would only scatter them. */
const ROWS_FROM = 12;

export function EventListPage() {
  const { query, route } = useLocation();
  const search = fromQuery(query);
  useTitle(search.keyword ?? search.artist ?? search.city ?? "");
  const go = (change: Search, replace = false) => route(address(search, change), replace);
  return (
    <main id="main" class="page" tabIndex={-1}>
      <div class="whats-on">
        <h1>What’s on</h1>
        <search class="finder">
          <SearchBox
            keyword={search.keyword ?? ""}
            onKeyword={(keyword) => go({ keyword }, true)}
            onChoose={(change) => go(change)}
            onEvent={(eventId) => route(`/events/${eventId}`)}
          />
          <Filters search={search} go={go} />
        </search>
      </div>
      {isEmpty(search) ? <Browse /> : <Results search={search} />}
    </main>
  );
}

/** Without a question: what is soon, what is new, and everything else. */
function Browse() {
  const load = (search: Search, size: number) => (signal: AbortSignal) =>
    call<Events>(question(search, size), { signal });
  const all = useLoaded("all", load({}, BROWSE_SIZE));
  const weekend = useLoaded("weekend", load({ date: "this-weekend" }, ROW_SIZE));
  const announced = useLoaded("announced", load({ sort: "announced" }, ROW_SIZE));
  const onSale = useLoaded("on-sale", load({ sort: "on-sale" }, ROW_SIZE));
  if (all.error !== undefined) return <Failure error={all.error} retry={all.reload} />;
  if (!all.value) return <Waiting />;
  const many = all.value.page.totalElements >= ROWS_FROM;
  const rows: Row[] = [
    { title: "This weekend", more: address({ date: "this-weekend" }), events: many ? events(weekend) : [] },
    { title: "On sale soon", more: address({ sort: "on-sale" }), events: many ? events(onSale) : [] },
    { title: "Just announced", more: address({ sort: "announced" }), events: many ? events(announced) : [] },
    { title: "Coming up", more: address({ sort: "date" }), events: all.value.events },
  ];
  return (
    <>
      <Count answer={all.value} />
      <ul class="categories" aria-label="Categories">
        {all.value.facets.category.map(({ value, count }) => (
          <li key={value}>
            <a class="chip" href={address({ category: value })}>
              {value} <span class="numbers muted">{count}</span>
            </a>
          </li>
        ))}
      </ul>
      {withoutRepetition(rows).map((row) => (
        <section key={row.title} class="row">
          <div class="row-title">
            <h2>{row.title}</h2>
            {row.more && <a href={row.more}>See all</a>}
          </div>
          <Cards events={row.events} next={row.title === "Coming up"} />
        </section>
      ))}
    </>
  );
}

function events(loaded: Loaded<Events>): Events["events"] {
  return loaded.value?.events ?? [];
}

function Results({ search }: { search: Search }) {
  const asked = question(search);
  const loaded = useLoaded(asked, (signal) => call<Events>(asked, { signal }));
  // While somebody types, the answer before stays until the next one is here.
  const before = useRef<Events | undefined>(undefined);
  useEffect(() => {
    if (loaded.value) before.current = loaded.value;
  }, [loaded.value]);
  const answer = loaded.value ?? before.current;
  if (loaded.error !== undefined) return <Failure error={loaded.error} retry={loaded.reload} />;
  if (!answer) return <Waiting />;
  return (
    <div class="results" aria-busy={!loaded.value}>
      <Facets search={search} answer={answer} />
      <div class="stack">
        <div class="row-title">
          <h2>
            {answer.page.totalElements === 1
              ? "1 event"
              : `${answer.page.totalElements.toLocaleString()} events`}
          </h2>
          <Subscribe search={search} />
        </div>
        <Count answer={answer} />
        <Chosen search={search} answer={answer} />
        {answer.readAs.date && !search.date && (
          <p class="muted">Read as a day: {answer.readAs.date.replaceAll("-", " ")}.</p>
        )}
        {answer.events.length === 0 ? <Nothing /> : <Cards events={answer.events} />}
        <Pages search={search} answer={answer} />
        <VenueMap answer={answer} />
      </div>
    </div>
  );
}

function Count({ answer }: { answer: Events }) {
  const total = answer.page.totalElements;
  return (
    <p class="visually-hidden" role="status">
      {total === 1 ? "1 event" : `${total} events`}
    </p>
  );
}

/** A venue's or an artist's events in one's own calendar. */
function Subscribe({ search }: { search: Search }) {
  if (search.venueId) {
    return (
      <span class="place-links">
        <a href={`/venues/${search.venueId}`}>About this venue</a>
        <AddToCalendar path={`/venues/${search.venueId}/events.ics`} />
      </span>
    );
  }
  return search.artist ? (
    <AddToCalendar path={`/artists/${encodeURIComponent(search.artist)}/events.ics`} />
  ) : null;
}

function Pages({ search, answer }: { search: Search; answer: Events }) {
  const { number, totalPages } = answer.page;
  if (totalPages < 2) return null;
  return (
    <nav class="pages" aria-label="Pages">
      {number > 0 && <a href={address(search, { page: number > 1 ? String(number - 1) : "" })}>Before</a>}
      <span class="muted numbers">
        {Math.min(number + 1, totalPages)} of {totalPages}
      </span>
      {number + 1 < totalPages && (
        <a href={address(search, { page: String(number + 1) })}>Next {PAGE_SIZE}</a>
      )}
    </nav>
  );
}

function Nothing() {
  return (
    <div class="stack nothing">
      <h2>Nothing matches</h2>
      <p class="lede">Try fewer words or another date.</p>
      <a class="button quiet" href="/">
        Show everything
      </a>
    </div>
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
