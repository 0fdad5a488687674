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
import { money } from "../money";
import { PdfButton } from "../tickets/PdfButton";
import { Lost } from "../ui/Lost";
import { Failure, Notice, Spinner, useLoaded, useTitle } from "../ui/ui";
import { followOrder } from "./follow";
import "./orders.css";
import { Failed } from "./Failed";
import { GiveBack } from "./GiveBack";
import { returned } from "./refunds";

const ENDED: ReadonlySet<OrderStatus> = new Set(["completed", "failed", "cancelled", "refunded"]);

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
      {order && <Stage order={order} changed={setOrder} />}
      {order && ENDED.has(order.status) && <NotReached orderId={order.orderId} />}
    </main>
  );
}

function Stage({ order, changed }: { order: Order; changed: (order: Order) => void }) {
  const event = useLoaded(order.eventId, (signal) =>
    call<Event>(`/events/${order.eventId}`, { signal }),
  ).value;
  switch (order.status) {
    case "completed":
      return <Booked order={order} event={event} changed={changed} />;
    case "cancelled":
    case "refunded":
      return <GivenBack order={order} event={event} />;
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

/** All tickets of the order were given back, by the buyer or because the event is off. */
function GivenBack({ order, event }: { order: Order; event: Event | undefined }) {
  const off = order.cancellations?.some(({ cause }) => cause === "event-cancelled");
  const some = (order.cancellations ?? []).some(({ refund }) => refund.amount > 0);
  return (
    <>
      <h1>
        {off ? "This event is cancelled" : order.cancellations ? "Your tickets are given back" : "Refunded"}
      </h1>
      <p class="lede" role="status">
        {order.status === "refunded" || !some
          ? `${some ? returned(order) : "Your money"} has gone back to the card you paid with. Banks take a few days to show it.`
          : `${returned(order)} is on its way to the card you paid with.`}
      </p>
      {event && <EventOf event={event} />}
      <Receipt order={order} event={event} />
    </>
  );
}

function Booked(props: { order: Order; event: Event | undefined; changed: (order: Order) => void }) {
  const { order, event } = props;
  const given = order.cancellations?.length ?? 0;
  const tickets = useLoaded(`${order.orderId} ${given}`, () => ticketsOf(order.orderId));
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
      {event && <EventOf event={event} />}
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
        <PdfButton
          path={`/tickets/${encodeURIComponent(tickets.value[0].ticketId)}/pdf?scope=order`}
          name="tickets.pdf"
          label="Download all tickets as PDF"
        />
      )}
      <Receipt order={order} event={event} />
      {event && tickets.value && (
        <GiveBack order={order} event={event} tickets={tickets.value} done={props.changed} />
      )}
    </>
  );
}

function EventOf({ event }: { event: Event }) {
  return (
    <div class="order-event card">
      <Poster eventId={event.eventId} />
      <div>
        <h2>{event.name}</h2>
        <p>
          {longDate(event.startsAt, event.venue.timezone)}, {clockTime(event.startsAt, event.venue.timezone)}
        </p>
        <p class="muted">
          {event.venue.name}, {event.venue.city}
        </p>
        {event.status === "cancelled" && <p class="order-state failed">Cancelled</p>}
      </div>
    </div>
  );
}

/** Also what is printed: everything else on the page stays on the screen. */
function Receipt({ order, event }: { order: Order; event: Event | undefined }) {
  const seats = new Map(order.seats.map((s) => [s.seatId, s]));
  return (
    <section class="card stack receipt" aria-labelledby="receipt">
      <h2 id="receipt">Receipt</h2>
      {event && (
        <p class="only-print">
          {event.name}, {longDate(event.startsAt, event.venue.timezone)}. Sold by {event.venue.name},{" "}
          {event.venue.city}, through Boxoffice.
        </p>
      )}
      <Fare
        fare={order.fare}
        names={{ seats, types: new Map(event?.pricing.ticketTypes.map((t) => [t.id, t.label])) }}
      />
      {order.cancellations && (
        <dl class="fare">
          {order.cancellations.map((each) => (
            <div key={each.cancellationId}>
              <dt>
                <b>Given back</b>
                <span class="muted">
                  {each.seatIds
                    .map((id) => placeWords(seats.get(id) ?? { section: id, row: "", seat: "" }))
                    .join("; ")}
                </span>
              </dt>
              <dd class="numbers">−{money(each.refund)}</dd>
            </div>
          ))}
        </dl>
      )}
      <p class="small muted numbers">
        Order {order.orderId} ·{" "}
        {new Intl.DateTimeFormat(undefined, { dateStyle: "long" }).format(new Date(order.createdAt))}
      </p>
      <div class="no-print stack">
        <button type="button" class="button quiet" onClick={() => print()}>
          Print receipt
        </button>
        <PdfButton
          path={`/orders/${encodeURIComponent(order.orderId)}/receipt`}
          name="receipt.pdf"
          label="Download receipt as PDF"
        />
      </div>
    </section>
  );
}

async function ticketsOf(orderId: string): Promise<Ticket[]> {
  const mine = await callAll<"tickets", Ticket>("/tickets", "tickets", { private: true });
  const byPlace = new Intl.Collator(undefined, { numeric: true });
  return mine
    .filter((ticket) => ticket.orderId === orderId)
    .sort((a, b) => byPlace.compare(placeWords(a), placeWords(b)));
}
