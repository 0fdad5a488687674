import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { call } from "../api/client";
import type { ChartImport, Event } from "../api/types";
import { ChartStep } from "./ChartStep";
import { CATEGORIES } from "./draft";
import { EditPage } from "./EditPage";
import { changeEvent, create, makeArtistPage } from "./editing";
import { PicturePart } from "./PicturePart";
import { PresalePart } from "./PresalePart";
import { PricingPart } from "./PricingPart";
import { Input, Saving } from "./Saving";
import { SeriesPart } from "./SeriesPart";
import { TextArea } from "./TextArea";
import { instantIn, localIn } from "./times";

/** What an organizer may change of an event, part by part. */
export function EditEventPage() {
  const path = `/organizer/events/${encodeURIComponent(useRoute().params.eventId as string)}`;
  return <EditPage<Event> title="Edit an event" path={path} form={(read) => <Parts read={read} />} />;
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
        {event.waitingRoom && <a href={`/organizer/events/${event.eventId}/room`}>Waiting room</a>}
      </p>
      <Details {...part} />
      <PicturePart
        of={event.name}
        url={event.imageUrl}
        save={async (imageUrl) => changed(await changeEvent(event, { imageUrl }))}
      />
      {event.seatCount === 0 && (
        <ChartStep title="The seating chart" onChart={(brought) => setChart(brought?.chart ?? undefined)} />
      )}
      <PricingPart key={chart?.hash} {...part} chart={chart} />
      {["scheduled", "moved"].includes(event.status) && event.chartHash && <OnSale {...part} />}
      <PresalePart {...part} />
      <ArtistPart {...part} />
      <SeriesPart {...part} />
    </>
  );
}

interface Part {
  event: Event;
  changed: (event: Event) => void;
}

function Details({ event, changed }: Part) {
  const zone = event.venue.timezone;
  const asTyped = typedOf(event);
  const [typed, setTyped] = useState(asTyped);
  const [waitingRoom, setWaitingRoom] = useState(event.waitingRoom ?? false);
  const set = (name: keyof typeof typed) => (value: string) => setTyped({ ...typed, [name]: value });
  const save = async () => {
    const now = Object.entries(typed).filter(
      ([name, value]) => value !== asTyped[name as keyof typeof typed],
    );
    const sent = now.map(([name, value]) => {
      if (name.endsWith("At")) return [name, instantIn(zone, value)];
      return [name, name === "limitPerPerson" ? Number(value) : value.trim()];
    });
    const room = waitingRoom === event.waitingRoom ? {} : { waitingRoom };
    const after = await changeEvent(event, { ...Object.fromEntries(sent), ...room });
    // What was saved may have taken more along: doors and the end of the sale go with the start.
    setTyped(typedOf(after));
    changed(after);
  };
  const time = (label: string, name: "startsAt" | "doorsAt" | "onSaleAt" | "saleEndsAt") => (
    <Input label={label} path={name} type="datetime-local" value={typed[name]} set={set(name)} />
  );
  return (
    <Saving title="What and when" save={save}>
      <div class="organizer-grid">
        <Input
          label="Name of the event"
          path="name"
          value={typed.name}
          set={set("name")}
          more={{ maxLength: 120 }}
        />
        {!event.artistId && (
          <Input
            label="Artist"
            path="artist"
            value={typed.artist}
            set={set("artist")}
            more={{ maxLength: 120 }}
          />
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
          path="limitPerPerson"
          type="number"
          value={typed.limitPerPerson}
          set={set("limitPerPerson")}
          more={{ min: 1, max: 50 }}
        />
      </div>
      <TextArea value={typed.description} set={set("description")} />
      {event.seatCount === 0 && (
        <label class="check">
          <input
            type="checkbox"
            checked={waitingRoom}
            onChange={(e) => setWaitingRoom(e.currentTarget.checked)}
          />
          People come in by a waiting room
        </label>
      )}
    </Saving>
  );
}

function typedOf(event: Event) {
  const zone = event.venue.timezone;
  return {
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

/** The artist's page: made here, edited on its own. */
function ArtistPart({ event, changed }: Part) {
  if (event.artistId) {
    return (
      <p>
        <a href={`/organizer/artists/${event.artistId}`}>Edit the page of {event.artist}</a>
      </p>
    );
  }
  return (
    <Saving
      title="Artist's page"
      action={`Make a page for ${event.artist}`}
      save={async () => changed(await makeArtistPage(event))}
    >
      <p class="muted">It shows their dates, and can be subscribed to.</p>
    </Saving>
  );
}
