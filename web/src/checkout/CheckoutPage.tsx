import type { StripeElements } from "@stripe/stripe-js";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Event, Hold } from "../api/types";
import { clockTime, longDate } from "../dates";
import { forgetHold, releaseHold, rememberHold } from "../event/holding";
import { Poster } from "../events/Poster";
import { money } from "../money";
import { declineWords } from "../orders/reasons";
import { Failure, Notice, Spinner, useLoaded, useTitle } from "../ui/ui";
import { newAttempt, openAttempt, place } from "./attempt";
import "./checkout.css";
import { Countdown, useSecondsLeft } from "./Countdown";
import { Fare } from "./Fare";
import { appearance, stripe } from "./stripe";

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
        {!over && (
          <button type="button" class="link-button" disabled={paying} onClick={changeSeats}>
            Change seats
          </button>
        )}
      </aside>
    </div>
  );
}

function CardForm(props: { hold: Hold; declined: string | undefined; onPaying: (paying: boolean) => void }) {
  const { hold } = props;
  const { route } = useLocation();
  const place_ = useRef<HTMLDivElement>(null);
  const elements = useRef<StripeElements | undefined>(undefined);
  const [state, setState] = useState<"loading" | "ready" | "paying">("loading");
  const [refused, setRefused] = useState(props.declined ? declineWords(props.declined) : "");
  const [trouble, setTrouble] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const { total } = hold.fare;

  useEffect(() => {
    let leaving = false;
    stripe().then(
      (loaded) => {
        if (leaving) return;
        const made = loaded.elements({
          mode: "payment",
          amount: total.amount,
          currency: total.currency.toLowerCase(),
          paymentMethodCreation: "manual",
          captureMethod: "manual",
          appearance: appearance(),
        });
        const form = made.create("payment");
        form.on("ready", () => setState("ready"));
        form.mount(place_.current as HTMLDivElement);
        elements.current = made;
      },
      () => leaving || setTrouble(new Problem("card-form-missing", 0)),
    );
    return () => {
      leaving = true;
      elements.current?.getElement("payment")?.destroy();
      elements.current = undefined;
    };
  }, [total.amount, total.currency, turn]);

  const pay = async (e: SubmitEvent) => {
    e.preventDefault();
    if (state !== "ready") return;
    setState("paying");
    props.onPaying(true);
    setRefused("");
    setTrouble(undefined);
    try {
      const attempt = openAttempt(hold.holdId) ?? (await tokenise());
      if (attempt) {
        const order = await place(attempt);
        route(`/orders/${order.orderId}`);
        return;
      }
    } catch (error) {
      setTrouble(error);
    }
    props.onPaying(false);
    setState("ready");
  };

  /** Hands the card to Stripe; undefined, and the reason on the page, when the form is not right yet. */
  const tokenise = async () => {
    const made = elements.current as StripeElements;
    const { error: incomplete } = await made.submit();
    if (incomplete) {
      setRefused(incomplete.message ?? "Check the card details.");
      return undefined;
    }
    const { error, paymentMethod } = await (await stripe()).createPaymentMethod({ elements: made });
    if (error || !paymentMethod) {
      setRefused(error?.message ?? "Check the card details.");
      return undefined;
    }
    return newAttempt(hold.holdId, paymentMethod.id, total);
  };

  return (
    <form class="stack" onSubmit={pay} aria-busy={state === "paying"}>
      {refused && (
        <Notice kind="bad" title="The card was not accepted">
          {refused} You have not been charged. Try again or use another card.
        </Notice>
      )}
      {trouble !== undefined && (
        <Failure
          error={trouble}
          {...(state === "loading"
            ? {
                retry: () => {
                  setTrouble(undefined);
                  setTurn(turn + 1);
                },
              }
            : {})}
        />
      )}
      <section class="card stack">
        <h2>Card</h2>
        {state === "loading" && trouble === undefined && (
          <div class="skeleton card-form-wait" role="status" aria-label="Loading the card form" />
        )}
        <div ref={place_} class="card-form" />
        <p class="small muted">
          Card details go straight to Stripe. Tickets and receipt are sent to <b>{person.value?.email}</b>.
        </p>
      </section>
      <button class="button wide pay" type="submit" disabled={state !== "ready"}>
        {state === "paying" ? <Spinner label="Placing your order" /> : `Pay ${money(total)}`}
      </button>
      <p class="small muted">You are charged only once your seats are confirmed.</p>
    </form>
  );
}
