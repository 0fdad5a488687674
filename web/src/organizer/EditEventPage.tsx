import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { ChartImport, Event } from "../api/types";
import { isOurs, Picture } from "../events/Picture";
import { Lost } from "../ui/Lost";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import { ChartStep } from "./ChartStep";
import { CATEGORIES } from "./draft";
import { bringImage, changeEvent, create, joinSeries, makeArtistPage } from "./editing";
import { OrganizersOnly } from "./OrganizersOnly";
import "./organizer.css";
import { PresalePart } from "./PresalePart";
import { PricingPart } from "./PricingPart";
import { Input, Saving } from "./Saving";
import { instantIn, localIn } from "./times";

/** What an organizer may change of an event, part by part. */
export function EditEventPage() {
  const eventId = useRoute().params.eventId as string;
  return (
    <OrganizersOnly title="Edit an event">
      <Loading key={eventId} eventId={eventId} />
    </OrganizersOnly>
  );
}

function Loading({ eventId }: { eventId: string }) {
  const path = `/organizer/events/${encodeURIComponent(eventId)}`;
  const loaded = useLoaded(eventId, (signal) => call<Event>(path, { private: true, signal }));
  useTitle(loaded.value ? `Edit ${loaded.value.name}` : "Edit an event");
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      {loaded.value && <Parts read={loaded.value} />}
    </main>
  );
}

function Parts({ read }: { read: Event }) {
  const [event, changed] = useState(read);
  const [chart, setChart] = useState<ChartImport["chart"]>();
  const part = { event, changed };
  return (
    <>
      <h1>{event.name}</h1>
      <p class="place-links">
        <a href={`/events/${event.eventId}`}>As buyers see it</a>
        <a href={`/organizer/venues/${event.venue.venueId}`}>Edit {event.venue.name}</a>
        <a href={`/organizer/events/${event.eventId}/change`}>Move or cancel it</a>
        {event.seatCount > 0 && <a href={`/organizer/events/${event.eventId}/house`}>House seats</a>}
      </p>
      <Details {...part} />
      <Image {...part} />
      {event.seatCount === 0 && (
        <ChartStep title="The seating chart" onChart={(brought) => setChart(brought?.chart ?? undefined)} />
      )}
      <PricingPart key={chart?.hash} {...part} chart={chart} />
      {["scheduled", "moved"].includes(event.status) && event.chartHash && <OnSale {...part} />}
      <PresalePart {...part} />
      <Belongings {...part} />
    </>
  );
}

interface Part {
  event: Event;
  changed: (event: Event) => void;
}

function Details({ event, changed }: Part) {
  const zone = event.venue.timezone;
  const asTyped = {
    name: event.name,
    artist: event.artist,
    category: event.category,
    description: event.description,
    startsAt: localIn(zone, event.startsAt),
    doorsAt: localIn(zone, event.doorsAt),
    onSaleAt: localIn(zone, event.onSaleAt),
    saleEndsAt: localIn(zone, event.saleEndsAt),
    limitPerPerson: String(event.limitPerPerson),
  };
  const [typed, setTyped] = useState(asTyped);
  const set = (name: keyof typeof typed) => (value: string) => setTyped({ ...typed, [name]: value });
  const save = async () => {
    const now = Object.entries(typed).filter(
      ([name, value]) => value !== asTyped[name as keyof typeof typed],
    );
    const sent = now.map(([name, value]) => {
      if (name.endsWith("At")) return [name, instantIn(zone, value)];
      return [name, name === "limitPerPerson" ? Number(value) : value.trim()];
    });
    const after = await changeEvent(event, Object.fromEntries(sent));
    changed(after);
  };
  const time = (label: string, name: "startsAt" | "doorsAt" | "onSaleAt" | "saleEndsAt") => (
    <Input label={label} type="datetime-local" value={typed[name]} set={set(name)} />
  );
  return (
    <Saving title="What and when" save={save}>
      <div class="organizer-grid">
        <Input label="Name of the event" value={typed.name} set={set("name")} more={{ maxLength: 120 }} />
        {!event.artistId && (
          <Input label="Artist" value={typed.artist} set={set("artist")} more={{ maxLength: 120 }} />
        )}
        <label class="field">
          <span>Category</span>
          <select
            class="input"
            value={typed.category}
            onChange={(e) => set("category")(e.currentTarget.value)}
          >
            {[...new Set([typed.category, ...CATEGORIES])].map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        {time("Starts, at the venue's clock", "startsAt")}
        {time("Doors open", "doorsAt")}
        {time("Sales open", "onSaleAt")}
        {time("Sales end", "saleEndsAt")}
        <Input
          label="Tickets per person"
          type="number"
          value={typed.limitPerPerson}
          set={set("limitPerPerson")}
          more={{ min: 1, max: 50 }}
        />
      </div>
      <label class="field">
        <span>Description</span>
        <textarea
          class="input"
          rows={5}
          maxLength={4000}
          value={typed.description}
          onInput={(e) => set("description")(e.currentTarget.value)}
        />
      </label>
    </Saving>
  );
}

/** The last step: all of its seats, then the sale. */
function OnSale({ event, changed }: Part) {
  const path = `/organizer/events/${event.eventId}`;
  const save = async () => {
    await create(`${path}/on-sale`, {});
    changed(await call<Event>(path, { private: true }));
  };
  return (
    <Saving title="Put it on sale" action="Put it on sale" save={save}>
      <p class="muted">From then on it keeps its chart, and what buyers rely on.</p>
    </Saving>
  );
}

function Image({ event, changed }: Part) {
  const [file, setFile] = useState<File>();
  const save = async () =>
    changed(await changeEvent(event, { imageUrl: file ? await bringImage(file) : null }));
  return (
    <Saving title="Picture" action={file ? "Use this picture" : "Take the picture away"} save={save}>
      {isOurs(event.imageUrl) && (
        <Picture url={event.imageUrl} sizes="20rem" alt={`The picture of ${event.name}`} />
      )}
      <label class="field">
        <span>PNG, JPEG or WebP, 10 MB at most</span>
        <input
          class="input"
          type="file"
          accept="image/png,image/jpeg,image/webp"
          onChange={(e) => setFile(e.currentTarget.files?.[0])}
        />
      </label>
    </Saving>
  );
}

/** The artist's page, and the show that this is one date of. */
function Belongings({ event, changed }: Part) {
  const [other, setOther] = useState("");
  return (
    <>
      {event.artistId ? (
        <p>
          <a href={`/artists/${event.artistId}`}>The page of {event.artist}</a>
        </p>
      ) : (
        <Saving
          title="Artist's page"
          action={`Make a page for ${event.artist}`}
          save={async () => changed(await makeArtistPage(event))}
        >
          <p class="muted">It shows their dates, and can be subscribed to.</p>
        </Saving>
      )}
      <Saving title="Other dates of this show" save={async () => changed(await joinSeries(event, other))}>
        <Input label="Address of another date of the same show" value={other} set={setOther} />
        {event.seriesId && (
          <p class="muted small">It belongs to a series; its dates are on the event’s page.</p>
        )}
      </Saving>
    </>
  );
}
