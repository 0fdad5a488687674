import { call } from "../api/client";
import type { Event, SeriesPage } from "../api/types";
import { clockTime, shortDate } from "../dates";
import { useLoaded } from "../ui/ui";

/** The other dates of the same show. */
export function OtherDates({ event, seriesId }: { event: Event; seriesId: string }) {
  const loaded = useLoaded(seriesId, (signal) => call<SeriesPage>(`/series/${seriesId}`, { signal }));
  const others = loaded.value?.events?.filter(({ eventId }) => eventId !== event.eventId) ?? [];
  if (others.length === 0) return null;
  return (
    <nav class="other-dates" aria-label="Other dates">
      <span class="muted">Also</span>
      {others.map(({ eventId, startsAt, venue, availability }) => (
        <a class="chip" key={eventId} href={`/events/${eventId}`}>
          {shortDate(startsAt, venue.timezone)}, {clockTime(startsAt, venue.timezone)}
          {venue.venueId !== event.venue.venueId && ` · ${venue.city}`}
          {availability === "none" && " · sold out"}
        </a>
      ))}
    </nav>
  );
}
