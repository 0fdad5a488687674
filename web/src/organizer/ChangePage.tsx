import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Event, EventChange } from "../api/types";
import { clockTime, longDate } from "../dates";
import { Lost } from "../ui/Lost";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import { CancelForm } from "./CancelForm";
import { ChangeProgress } from "./ChangeProgress";
import "./change.css";
import { MoveForm } from "./MoveForm";
import { OrganizersOnly } from "./OrganizersOnly";
import "./organizer.css";

const LOOK_EVERY_MS = 1_500;

/** An organizer's event: when it is, whether it takes place, and how far its refunds or letters have come. */
export function ChangePage() {
  const eventId = useRoute().params.eventId as string;
  return (
    <OrganizersOnly title="Your event">
      <Desk key={eventId} eventId={eventId} />
    </OrganizersOnly>
  );
}

function Desk({ eventId }: { eventId: string }) {
  const path = `/organizer/events/${encodeURIComponent(eventId)}`;
  const loaded = useLoaded(eventId, (signal) =>
    call<Event>(`/events/${encodeURIComponent(eventId)}`, { signal }),
  );
  const [change, setChange, error] = useChange(path);
  const event = loaded.value;
  // The edge may tell the date before for a minute yet.
  const [newDate, setNewDate] = useState<string>();
  const startsAt = newDate ?? event?.startsAt ?? "";
  useTitle(event ? event.name : "Your event");
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  const post = (verb: string, body: unknown = {}) =>
    call<EventChange>(`${path}/${verb}`, { method: "POST", private: true, body });
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      {event && (
        <>
          <header>
            <h1>{event.name}</h1>
            <p class="muted">
              {longDate(startsAt, event.venue.timezone)}, {clockTime(startsAt, event.venue.timezone)},{" "}
              {event.venue.name}, {event.venue.city}
            </p>
            <p>
              <a href={`/events/${eventId}`}>As your buyers see it</a> ·{" "}
              <a href={`/organizer/events/${eventId}`}>Edit this event</a>
            </p>
          </header>
          {error !== undefined && <Failure error={error} />}
          {change && <ChangeProgress change={change} goOn={async () => setChange(await post("cancel"))} />}
          {change !== undefined && change?.change !== "cancelled" && (
            <>
              <MoveForm
                event={event}
                move={async (body) => {
                  setChange(await post("move", body));
                  setNewDate(body.startsAt);
                }}
              />
              <CancelForm event={event} cancel={async () => setChange(await post("cancel"))} />
            </>
          )}
        </>
      )}
    </main>
  );
}

/** The event's last change, looked at again and again while it is being carried out; null where there is none. */
function useChange(path: string) {
  const [change, setChange] = useState<EventChange | null>();
  const [error, setError] = useState<unknown>();
  const running = change?.status === "running";
  useEffect(() => {
    const leaving = new AbortController();
    const look = async () => {
      try {
        setChange(await call<EventChange>(`${path}/cancellation`, { private: true, signal: leaving.signal }));
        setError(undefined);
      } catch (refused) {
        if (leaving.signal.aborted) return;
        if (refused instanceof Problem && refused.status === 404) setChange(null);
        else setError(refused);
      }
    };
    if (change === undefined) look();
    const timer = running ? setInterval(look, LOOK_EVERY_MS) : undefined;
    return () => {
      leaving.abort();
      clearInterval(timer);
    };
  }, [path, running]);
  return [change, setChange, error] as const;
}
