import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Event, RoomRecord } from "../api/types";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import { Controls } from "./Controls";
import { OpenRoom } from "./OpenRoom";
import "./room.css";

const LOOK_EVERY_MS = 2_000;
const count = new Intl.NumberFormat("en");
const percent = new Intl.NumberFormat("en", { style: "percent" });

/** An event's waiting room for those who run it: how it stands, what can be done, and what was done by whom. */
export function RoomPage() {
  const eventId = useRoute().params.eventId as string;
  const event = useLoaded(eventId, (signal) => call<Event>(`/events/${eventId}`, { signal }));
  useTitle(`Waiting room of ${event.value?.name ?? "an event"}`);
  if (!person.value) return <SignInFirst />;
  const groups = person.value.groups;
  const runs = groups.includes("organizer");
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      <h1>Waiting room</h1>
      {event.value && (
        <p class="lede">
          <a href={`/events/${eventId}`}>{event.value.name}</a>
        </p>
      )}
      {event.error !== undefined && <Failure error={event.error} retry={event.reload} />}
      {!runs && !groups.includes("operator") ? (
        <Notice title="This page is for organizers">Ask your venue to make your account one.</Notice>
      ) : event.value && !event.value.waitingRoom ? (
        <Notice title="This event has no waiting room">Whoever comes may choose seats at once.</Notice>
      ) : (
        event.value && <Room eventId={eventId} runs={runs} />
      )}
    </main>
  );
}

function Room({ eventId, runs }: { eventId: string; runs: boolean }) {
  const { record, error, look } = useRoom(eventId);
  const unopened = error instanceof Problem && error.status === 404;
  return (
    <>
      {error !== undefined && !unopened && <Failure error={error} retry={look} />}
      {unopened &&
        (runs ? (
          <OpenRoom eventId={eventId} done={look} />
        ) : (
          <Notice title="This room is not open yet">Its organizer opens it.</Notice>
        ))}
      {record && (
        <>
          <State record={record} />
          <Figures record={record} />
          {record.crowds && <Crowds crowds={record.crowds} />}
          {runs && record.now.phase !== "closed" && <Controls record={record} done={look} />}
          <Changes record={record} />
        </>
      )}
    </>
  );
}

/** The room, looked at every two seconds: as long as a change takes to have its effect. */
function useRoom(eventId: string) {
  const [state, setState] = useState<{ record?: RoomRecord; error?: unknown }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    const ask = () =>
      call<RoomRecord>(`/organizer/queues/${eventId}`, { private: true, signal: leaving.signal }).then(
        (record) => setState({ record }),
        (error: unknown) => leaving.signal.aborted || setState((was) => ({ ...was, error })),
      );
    const timer = setInterval(ask, LOOK_EVERY_MS);
    void ask();
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, [eventId, turn]);
  return { ...state, look: () => setTurn((n) => n + 1) };
}

const PHASES: Record<string, string> = {
  registering: "People register for the draw",
  drawing: "The draw is being made",
  serving: "People are let in by turn",
  closed: "Closed for good",
};

function State({ record: { now } }: { record: RoomRecord }) {
  const words = now.paused ? "Paused: nobody is let in" : (PHASES[now.phase] as string);
  return (
    <>
      <p class="room-state" data-state={now.paused ? "paused" : now.phase} role="status">
        {words}
      </p>
      {now.mode === "degraded" && (
        <Notice kind="bad" title="Degraded: no tick since a minute or more">
          The last one was made at {new Date(now.at).toLocaleTimeString()}. The edge lets people in by lot, at
          odds that keep the capacity on average; nobody is counted. It ends by itself with the next tick: see
          the alarm on failed ticks.
        </Notice>
      )}
    </>
  );
}

function Figures({ record: { now } }: { record: RoomRecord }) {
  const figures: [string, string][] = [
    ["In line", count.format(now.queueLength)],
    ["Called a minute", count.format(Math.round(now.callsPerSecond * 60))],
    ["Of those called come", percent.format(now.showRate)],
    ["Tickets left", now.seatsLeft == null ? "not known yet" : count.format(now.seatsLeft)],
    ["Registered for the draw", now.draw.drawAt ? count.format(now.registered) : "no draw"],
  ];
  return (
    <section class="card stack" aria-label="Figures">
      <div>
        <div class="room-live">
          <span>
            <b class="numbers">{count.format(now.live)}</b> of {count.format(now.capacity)} places taken
          </span>
        </div>
        <meter class="room-meter" min={0} max={now.capacity} value={now.live} aria-label="Places taken" />
      </div>
      <dl class="room-figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="numbers">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Crowds({ crowds }: { crowds: NonNullable<RoomRecord["crowds"]> }) {
  return (
    <p class="muted small">
      Devices and addresses with too many accounts, as counted before the draw:{" "}
      {count.format(crowds.excluded)} kept out, {count.format(crowds.challenged)} challenged when their turn
      comes.
    </p>
  );
}

const ACTIONS: Record<string, string> = {
  open: "Opened",
  pause: "Paused",
  resume: "Resumed",
  change: "Changed",
  close: "Closed",
};

function Changes({ record: { changes } }: { record: RoomRecord }) {
  return (
    <div class="stack">
      <h2 id="room-changes">What was done</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="room-changes" tabIndex={0} aria-labelledby="room-changes">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Places</th>
              <th scope="col">Let in a second</th>
              <th scope="col">By</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <tr key={change.at}>
                <td>{new Date(change.at).toLocaleString()}</td>
                <td>{ACTIONS[change.action] ?? change.action}</td>
                <td class="numbers">{count.format(change.capacity)}</td>
                <td class="numbers">
                  {change.batch
                    ? `${count.format(change.batch.people)} every ${change.batch.everySeconds} s`
                    : change.admissionsPerSecond}
                </td>
                <td class="room-by">{change.by}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
