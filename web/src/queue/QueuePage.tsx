import { useEffect, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import type { Event } from "../api/types";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import { useLine } from "./line";
import { wordsFor } from "./words";
import "./queue.css";

/** A screen reader hears of the line at most this often, and only when something is different. */
const ANNOUNCE_MS = 30_000;
const count = new Intl.NumberFormat("en");

export function QueuePage() {
  const eventId = useRoute().params.eventId as string;
  return person.value ? <WaitingRoom eventId={eventId} key={eventId} /> : <SignInFirst />;
}

function WaitingRoom({ eventId }: { eventId: string }) {
  const { route } = useLocation();
  const event = useLoaded(eventId, (signal) => call<Event>(`/events/${eventId}`, { signal }));
  const line = useLine(eventId, () => route(`/events/${eventId}`));
  const words = wordsFor(line);
  useTitle(`${words.title} · Waiting room`);
  return (
    <main id="main" class="page narrow queue" tabIndex={-1}>
      <p class="muted">Waiting room</p>
      <h1>{event.value?.name ?? "…"}</h1>
      {line.error !== undefined && <Failure error={line.error} />}
      <section class="queue-place" aria-label="Your place">
        <p class="queue-number">{words.title}</p>
        <p>{words.next}</p>
        {line.outOfReach && line.joined && (
          <Notice kind="bad" title="There is hardly a chance left">
            Fewer tickets are left than people ahead of you are likely to buy. You may stay: tickets can come
            back.
          </Notice>
        )}
        {line.now?.mode === "degraded" && (
          <Notice title="The line is moving by lot at the moment">
            We have a technical problem. Your place is safe, and the line goes on when it is mended.
          </Notice>
        )}
      </section>
      <dl class="queue-facts">
        {line.now?.seatsLeft != null && <Fact name="Tickets left" value={count.format(line.now.seatsLeft)} />}
        {line.now && <Fact name="People in line" value={count.format(line.now.queueLength)} />}
        {line.now && <Fact name="Buying now" value={count.format(line.now.live)} />}
      </dl>
      <Announcer text={`${words.title}. ${words.next}`} />
      <div class="actions">
        {!line.joined && (
          <button type="button" class="button" disabled={line.joining || !line.now} onClick={line.join}>
            {line.joining ? "Joining…" : "Join the line"}
          </button>
        )}
        {line.joined && (
          <button type="button" class="button quiet" onClick={line.leave}>
            Leave the line
          </button>
        )}
        {line.now?.draw.seed && <a href={`/queue/${eventId}/draw`}>Check the draw</a>}
      </div>
      <p class="muted">
        You can close this page and come back: your place belongs to your account. Opening more windows or
        reloading changes nothing.
      </p>
    </main>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Tells changes politely, and seldom. */
function Announcer({ text }: { text: string }) {
  const [said, setSaid] = useState({ text, at: Date.now() });
  useEffect(() => {
    if (text === said.text) return undefined;
    const timer = setTimeout(
      () => setSaid({ text, at: Date.now() }),
      Math.max(0, said.at + ANNOUNCE_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [text, said]);
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {said.text}
    </p>
  );
}
