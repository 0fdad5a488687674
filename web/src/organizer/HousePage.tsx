import { useEffect, useMemo, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Event, House } from "../api/types";
import { clockTime, longDate } from "../dates";
import { loadEvent } from "../event/EventPage";
import "../event/event.css";
import { pricesOf } from "../event/Hall";
import { closedWords } from "../event/sale";
import type { FreeSeats } from "../map/availability";
import type { Plan, PlanSection } from "../map/plan";
import { SeatMap } from "../map/SeatMap";
import { watchAvailability } from "../map/watch";
import { Lost } from "../ui/Lost";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import { BlockForm } from "./BlockForm";
import { BlockList } from "./BlockList";
import { HouseCounts } from "./HouseCounts";
import { seatsOf } from "./house";
import "./house.css";
import { MoreSeats } from "./MoreSeats";
import { OrganizersOnly } from "./OrganizersOnly";
import "./organizer.css";

const LOOK_EVERY_MS = 10_000;
const NONE: ReadonlySet<number> = new Set();

/** An organizer's house: which seats are kept out of the sale and why, and how every section stands. */
export function HousePage() {
  const eventId = useRoute().params.eventId as string;
  return (
    <OrganizersOnly title="House seats">
      <Loading key={eventId} eventId={eventId} />
    </OrganizersOnly>
  );
}

function Loading({ eventId }: { eventId: string }) {
  const loaded = useLoaded(eventId, (signal) => loadEvent(eventId, signal));
  useTitle(loaded.value ? `House seats of ${loaded.value.event.name}` : "House seats");
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  return (
    <main id="main" class="event-page" tabIndex={-1}>
      {loaded.error !== undefined && (
        <div class="page middle">
          <Failure error={loaded.error} retry={loaded.reload} />
        </div>
      )}
      {!loaded.value && loaded.error === undefined && (
        <div class="event-wait skeleton" role="status" aria-label="Loading the house" />
      )}
      {loaded.value?.house && (
        <Desk event={loaded.value.event} {...loaded.value.house} reload={loaded.reload} />
      )}
      {loaded.value && !loaded.value.house && (
        <div class="page middle">
          <Notice title="This event has no house yet">Its seats come with its chart.</Notice>
        </div>
      )}
    </main>
  );
}

function Desk(props: { event: Event; plan: Plan; first: FreeSeats; reload: () => void }) {
  const { event, plan, first, reload } = props;
  const { eventId } = event;
  const [house, look, error] = useHouse(eventId);
  const [told, setTold] = useState(first);
  const [chosen, setChosen] = useState(NONE);
  const [standing, setStanding] = useState<PlanSection>();
  const [hint, setHint] = useState("");
  const open = closedWords(event) === undefined;
  useEffect(() => {
    if (!open) return undefined;
    return watchAvailability(eventId, plan, first, setTold, () => undefined, reload);
  }, [eventId, plan, open]);
  const kept = useMemo(() => new Set(house?.blocks.flatMap((b) => seatsOf(plan, b.seatIds))), [house, plan]);
  // The map may be a second older than the list of blocks.
  const free = useMemo(() => told.without(kept), [told, kept]);
  const { ranks, price, from } = useMemo(() => pricesOf(event, plan), [event, plan]);

  const change = (now: ReadonlySet<number>) => {
    setChosen(now);
    setHint("");
  };
  const toggle = (seat: number) => {
    if (chosen.has(seat)) change(new Set([...chosen].filter((each) => each !== seat)));
    else if (free.has(seat) || kept.has(seat)) change(new Set([...chosen, seat]));
    else setHint("Somebody has that seat: it is held or sold.");
  };
  const done = () => {
    change(NONE);
    setStanding(undefined);
    look();
  };
  const wanted = [...chosen].filter((seat) => !kept.has(seat));
  return (
    <>
      <header class="event-head">
        <div class="event-head-words">
          <h1>House seats</h1>
          <p>
            <a href={`/events/${eventId}`}>{event.name}</a>
            <span class="muted">
              {longDate(event.startsAt, event.venue.timezone)},{" "}
              {clockTime(event.startsAt, event.venue.timezone)} · {event.venue.name}
            </span>
          </p>
        </div>
      </header>
      <div class="hall">
        <section class="hall-map" aria-label="Seat map">
          <p class="house-key">
            Choose free seats to keep them out of the sale, or house seats, marked with a cross, to give them
            back.
          </p>
          <SeatMap
            plan={plan}
            free={free}
            chosen={chosen}
            lost={kept}
            lostWord="house seat"
            only={undefined}
            ranks={ranks}
            price={price}
            priceFrom={from}
            onSeat={toggle}
            onStanding={setStanding}
          />
        </section>
        <aside class="hall-side house-side" aria-label="House seats">
          {error !== undefined && <Failure error={error} retry={look} />}
          <BlockForm
            key={standing?.key}
            eventId={eventId}
            plan={plan}
            free={free}
            chosen={wanted}
            standing={standing}
            hint={hint}
            onChange={(seats) => change(new Set([...[...chosen].filter((seat) => kept.has(seat)), ...seats]))}
            onLost={(seatIds) => {
              const gone = new Set(seatsOf(plan, seatIds));
              setChosen(new Set([...chosen].filter((seat) => !gone.has(seat))));
            }}
            onDone={done}
          />
          {house && <BlockList plan={plan} blocks={house.blocks} chosen={chosen} onDone={done} />}
          {house && <HouseCounts house={house} />}
          <MoreSeats eventId={eventId} onDone={reload} />
        </aside>
      </div>
    </>
  );
}

/** The house as it stands, looked at again now and then and when asked to. */
function useHouse(eventId: string): [House | undefined, () => void, unknown] {
  const loaded = useLoaded(eventId, (signal) =>
    call<House>(`/organizer/events/${encodeURIComponent(eventId)}/house`, { private: true, signal }),
  );
  const [shown, setShown] = useState<House>();
  useEffect(() => {
    if (loaded.value) setShown(loaded.value);
  }, [loaded.value]);
  useEffect(() => {
    const timer = setInterval(loaded.reload, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  });
  return [shown, loaded.reload, loaded.error];
}
