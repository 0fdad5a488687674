import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call, callAll } from "../api/client";
import { Problem } from "../api/problems";
import type { Event, Order, OrderStatus, Ticket, Told } from "../api/types";
import { Fare, placeWords } from "../checkout/Fare";
import { stripe } from "../checkout/stripe";
import { clockTime, longDate } from "../dates";
import { forgetHold } from "../event/holding";
import { selectionOf } from "../event/selection";
import { Poster } from "../events/Poster";
import { PdfButton } from "../tickets/PdfButton";
import { Lost } from "../ui/Lost";
import { Failure, Notice, Spinner, useLoaded, useTitle } from "../ui/ui";
import { followOrder } from "./follow";
import "./orders.css";
import { Failed } from "./Failed";

const ENDED: ReadonlySet<OrderStatus> = new Set(["completed", "failed"]);

export function OrderPage() {
  const orderId = useRoute().params.orderId as string;
  useTitle("Your order");
  if (!person.value) return <SignInFirst />;
  return <Following key={orderId} orderId={orderId} />;
}

function Following({ orderId }: { orderId: string }) {
  const [order, setOrder] = useState<Order>();
  const [trouble, setTrouble] = useState<unknown>();
  useEffect(() => followOrder(orderId, setOrder, setTrouble), [orderId]);
  if (!order && trouble instanceof Problem && trouble.status === 404) return <Lost />;
  return (
    <main id="main" class="page middle stack order" tabIndex={-1}>
      {trouble !== undefined && <Failure error={trouble} />}
      {!order && trouble === undefined && (
        <div class="skeleton order-wait" role="status" aria-label="Loading your order" />
      )}
      {order && <Stage order={order} />}
      {order && ENDED.has(order.status) && <NotReached orderId={order.orderId} />}
    </main>
  );
}

function Stage({ order }: { order: Order }) {
  const event = useLoaded(order.eventId, (signal) =>
    call<Event>(`/events/${order.eventId}`, { signal }),
  ).value;
  switch (order.status) {
    case "completed":
      return <Booked order={order} event={event} />;
    case "failed":
      return <Failed order={order} eventName={event?.name ?? ""} />;
    default:
      return <Progress order={order} />;
  }
}

/** In the app what could not be said outside of it. */
function NotReached({ orderId }: { orderId: string }) {
  const told = useLoaded(orderId, (signal) =>
    call<{ messages: Told[] }>(`/orders/${orderId}/messages`, { private: true, signal }),
  ).value?.messages;
  const missed = told?.filter(({ channel, state }) => state === "refused" && channel !== "push") ?? [];
  if (missed.length === 0) return null;
  const ways = [...new Set(missed.map(({ channel }) => (channel === "sms" ? "text message" : "e-mail")))];
  return (
    <Notice title={`We could not reach you by ${ways.join(" or ")}`}>
      Your order is not affected, and all of it is on this page. <a href="/account">See how we reach you</a>
    </Notice>
  );
}

/** The way of an order, as far as the buyer has a part in it. */
function Progress({ order }: { order: Order }) {
  const bank = order.status === "requires_action";
  const review = order.status === "in_review";
  const steps = [
    { words: "Order received", state: "done" },
    {
      words: bank
        ? "Your bank asks you to confirm the payment"
        : review
          ? "Somebody of ours is looking at your order"
          : "Checking the payment and your seats",
      state: "now",
    },
    { words: "Making your tickets", state: "later" },
  ];
  return (
    <>
      <h1>Nearly there</h1>
      <p class="lede">
        {review
          ? "This takes ten minutes at most. Your seats stay yours meanwhile, nothing is charged before, and we tell you as soon as it is decided."
          : "Your seats stay yours while this runs. You can leave this page; we tell you how it ends."}
      </p>
      <ol class="steps card" aria-live="polite">
        {steps.map(({ words, state }) => (
          <li key={words} class={state} aria-current={state === "now" ? "step" : undefined}>
            <span class="step-mark" aria-hidden="true">
              {state === "now" && <span class="spinner" />}
              {state === "done" && "✓"}
            </span>
            {words}
          </li>
        ))}
      </ol>
      {order.nextAction && bank && <ConfirmWithBank clientSecret={order.nextAction.clientSecret} />}
    </>
  );
}

/** 3-D Secure: opens the bank's page at once, and again on request if it was closed. */
function ConfirmWithBank({ clientSecret }: { clientSecret: string }) {
  const [open, setOpen] = useState(false);
  const [failed, setFailed] = useState("");
  const confirm = async () => {
    setOpen(true);
    setFailed("");
    try {
      const { error } = await (await stripe()).handleNextAction({ clientSecret });
      if (error) setFailed(error.message ?? "The confirmation did not succeed.");
    } catch {
      setFailed("We could not open your bank’s page.");
    }
    setOpen(false);
  };
  useEffect(() => {
    void confirm();
  }, [clientSecret]);
  return (
    <div class="stack">
      {failed && <Notice kind="bad" title={failed} />}
      <button type="button" class="button" disabled={open} onClick={confirm}>
        {open ? <Spinner label="Waiting for your bank" /> : "Confirm with your bank"}
      </button>
    </div>
  );
}

function Booked({ order, event }: { order: Order; event: Event | undefined }) {
  const tickets = useLoaded(order.orderId, () => ticketsOf(order.orderId));
  useEffect(() => {
    forgetHold();
    selectionOf(order.eventId).value = [];
  }, [order.eventId]);
  return (
    <>
      <h1>You’re going!</h1>
      <p class="lede" role="status">
        Paid and confirmed. Tickets and receipt are on their way to {person.value?.email}.
      </p>
      {event && (
        <div class="order-event card">
          <Poster eventId={event.eventId} />
          <div>
            <h2>{event.name}</h2>
            <p>
              {longDate(event.startsAt, event.venue.timezone)},{" "}
              {clockTime(event.startsAt, event.venue.timezone)}
            </p>
            <p class="muted">
              {event.venue.name}, {event.venue.city}
            </p>
          </div>
        </div>
      )}
      {tickets.error !== undefined && <Failure error={tickets.error} retry={tickets.reload} />}
      <ul class="order-tickets">
        {tickets.value?.map((ticket) => (
          <li key={ticket.ticketId}>
            <a class="ticket-link" href={`/tickets/${ticket.ticketId}`}>
              <b>{placeWords(ticket)}</b>
              <span>{ticket.ticketType}</span>
              <span class="ticket-go">Show ticket</span>
            </a>
          </li>
        ))}
      </ul>
      {tickets.value?.[0] && (
        <PdfButton ticketId={tickets.value[0].ticketId} scope="order" label="Download all tickets as PDF" />
      )}
      <section class="card stack" aria-labelledby="receipt">
        <h2 id="receipt">Receipt</h2>
        <Fare
          fare={order.fare}
          names={{
            seats: new Map(order.seats.map((s) => [s.seatId, s])),
            types: new Map(event?.pricing.ticketTypes.map((t) => [t.id, t.label])),
          }}
        />
        <p class="small muted numbers">Order {order.orderId}</p>
      </section>
    </>
  );
}

async function ticketsOf(orderId: string): Promise<Ticket[]> {
  const mine = await callAll<"tickets", Ticket>("/tickets", "tickets", { private: true });
  const byPlace = new Intl.Collator(undefined, { numeric: true });
  return mine
    .filter((ticket) => ticket.orderId === orderId)
    .sort((a, b) => byPlace.compare(placeWords(a), placeWords(b)));
}
