import { serverNow } from "../api/clock";
import type { EventSummary } from "../api/types";
import { clockTime, dayOfMonth, shortDate, shortMonth, weekday } from "../dates";
import { money } from "../money";
import { Poster } from "./Poster";

/** What a buyer can expect, in a word. */
function prospect(event: EventSummary): { word: string; kind: string } {
  const zone = event.venue.timezone;
  if (event.status === "cancelled") return { word: "Cancelled", kind: "none" };
  if (event.status === "moved") return { word: "New date", kind: "few" };
  if (event.status === "scheduled" && Date.parse(event.onSaleAt) <= serverNow()) {
    return { word: "Announced", kind: "unknown" };
  }
  if (event.status !== "on_sale" || Date.parse(event.onSaleAt) > serverNow()) {
    return {
      word: `On sale ${shortDate(event.onSaleAt, zone)}, ${clockTime(event.onSaleAt, zone)}`,
      kind: "unknown",
    };
  }
  const words = { available: "Available", few: "Few left", none: "Sold out", unknown: "See the map" };
  return { word: words[event.availability], kind: event.availability };
}

export function EventCard({ event }: { event: EventSummary }) {
  const zone = event.venue.timezone;
  const { word, kind } = prospect(event);
  return (
    <article class="event-card">
      <Poster eventId={event.eventId} words={event.artist} image={event.imageUrl} />
      <div class="event-card-words">
        <time class="stub numbers" dateTime={event.startsAt}>
          <span>{weekday(event.startsAt, zone)}</span>
          <b>{dayOfMonth(event.startsAt, zone)}</b>
          <span>{shortMonth(event.startsAt, zone)}</span>
        </time>
        <div class="event-card-text">
          <h3>
            <a href={`/events/${event.eventId}`}>{event.name}</a>
          </h3>
          <p class="muted small">
            {clockTime(event.startsAt, zone)} · {event.venue.name}, {event.venue.city}
          </p>
          <p class="event-card-price">
            {event.priceRange && (
              <span class="numbers">
                from <b>{money(event.priceRange.min)}</b>
              </span>
            )}
            <span class={`word ${kind}`}>{word}</span>
          </p>
        </div>
      </div>
    </article>
  );
}
