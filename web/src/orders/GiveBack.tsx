import { useEffect, useState } from "preact/hooks";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { CancellationQuote, Event, Order, Ticket } from "../api/types";
import { placeWords } from "../checkout/Fare";
import { money } from "../money";
import { Failure, Notice, Spinner } from "../ui/ui";
import { choiceWords, policyWords } from "./refunds";

/** Giving tickets back: which ones, what is paid back for them, and then the word that settles it. */
export function GiveBack(props: {
  order: Order;
  event: Event;
  tickets: Ticket[];
  done: (order: Order) => void;
}) {
  const { order, event } = props;
  const valid = props.tickets.filter((ticket) => ticket.status === "active");
  const [open, setOpen] = useState(false);
  if (valid.length === 0) return null;
  const choice = choiceWords(event, order);
  return (
    <section class="card stack" aria-labelledby="give-back">
      <h2 id="give-back">{valid.length === 1 ? "Give your ticket back" : "Give tickets back"}</h2>
      <p>{choice ?? policyWords(event)}</p>
      {open ? (
        <Choosing {...props} tickets={valid} close={() => setOpen(false)} />
      ) : (
        (choice || event.refundPolicy) && (
          <p>
            <button type="button" class="button quiet" onClick={() => setOpen(true)}>
              Choose tickets
            </button>
          </p>
        )
      )}
    </section>
  );
}

function Choosing(props: {
  order: Order;
  tickets: Ticket[];
  done: (order: Order) => void;
  close: () => void;
}) {
  const { order, tickets } = props;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    new Set(tickets.map((ticket) => ticket.ticketId)),
  );
  const [quote, setQuote] = useState<CancellationQuote>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [again, setAgain] = useState(0);
  const ticketIds = [...chosen].sort().join(",");
  useEffect(() => {
    const leaving = new AbortController();
    setQuote(undefined);
    if (ticketIds)
      call<CancellationQuote>(`/orders/${order.orderId}/cancellation?ticketIds=${ticketIds}`, {
        private: true,
        signal: leaving.signal,
      })
        .then(setQuote)
        .catch((caught) => leaving.signal.aborted || setError(caught));
    return () => leaving.abort();
  }, [order.orderId, ticketIds, again]);
  const toggle = (ticketId: string) => {
    const next = new Set(chosen);
    if (!next.delete(ticketId)) next.add(ticketId);
    setError(undefined);
    setChosen(next);
  };
  const giveBack = async () => {
    if (!quote) return;
    setBusy(true);
    setError(undefined);
    try {
      const body = { ticketIds: quote.ticketIds, expectedRefund: quote.refund };
      props.done(
        await call<Order>(`/orders/${order.orderId}/cancel`, { method: "POST", private: true, body }),
      );
      props.close();
    } catch (caught) {
      setError(caught);
      if (caught instanceof Problem && caught.status === 422) setAgain(again + 1);
    }
    setBusy(false);
  };
  return (
    <form
      class="stack"
      onSubmit={(e) => {
        e.preventDefault();
        void giveBack();
      }}
    >
      <fieldset class="give-back-list" disabled={busy}>
        <legend class="visually-hidden">Tickets to give back</legend>
        {tickets.map((ticket) => (
          <label key={ticket.ticketId}>
            <input
              type="checkbox"
              checked={chosen.has(ticket.ticketId)}
              onChange={() => toggle(ticket.ticketId)}
            />
            <span>
              <b>{placeWords(ticket)}</b> <span class="muted">{ticket.ticketType}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {error !== undefined && <Failure error={error} />}
      <div aria-live="polite">
        {quote && (
          <Notice kind="good" title={`You get back ${money(quote.refund)}`}>
            {quote.feesReturned ? "Fees are included." : "Fees are not paid back."} The money goes to the card
            you paid with. The tickets stop working at once, and this cannot be undone.
          </Notice>
        )}
      </div>
      <div class="actions">
        <button type="submit" class="button" disabled={busy || !quote}>
          {busy ? (
            <Spinner label="One moment" />
          ) : chosen.size === 1 ? (
            "Give 1 ticket back"
          ) : (
            `Give ${chosen.size} tickets back`
          )}
        </button>
        <button type="button" class="button quiet" disabled={busy} onClick={props.close}>
          Keep them
        </button>
      </div>
    </form>
  );
}
