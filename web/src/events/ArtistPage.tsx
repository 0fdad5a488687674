import { useRoute } from "preact-iso";
import { person } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { ArtistPage as Artist } from "../api/types";
import { Lost } from "../ui/Lost";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import { AddToCalendar } from "./AddToCalendar";
import { Cards } from "./Cards";
import "./events.css";
import { isOurs, Picture } from "./Picture";
import { VenueMap } from "./VenueMap";

/** An artist: who that is, and where to see them. */
export function ArtistPage() {
  const artistId = useRoute().params.artistId as string;
  const loaded = useLoaded(artistId, (signal) =>
    call<Artist>(`/artists/${encodeURIComponent(artistId)}`, { signal }),
  );
  useTitle(loaded.value?.name ?? "Artist");
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  return (
    <main id="main" class="page stack" tabIndex={-1}>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      {!loaded.value && loaded.error === undefined && (
        <div class="skeleton card-skeleton" role="status" aria-label="Loading the artist" />
      )}
      {loaded.value && <Shown key={artistId} artist={loaded.value} />}
    </main>
  );
}

function Shown({ artist }: { artist: Artist }) {
  const events = artist.events ?? [];
  return (
    <>
      <header class="place-head">
        {isOurs(artist.imageUrl) && (
          <Picture url={artist.imageUrl} sizes="(min-width: 40rem) 22rem, 100vw" alt={artist.name} />
        )}
        <h1>{artist.name}</h1>
        {artist.description && <p class="lede">{artist.description}</p>}
        <p class="place-links">
          <AddToCalendar path={`/artists/${encodeURIComponent(artist.name)}/events.ics`} />
          {person.value?.groups.includes("organizer") && (
            <a href={`/organizer/artists/${artist.artistId}`}>Edit this artist</a>
          )}
        </p>
      </header>
      {events.length === 0 ? <p class="lede">No dates at the moment.</p> : <Cards events={events} />}
      <VenueMap answer={{ events }} />
    </>
  );
}
