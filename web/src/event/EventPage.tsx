import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { person } from "../account/session";
import { call } from "../api/client";
import { serverNow } from "../api/clock";
import { Problem } from "../api/problems";
import type { Event, SeatMap as SeatMapAnswer } from "../api/types";
import { clockTime, longDate } from "../dates";
import { Poster } from "../events/Poster";
import { FreeSeats, watchAvailability } from "../map/availability";
import { type Chart, type Plan, type PlanSection, planOf, seatId, seatOf } from "../map/plan";
import { SeatMap } from "../map/SeatMap";
import { money } from "../money";
import { Lost } from "../ui/Lost";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import { BestAvailable } from "./BestAvailable";
import "./event.css";
import { type HoldRequest, pickUp, putAside, rememberHold, takeHold } from "./holding";
import { Legend } from "./Legend";
import { allIn, priceRanks } from "./prices";
import { SelectionPanel } from "./SelectionPanel";
import { type Chosen, selectionOf } from "./selection";

interface Stage {
  event: Event;
  plan: Plan;
  first: FreeSeats;
}

async function load(eventId: string, signal: AbortSignal): Promise<Stage> {
  const id = encodeURIComponent(eventId);
  const [event, map] = await Promise.all([
    call<Event>(`/events/${id}`, { signal }),
    call<SeatMapAnswer>(`/events/${id}/seatmap`, { signal }).catch(beforeSale),
  ]);
  const answer = await fetch(map?.seatMapConfig.url ?? event.seatMapUrl, { signal });
  if (!answer.ok) throw new Problem("unreachable", answer.status);
  const plan = planOf((await answer.json()) as Chart);
  return { event, plan, first: map ? FreeSeats.of(map) : FreeSeats.all(plan.count) };
}

/** Until the sale starts there is no availability; the map then shows the house with every seat free. */
function beforeSale(error: unknown): undefined {
  if (!(error instanceof Problem && error.word === "not-on-sale-yet")) throw error;
}

export function EventPage() {
  const eventId = useRoute().params.eventId as string;
  const loaded = useLoaded(eventId, (signal) => load(eventId, signal));
  useTitle(loaded.value?.event.name ?? "Event");
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  return (
    <main id="main" class="event-page" tabIndex={-1}>
      {loaded.error !== undefined && (
        <div class="page middle">
          <Failure error={loaded.error} retry={loaded.reload} />
        </div>
      )}
      {!loaded.value && loaded.error === undefined && (
        <div class="event-wait skeleton" role="status" aria-label="Loading the event" />
      )}
      {loaded.value && <Hall {...loaded.value} key={eventId} reload={loaded.reload} />}
    </main>
  );
}

function Hall({ event, plan, first, reload }: Stage & { reload: () => void }) {
  const { route } = useLocation();
  const selection = selectionOf(event.eventId);
  useWhenSaleOpens(event, reload);
  const [free, setFree] = useState(first);
  const [behind, setBehind] = useState(false);
  const [lost, setLost] = useState<ReadonlySet<number>>(new Set());
  const [only, setOnly] = useState<number>();
  const [standing, setStanding] = useState<PlanSection>();
  const [trouble, setTrouble] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [hint, setHint] = useState("");

  const closed = closedWords(event);
  const open = closed === undefined;
  useEffect(
    () =>
      open
        ? watchAvailability(
            event.eventId,
            (now) => {
              setFree(now);
              setBehind(false);
            },
            () => setBehind(true),
          )
        : undefined,
    [event.eventId, open],
  );

  const { ranks, from, price } = useMemo(() => pricesOf(event, plan), [event, plan]);
  const picked = useMemo(
    () => new Set(selection.value.flatMap((c) => seatOf(plan, c.seatId) ?? [])),
    [plan, selection.value],
  );

  const toggle = (seat: number) => {
    const id = seatId(plan, seat);
    setTrouble(undefined);
    if (closed) setHint(closed.title);
    else if (picked.has(seat)) {
      selection.value = selection.value.filter((c) => c.seatId !== id);
      setHint("");
    } else if (!free.has(seat)) setHint("That seat is taken. Choose one in colour.");
    else if (selection.value.length >= event.limitPerPerson) {
      setHint(`One person can buy up to ${event.limitPerPerson} tickets for this event.`);
    } else {
      const ticketTypeId = event.pricing.ticketTypes[0]?.id ?? "";
      selection.value = [...selection.value, { seatId: id, ticketTypeId }];
      setHint("");
    }
  };

  const hold = async (request: HoldRequest) => {
    if (!person.value) {
      putAside(request);
      route(`/sign-in?next=${encodeURIComponent(`/events/${event.eventId}`)}`);
      return;
    }
    setBusy(true);
    setTrouble(undefined);
    try {
      const taken = await takeHold(request);
      rememberHold(taken, event.name);
      route(`/checkout/${taken.holdId}`);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        putAside(request);
        route(`/sign-in?next=${encodeURIComponent(`/events/${event.eventId}`)}`);
        return;
      }
      const gone = lostSeats(error);
      setLost(new Set(gone.flatMap((id) => seatOf(plan, id) ?? [])));
      selection.value = selection.value.filter((c) => !gone.includes(c.seatId));
      setTrouble(error);
      setBusy(false);
    }
  };

  useEffect(() => {
    const wanted = person.value && pickUp(event.eventId);
    if (wanted) void hold(wanted);
  }, []);

  const holdChosen = (chosen: readonly Chosen[]) =>
    hold({
      eventId: event.eventId,
      seatIds: chosen.map((c) => c.seatId),
      ticketTypes: chosen.map((c) => c.ticketTypeId),
    });
  return (
    <>
      <header class="event-head">
        <Poster eventId={event.eventId} />
        <div class="event-head-words">
          <h1>{event.name}</h1>
          <p>
            <time dateTime={event.startsAt}>
              {longDate(event.startsAt, event.venue.timezone)},{" "}
              {clockTime(event.startsAt, event.venue.timezone)}
            </time>
            <span class="muted">
              {event.venue.name}, {event.venue.city}
              {event.doorsAt && ` · doors ${clockTime(event.doorsAt, event.venue.timezone)}`}
            </span>
          </p>
        </div>
      </header>
      <div class="hall">
        <section class="hall-map" aria-label="Seat map">
          <Legend
            plan={plan}
            ranks={ranks}
            price={price}
            only={only}
            onOnly={setOnly}
            pricing={event.pricing}
          />
          <SeatMap
            plan={plan}
            free={free}
            chosen={picked}
            lost={lost}
            only={only}
            ranks={ranks}
            priceFrom={from}
            price={price}
            onSeat={toggle}
            onStanding={setStanding}
          />
          {behind && (
            <p class="map-behind" role="status">
              The map may be a little behind. Reconnecting…
            </p>
          )}
        </section>
        <aside class="hall-side" aria-label="Your selection">
          {closed && <Notice title={closed.title}>{closed.advice}</Notice>}
          {trouble !== undefined && <LostSeats error={trouble} plan={plan} />}
          <SelectionPanel
            event={event}
            plan={plan}
            chosen={selection.value}
            onChange={(chosen) => {
              selection.value = chosen;
              setHint("");
            }}
            hint={hint}
            busy={busy}
            closed={closed !== undefined}
            onHold={() => holdChosen(selection.value)}
          />
          {!closed && (
            <BestAvailable
              key={standing?.key ?? "any"}
              event={event}
              plan={plan}
              free={free}
              section={standing}
              busy={busy}
              onHold={hold}
            />
          )}
          {event.description && <p class="event-about">{event.description}</p>}
        </aside>
      </div>
    </>
  );
}

