import { useRef, useState } from "preact/hooks";
import { serverNow } from "../api/clock";
import type { Event, Venue } from "../api/types";
import { Notice, Spinner, useTitle } from "../ui/ui";
import { type Draft, emptyDraft, eventOf, venueOf } from "./draft";
import { EventStep } from "./EventStep";
import { create } from "./editing";
import { Faults, faultsOf } from "./faults";
import { OrganizersOnly } from "./OrganizersOnly";
import "./organizer.css";
import { PriceStep } from "./PriceStep";
import { Refusal } from "./Saving";
import { type Seating, SeatingStep } from "./SeatingStep";

/** Where the fields of the venue's form are, beside those of the event's. */
const VENUE = "venue.";

/** From a seating chart to an event that sells, on one page. */
export function NewEventPage() {
  useTitle("New event");
  return (
    <OrganizersOnly title="New event">
      <NewEvent />
    </OrganizersOnly>
  );
}

function NewEvent() {
  const [seating, setSeating] = useState<Seating>();
  const [draft, setDraft] = useState(emptyDraft);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ error: unknown; at: string }>();
  const [made, setMade] = useState<Event>();
  const opened = useRef(new Date(serverNow()));
  const once = useOnce();
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const sit = (chosen: Seating | undefined) => {
    setSeating(chosen);
    if (chosen?.venue) change({ timezone: chosen.venue.timezone });
  };

  const publish = async (e: SubmitEvent) => {
    e.preventDefault();
    if (busy || !seating) return;
    setBusy(true);
    setRefused(undefined);
    let at = VENUE;
    try {
      const venue = seating.venue ?? (await once<Venue>("/organizer/venues", venueOf(draft)));
      at = "";
      const wanted = eventOf(draft, venue.venueId, seating.hash, seating.categories, opened.current);
      const event = await once<Event>("/organizer/events", wanted);
      if (seating.hash) await create(`/organizer/events/${event.eventId}/on-sale`, {});
      setMade(event);
    } catch (error) {
      setRefused({ error, at });
    }
    setBusy(false);
  };
  const faults = faultsOf(refused?.error) ?? [];
  const action = seating?.hash ? "Put it on sale" : "Announce it";
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      <h1>New event</h1>
      {!made && <SeatingStep onSeating={sit} />}
      {seating && !made && (
        <Faults.Provider value={faults.map(({ path, problem }) => ({ path: refused?.at + path, problem }))}>
          <form class="stack" onSubmit={publish}>
            <EventStep draft={draft} change={change} venue={seating.venue} at={VENUE} />
            <PriceStep categories={seating.categories} draft={draft} change={change} />
            <Refusal error={refused?.error} title="This cannot be sold yet" />
            <button class="button wide" type="submit" disabled={busy}>
              {busy ? <Spinner label={action} /> : action}
            </button>
          </form>
        </Faults.Provider>
      )}
      {made && <Made event={made} onSale={seating?.hash !== undefined} />}
    </main>
  );
}

/** Creates, and finds the same thing where it was created already before something else went wrong. */
function useOnce() {
  const keys = useRef(new Map<string, string>());
  return <T,>(path: string, body: object): Promise<T> => {
    const asked = path + JSON.stringify(body);
    const key = keys.current.get(asked) ?? crypto.randomUUID();
    keys.current.set(asked, key);
    return create<T>(path, body, key);
  };
}

function Made({ event, onSale }: { event: Event; onSale: boolean }) {
  const path = `/organizer/events/${event.eventId}`;
  return (
    <>
      <Notice kind="good" title={`${event.name} is ${onSale ? "on sale" : "announced"}`}>
        <a href={`/events/${event.eventId}`}>See it as your buyers do</a>
      </Notice>
      <ul class="organizer-next">
        {event.waitingRoom && (
          <li>
            <a href={`${path}/room`}>Open its waiting room</a>: nobody gets in before that
          </li>
        )}
        <li>
          <a href={path}>Add a picture, a presale, other dates{!onSale && ", and its seating chart"}</a>
        </li>
        {onSale && (
          <li>
            <a href={`${path}/house`}>Keep seats out of the sale</a>
          </li>
        )}
        <li>
          <a href={`${path}/change`}>Move or cancel it</a>
        </li>
      </ul>
    </>
  );
}
