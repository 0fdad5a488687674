import { useEffect, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Event, Hold } from "../api/types";
import { clockTime, longDate } from "../dates";
import { forgetHold, releaseHold, rememberHold } from "../event/holding";
import { Poster } from "../events/Poster";
import { policyWords } from "../orders/refunds";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import "./checkout.css";
import { CardForm } from "./CardForm";
import { Countdown, useSecondsLeft } from "./Countdown";
import { Fare } from "./Fare";

interface Desk {
  hold: Hold;
  event: Event;
}

async function load(holdId: string, signal: AbortSignal): Promise<Desk> {
  const hold = await call<Hold>(`/seats/hold/${encodeURIComponent(holdId)}`, { private: true, signal });
  const event = await call<Event>(`/events/${hold.eventId}`, { signal });
  rememberHold(hold, event.name);
  return { hold, event };
}

export function CheckoutPage() {
  const holdId = useRoute().params.holdId as string;
  useTitle("Checkout");
  if (!person.value) return <SignInFirst />;
  return <Loading key={holdId} holdId={holdId} />;
}

function Loading({ holdId }: { holdId: string }) {
  const { route } = useLocation();
  const loaded = useLoaded(holdId, (signal) => load(holdId, signal));
  const orderId = loaded.value?.hold.orderId;
  useEffect(() => {
    if (orderId) route(`/orders/${orderId}`, true);
  }, [orderId, route]);
  const gone = loaded.error instanceof Problem && [404, 410].includes(loaded.error.status);
  useEffect(() => {
    if (gone) forgetHold();
  }, [gone]);
  return (
    <main id="main" class="page" tabIndex={-1}>
      {gone && (
        <Notice kind="bad" title="Your hold has ended">
          The seats went back on sale and you have not been charged. <a href="/">Choose again</a>; they may
          still be free.
        </Notice>
      )}
      {loaded.error !== undefined && !gone && <Failure error={loaded.error} retry={loaded.reload} />}
      {!loaded.value && loaded.error === undefined && (
        <div class="skeleton checkout-wait" role="status" aria-label="Loading your hold" />
      )}
      {loaded.value && !orderId && <Checkout {...loaded.value} />}
    </main>
  );
}

function Checkout({ hold, event }: Desk) {
  const { route, query } = useLocation();
  const seconds = useSecondsLeft(hold.heldUntil);
  const [paying, setPaying] = useState(false);
  const zone = event.venue.timezone;
  const back = `/events/${event.eventId}`;
  const names = {
    seats: new Map(hold.seats.map((s) => [s.seatId, s])),
    types: new Map(event.pricing.ticketTypes.map((t) => [t.id, t.label])),
  };
  const changeSeats = async () => {
    // A hold that cannot be released now ends by itself; the buyer can go on choosing either way.
    await releaseHold(hold.holdId).catch(forgetHold);
    route(back);
  };
  const over = seconds === 0 && !paying;
  return (
    <div class="checkout">
      <h1>{over ? "Your time is up" : "Pay for your tickets"}</h1>
      <div class="checkout-time card">
        <p>
          {over
            ? "The seats went back on sale."
            : hold.seats.length === 1
              ? "Your seat is held for you"
              : "Your seats are held for you"}
        </p>
        <Countdown seconds={seconds} />
      </div>
      <div class="checkout-pay">
        {over ? (
          <div class="stack">
            <Notice title="You have not been charged">
              The hold ran out. Your choice is still marked on the map; if the seats are free you can hold
              them again.
            </Notice>
            <a class="button" href={back}>
              Back to the map
            </a>
          </div>
        ) : (
          <CardForm hold={hold} declined={query.declined} onPaying={setPaying} />
        )}
      </div>
      <aside class="checkout-order card" aria-label="Your order">
        <div class="checkout-event">
          <Poster eventId={event.eventId} />
          <div>
            <h2>{event.name}</h2>
            <p class="small">
              {longDate(event.startsAt, zone)}, {clockTime(event.startsAt, zone)}
            </p>
            <p class="small muted">
              {event.venue.name}, {event.venue.city}
            </p>
          </div>
        </div>
        <Fare fare={hold.fare} names={names} />
        <p class="small muted">{policyWords(event)}</p>
        {!over && (
          <button type="button" class="link-button" disabled={paying} onClick={changeSeats}>
            Change seats
          </button>
        )}
      </aside>
    </div>
  );
}