/** All prices on the map are those of the event's first ticket type, with everything included. */
function pricesOf(event: Event, plan: Plan) {
  const keys = plan.categories.map((c) => c.key);
  const standard = event.pricing.ticketTypes[0]?.id ?? "";
  const amounts = keys.map((key) => allIn(event.pricing, key, standard));
  const price = amounts.map((amount) => (amount ? money(amount) : "not sold"));
  const from = plan.sections.map((section) => {
    const inside = [...new Set(plan.category.subarray(section.first, section.end))].filter((c) => amounts[c]);
    const cheapest = inside.sort((a, b) => (amounts[a]?.amount ?? 0) - (amounts[b]?.amount ?? 0))[0];
    if (cheapest === undefined) return "not sold";
    return `${inside.length > 1 ? "from " : ""}${price[cheapest]}`;
  });
  return { ranks: priceRanks(event.pricing, keys), price, from };
}

const DAY_MS = 86_400_000;

/** Whoever waits on this page for the sale to start need not reload it. */
function useWhenSaleOpens({ status, onSaleAt }: Event, reload: () => void): void {
  useEffect(() => {
    const wait = Date.parse(onSaleAt) - serverNow();
    if (status === "cancelled" || wait <= 0 || wait > DAY_MS) return undefined;
    const timer = setTimeout(reload, wait + 1_000);
    return () => clearTimeout(timer);
  });
}

function lostSeats(error: unknown): string[] {
  const ids = error instanceof Problem && error.word === "seats-unavailable" ? error.data.seatIds : [];
  return Array.isArray(ids) ? (ids as string[]) : [];
}

function LostSeats({ error, plan }: { error: unknown; plan: Plan }) {
  const names = lostSeats(error).flatMap((id) => {
    const seat = seatOf(plan, id);
    if (seat === undefined) return [];
    const row = plan.rows[plan.rowOf[seat] as number] as Plan["rows"][number];
    return `${plan.sections[row.section]?.label} row ${row.label} seat ${plan.labels[seat]}`;
  });
  if (names.length === 0) return <Failure error={error} />;
  return (
    <Notice kind="bad" title={names.length === 1 ? "This seat has just gone" : "These seats have just gone"}>
      {names.join(", ")}. Someone was quicker. We took {names.length === 1 ? "it" : "them"} off your
      selection; the cross on the map shows where.
    </Notice>
  );
}

function closedWords(event: Event): { title: string; advice: string } | undefined {
  const now = serverNow();
  const zone = event.venue.timezone;
  if (event.status === "cancelled") {
    return { title: "This event is cancelled", advice: "It can no longer be booked." };
  }
  if (event.status !== "on_sale" && event.status !== "scheduled") {
    return { title: "This event is not on sale", advice: "Look again later." };
  }
  if (event.status === "scheduled" || Date.parse(event.onSaleAt) > now) {
    const when = `${longDate(event.onSaleAt, zone)}, ${clockTime(event.onSaleAt, zone)}`;
    return {
      title: "Not on sale yet",
      advice: `Sales open on ${when} (venue time). You can look around already.`,
    };
  }
  if (Date.parse(event.saleEndsAt) <= now) {
    return { title: "Sales have closed", advice: "Tickets for this event can no longer be bought here." };
  }
  return undefined;
}
