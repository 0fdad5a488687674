import { useRoute } from "preact-iso";
import { person } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Event, SeatMap } from "../api/types";
import { clockTime, longDate, shortDate } from "../dates";
import { Poster } from "../events/Poster";
import { FreeSeats } from "../map/availability";
import { type Chart, type Plan, planOf } from "../map/plan";
import { money } from "../money";
import { Lost } from "../ui/Lost";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import "./event.css";
import { Hall } from "./Hall";
import { OtherDates } from "./OtherDates";
import { closedWords, useWhenSaleOpens } from "./sale";

interface House {
  plan: Plan;
  first: FreeSeats;
}

export interface Loaded {
  event: Event;
  /** An event that is only announced has none. */
  house?: House;
}

/** An event, the plan of its house, and which of its seats are free. */
export async function loadEvent(eventId: string, signal: AbortSignal): Promise<Loaded> {
  const id = encodeURIComponent(eventId);
  const [event, map] = await Promise.all([
    call<Event>(`/events/${id}`, { signal }),
    call<SeatMap>(`/events/${id}/seatmap`, { signal }).catch(beforeSale),
  ]);
  if (!event.seatMapUrl) return { event };
  const answer = await fetch(map?.seatMapConfig.url ?? event.seatMapUrl, { signal });
  if (!answer.ok) throw new Problem("unreachable", answer.status);
  const plan = planOf((await answer.json()) as Chart);
  return { event, house: { plan, first: map ? FreeSeats.of(map) : FreeSeats.all(plan.count) } };
}

/** Until the sale starts there is no availability; the map then shows the house with every seat free. */
function beforeSale(error: unknown): undefined {
  if (!(error instanceof Problem && error.word === "not-on-sale-yet")) throw error;
}

export function EventPage() {
  const eventId = useRoute().params.eventId as string;
  const loaded = useLoaded(eventId, (signal) => loadEvent(eventId, signal));
  useTitle(loaded.value?.event.name ?? "Event");
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  return (
    <main id="main" class="event-page" tabIndex={-1}>
      {loaded.error !== undefined && (
        <div class="page middle">
          <Failure error={loaded.error} retry={loaded.reload} />
        </div>
      )}
      {!loaded.value && loaded.error === undefined && (
        <div class="event-wait skeleton" role="status" aria-label="Loading the event" />
      )}
      {loaded.value && <Stage {...loaded.value} key={eventId} reload={loaded.reload} />}
    </main>
  );
}

function Stage({ event, house, reload }: Loaded & { reload: () => void }) {
  useWhenSaleOpens(event, reload);
  return (
    <>
      <header class="event-head">
        <Poster eventId={event.eventId} image={event.imageUrl} />
        <div class="event-head-words">
          <h1>{event.name}</h1>
          <p>
            <time dateTime={event.startsAt}>
              {longDate(event.startsAt, event.venue.timezone)},{" "}
              {clockTime(event.startsAt, event.venue.timezone)}
            </time>
            <span class="muted">
              <a href={`/venues/${event.venue.venueId}`}>{event.venue.name}</a>, {event.venue.city}
              {event.doorsAt && ` · doors ${clockTime(event.doorsAt, event.venue.timezone)}`}
            </span>
            {event.moved && (
              <s>
                <span class="visually-hidden">Formerly </span>
                <time dateTime={event.moved.formerStartsAt}>
                  {shortDate(event.moved.formerStartsAt, event.venue.timezone)},{" "}
                  {clockTime(event.moved.formerStartsAt, event.venue.timezone)}
                </time>
              </s>
            )}
            {event.artistId ? (
              <a href={`/artists/${event.artistId}`}>{event.artist}</a>
            ) : (
              <span>{event.artist}</span>
            )}
            {person.value?.groups.includes("organizer") && (
              <a href={`/organizer/events/${event.eventId}`}>Edit this event</a>
            )}
          </p>
          {event.seriesId && <OtherDates event={event} seriesId={event.seriesId} />}
        </div>
      </header>
      {house ? <Hall event={event} {...house} reload={reload} /> : <Announced event={event} />}
    </>
  );
}

/** What is known of an event before it has a seating chart. */
function Announced({ event }: { event: Event }) {
  const words = closedWords(event) ?? { title: "Not on sale yet", advice: "Look again later." };
  return (
    <div class="page">
      <Notice title={words.title}>{words.advice}</Notice>
      {event.priceRange && (
        <p>
          Tickets from <b class="numbers">{money(event.priceRange.min)}</b>
        </p>
      )}
      {event.description && <p>{event.description}</p>}
    </div>
  );
}
