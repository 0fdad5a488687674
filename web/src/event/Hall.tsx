import { useEffect, useMemo, useState } from "preact/hooks";
import { person } from "../account/session";
import type { Event } from "../api/types";
import type { FreeSeats } from "../map/availability";
import type { Plan, PlanSection } from "../map/plan";
import { SeatMap } from "../map/SeatMap";
import { watchAvailability } from "../map/watch";
import { money } from "../money";
import { admissionTo, useAdmission } from "../queue/admission";
import { Notice } from "../ui/ui";
import { BestAvailable } from "./BestAvailable";
import { Legend } from "./Legend";
import { LostSeats } from "./LostSeats";
import { PresaleCode } from "./PresaleCode";
import { openPresale } from "./presale";
import { allIn, priceRanks } from "./prices";
import { SelectionPanel } from "./SelectionPanel";
import { closedWords } from "./sale";
import { useSeats } from "./useSeats";

const OUTSIDE = "You choose seats once you are through the waiting room.";

/** The house: its map, and beside it what one takes from it. */
export function Hall(props: { event: Event; plan: Plan; first: FreeSeats; reload: () => void }) {
  const { event, plan, first, reload } = props;
  const { eventId, pricing } = event;
  const [free, setFree] = useState(first);
  const [behind, setBehind] = useState(false);
  const [only, setOnly] = useState<number>();
  const [standing, setStanding] = useState<PlanSection>();
  const closed = closedWords(event);
  const presale = openPresale(event);
  useAdmission(eventId, event.waitingRoom ?? false);
  const outside = (event.waitingRoom ?? false) && !admissionTo(eventId);
  const seats = useSeats(event, plan, free, closed?.title ?? (outside ? OUTSIDE : undefined));
  const { ranks, from, price } = useMemo(() => pricesOf(event, plan), [event, plan]);

  const open = closed === undefined;
  const soldOut = open && free.count(0, plan.count) === 0;
  useEffect(() => {
    if (!open) return undefined;
    const tell = (now: FreeSeats) => {
      setFree(now);
      setBehind(false);
    };
    return watchAvailability(eventId, plan, first, tell, () => setBehind(true), reload);
  }, [eventId, plan, open]);

  return (
    <div class="hall">
      <section class="hall-map" aria-label="Seat map">
        <Legend plan={plan} ranks={ranks} price={price} only={only} onOnly={setOnly} pricing={pricing} />
        <SeatMap
          plan={plan}
          free={free}
          chosen={seats.picked}
          lost={seats.lost}
          only={only}
          ranks={ranks}
          priceFrom={from}
          price={price}
          onSeat={seats.toggle}
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
        {presale && <PresaleCode event={event} name={presale.name} endsAt={presale.endsAt} />}
        {soldOut && (
          <Notice title="Sold out for now">
            Seats come back when a buyer lets go of them. This page shows it the moment they do.
          </Notice>
        )}
        {outside && (
          <section class="card stack" aria-labelledby="outside">
            <h2 id="outside">This event has a waiting room</h2>
            <p>
              Everybody who wants tickets goes in by turn, in an order that anybody can check. You can look at
              the map meanwhile.
            </p>
            <a class="button wide" href={`/queue/${eventId}`}>
              Go to the waiting room
            </a>
            {person.value?.groups.includes("organizer") && (
              <a href={`/organizer/events/${eventId}/room`}>Run this waiting room</a>
            )}
          </section>
        )}
        {seats.trouble !== undefined && <LostSeats error={seats.trouble} plan={plan} />}
        <SelectionPanel
          event={event}
          plan={plan}
          chosen={seats.chosen}
          onChange={seats.change}
          hint={seats.hint}
          busy={seats.busy}
          closed={!open || outside}
          soldOut={soldOut}
          onHold={() =>
            seats.hold({
              eventId,
              seatIds: seats.chosen.map((c) => c.seatId),
              ticketTypes: seats.chosen.map((c) => c.ticketTypeId),
            })
          }
        />
        {open && !outside && !soldOut && (
          <BestAvailable
            key={standing?.key ?? "any"}
            event={event}
            plan={plan}
            free={free}
            section={standing}
            chosen={seats.chosen}
            busy={seats.busy}
            onHold={seats.hold}
          />
        )}
        {event.description && <p class="event-about">{event.description}</p>}
      </aside>
    </div>
  );
}

/** All prices on the map are those of the event's first ticket type, with everything included. */
export function pricesOf(event: Event, plan: Plan) {
  const keys = plan.categories.map((c) => c.key);
  const standard = event.pricing.ticketTypes[0]?.id ?? "";
  const amounts = keys.map((key) => allIn(event.pricing, key, standard));
  const price = amounts.map((amount) => (amount ? money(amount) : "not sold"));
  const from = plan.sections.map((section) => {
    const inside = section.categories.filter((c) => amounts[c]);
    const cheapest = inside.sort((a, b) => (amounts[a]?.amount ?? 0) - (amounts[b]?.amount ?? 0))[0];
    if (cheapest === undefined) return "not sold";
    return `${inside.length > 1 ? "from " : ""}${price[cheapest]}`;
  });
  return { ranks: priceRanks(event.pricing, keys), price, from };
}
