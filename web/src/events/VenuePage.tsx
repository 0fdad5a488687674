import { useRoute } from "preact-iso";
import { person } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Events, Venue } from "../api/types";
import { Lost } from "../ui/Lost";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import { AddToCalendar } from "./AddToCalendar";
import { Cards } from "./Cards";
import "./events.css";
import { address, NEAR, point, question } from "./search";
import { VenueMap } from "./VenueMap";

interface Loaded {
  venue: Venue;
  events: Events;
  around: Events;
}

async function load(venueId: string, signal: AbortSignal): Promise<Loaded> {
  const id = encodeURIComponent(venueId);
  const [venue, events] = await Promise.all([
    call<Venue>(`/venues/${id}`, { signal }),
    call<Events>(question({ venueId, sort: "date" }), { signal }),
  ]);
  const near = question({ latlong: point(venue), sort: "distance" });
  return { venue, events, around: await call<Events>(near, { signal }) };
}

/** A venue: where it lies among others, and what is on there. */
export function VenuePage() {
  const venueId = useRoute().params.venueId as string;
  const loaded = useLoaded(venueId, (signal) => load(venueId, signal));
  useTitle(loaded.value?.venue.name ?? "Venue");
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  return (
    <main id="main" class="page stack" tabIndex={-1}>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      {!loaded.value && loaded.error === undefined && (
        <div class="skeleton card-skeleton" role="status" aria-label="Loading the venue" />
      )}
      {loaded.value && <Shown key={venueId} {...loaded.value} />}
    </main>
  );
}

function Shown({ venue, events, around }: Loaded) {
  const { venueId, latitude, longitude } = venue;
  const total = events.page.totalElements;
  return (
    <>
      <header class="place-head">
        <h1>{venue.name}</h1>
        <p class="lede">
          {venue.address && `${venue.address}, `}
          {venue.city}
        </p>
        <p class="place-links">
          <AddToCalendar path={`/venues/${venueId}/events.ics`} />
          <a
            href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
          >
            Open in a street map
          </a>
          {person.value?.groups.includes("organizer") && (
            <a href={`/organizer/venues/${venueId}`}>Edit this venue</a>
          )}
        </p>
      </header>
      <section class="stack" aria-labelledby="whats-on-here">
        <div class="row-title">
          <h2 id="whats-on-here">What’s on here</h2>
          {total > events.events.length && (
            <a href={address({ venueId })}>All {total.toLocaleString()} events</a>
          )}
        </div>
        {total === 0 ? (
          <p class="lede">Nothing is announced at the moment.</p>
        ) : (
          <Cards events={events.events} />
        )}
      </section>
      <section class="stack" aria-labelledby="around">
        <div class="row-title">
          <h2 id="around">Around here</h2>
          <a href={address({ latlong: point(venue), sort: "distance" })}>All events within {NEAR}</a>
        </div>
        {around.events.every((event) => event.venue.venueId === venueId) && (
          <p class="muted">No other venue nearby has anything on at the moment.</p>
        )}
        <VenueMap answer={around} here={venue} />
      </section>
    </>
  );
}
