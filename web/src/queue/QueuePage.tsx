import { useEffect, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import type { Event } from "../api/types";
import { clockTime, longDate } from "../dates";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import { type Line, useLine } from "./line";
import { Rules } from "./Rules";
import { Way } from "./Way";
import { type Words, wordsFor } from "./words";
import "./queue.css";

/** While only numbers change, a screen reader hears of them at most this often. */
const ANNOUNCE_MS = 60_000;
const count = new Intl.NumberFormat("en");

export function QueuePage() {
  const eventId = useRoute().params.eventId as string;
  return person.value ? <WaitingRoom eventId={eventId} key={eventId} /> : <SignInFirst />;
}

function WaitingRoom({ eventId }: { eventId: string }) {
  const event = useLoaded(eventId, (signal) => call<Event>(`/events/${eventId}`, { signal })).value;
  if (!event || event.waitingRoom) return <InLine eventId={eventId} event={event} />;
  return (
    <main id="main" class="page middle queue stack" tabIndex={-1}>
      <h1>{event.name}</h1>
      <Notice title="This event has no waiting room">
        <a href={`/events/${eventId}`}>Choose your seats at once</a>
      </Notice>
    </main>
  );
}

function InLine({ eventId, event }: { eventId: string; event: Event | undefined }) {
  const { route } = useLocation();
  const line = useLine(eventId, () => route(`/events/${eventId}`));
  const words = wordsFor(line);
  useTitle(`${words.title} · Waiting room`);
  return (
    <main id="main" class="page middle queue stack" tabIndex={-1}>
      <header class="queue-head">
        <p class="queue-room">Waiting room</p>
        <h1>{event?.name ?? "…"}</h1>
        {event && (
          <p class="muted">
            {longDate(event.startsAt, event.venue.timezone)},{" "}
            {clockTime(event.startsAt, event.venue.timezone)} · {event.venue.name}, {event.venue.city}
          </p>
        )}
      </header>
      {line.error !== undefined && <Failure error={line.error} />}
      {(line.now || line.unopened || line.error === undefined) && (
        <section class="card stack queue-place" aria-label="Your place" data-kind={words.kind}>
          <h2 class="queue-number">{words.title}</h2>
          <p>{words.next}</p>
          <Warnings line={line} />
          <Facts line={line} />
          <Actions line={line} eventId={eventId} />
        </section>
      )}
      <Announcer words={words} />
      {line.now && !line.joined && <Rules now={line.now} />}
      <Way line={line} />
      <p class="muted small">
        You can reload, close this page or let your phone sleep: your place belongs to your account.
        {line.now?.draw.seed && (
          <>
            {" "}
            <a href={`/queue/${eventId}/draw`}>Check that the draw was fair</a>
          </>
        )}
      </p>
    </main>
  );
}

function Warnings({ line }: { line: Line }) {
  return (
    <>
      {line.outOfReach && line.joined && line.now?.seatsLeft !== 0 && (
        <Notice kind="bad" title="There is hardly a chance left">
          Fewer tickets are left than the people ahead of you are likely to buy. You may stay: tickets can
          come back.
        </Notice>
      )}
      {line.now?.mode === "degraded" && (
        <Notice title="The line is moving by lot at the moment">
          We have a technical problem, and let people in by drawing lots. Your place is safe, and the line
          goes on when it is mended.
        </Notice>
      )}
    </>
  );
}

function Facts({ line: { now } }: { line: Line }) {
  if (!now) return null;
  const facts = [
    ["Tickets left", now.seatsLeft],
    [now.phase === "registering" ? "Registered" : "People in line", now.queueLength],
    ["Buying now", now.live],
  ] as const;
  return (
    <dl class="queue-facts">
      {facts.map(
        ([name, value]) =>
          value != null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{count.format(value)}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Actions({ line, eventId }: { line: Line; eventId: string }) {
  const over = line.standing?.status === "expired";
  if (line.now?.phase === "closed" || line.unopened)
    return <a href={`/events/${eventId}`}>Back to the event</a>;
  if (line.joined && !over)
    return (
      <div class="actions">
        <button type="button" class="button quiet" disabled={line.joining} onClick={line.leave}>
          Leave the line
        </button>
      </div>
    );
  const label = over ? "Join again" : line.now?.phase === "registering" ? "Register" : "Join the line";
  return (
    <div class="actions">
      <button type="button" class="button" disabled={line.joining || !line.now} onClick={line.join}>
        {line.joining ? "Joining…" : label}
      </button>
    </div>
  );
}

/** Tells what matters at once, and how the numbers change once a minute: politely both. */
function Announcer({ words }: { words: Words }) {
  const [said, setSaid] = useState({ words, at: Date.now() });
  const text = `${words.title}. ${words.next}`;
  useEffect(() => {
    const wait = words.kind === said.words.kind ? Math.max(0, said.at + ANNOUNCE_MS - Date.now()) : 0;
    const timer = setTimeout(() => setSaid({ words, at: Date.now() }), wait);
    return () => clearTimeout(timer);
  }, [text, words.kind]);
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {said.words.title}. {said.words.next}
    </p>
  );
}
