import { useRoute } from "preact-iso";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { TicketWithCode } from "../api/types";
import { Poster } from "../events/Poster";
import { Lost } from "../ui/Lost";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import { Code } from "./Code";
import { PdfButton } from "./PdfButton";
import "./tickets.css";
import { whenWords } from "./when";

export function TicketPage() {
  const ticketId = useRoute().params.ticketId as string;
  useTitle("Ticket");
  if (!person.value) return <SignInFirst />;
  return <Loading key={ticketId} ticketId={ticketId} />;
}

function Loading({ ticketId }: { ticketId: string }) {
  const loaded = useLoaded(ticketId, (signal) =>
    call<TicketWithCode>(`/tickets/${encodeURIComponent(ticketId)}`, { private: true, signal }),
  );
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  return (
    <main id="main" class="page ticket-page" tabIndex={-1}>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      {!loaded.value && loaded.error === undefined && (
        <div class="skeleton ticket-wait" role="status" aria-label="Loading the ticket" />
      )}
      {loaded.value && <Paper ticket={loaded.value} />}
    </main>
  );
}

function NotValid({ ticket }: { ticket: TicketWithCode }) {
  if (ticket.status === "flagged")
    return (
      <Notice title="This ticket is on hold">Your bank disputes its payment and has to decide first.</Notice>
    );
  if (ticket.eventStatus === "cancelled")
    return <Notice title="This event is cancelled">Everything you paid goes back to your card.</Notice>;
  return <Notice title="This ticket is not valid any more">It was cancelled or passed on.</Notice>;
}

function Paper({ ticket }: { ticket: TicketWithCode }) {
  const place: [string, string][] = [
    ["Section", ticket.section],
    ["Row", ticket.row],
    ["Seat", ticket.seat],
  ];
  return (
    <>
      <a href="/tickets">All tickets</a>
      {ticket.eventStatus === "moved" && (
        <Notice kind="good" title="This event has a new date">
          Your ticket is valid for it. <a href={`/orders/${ticket.orderId}`}>Keep it, or give it back</a>
        </Notice>
      )}
      <article class="ticket">
        <Poster eventId={ticket.eventId} words={ticket.eventName} />
        <div class="ticket-words">
          <h1 class="visually-hidden">{ticket.eventName}</h1>
          <p class="ticket-when">{whenWords(ticket)}</p>
          <p class="muted">{ticket.venueName}</p>
          <dl class="ticket-place">
            {place
              .filter(([, value]) => value)
              .map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
          </dl>
          <p>{ticket.ticketType}</p>
        </div>
        <div class="ticket-stub">
          {ticket.code ? <Code text={ticket.code} /> : <NotValid ticket={ticket} />}
          <p class="small numbers muted">{ticket.ticketId}</p>
        </div>
      </article>
      {ticket.code && (
        <PdfButton
          path={`/tickets/${encodeURIComponent(ticket.ticketId)}/pdf`}
          name="ticket.pdf"
          label="Download PDF"
        />
      )}
    </>
  );
}
