import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { callAll } from "../api/client";
import type { Ticket } from "../api/types";
import { placeWords } from "../checkout/Fare";
import { Poster } from "../events/Poster";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import "./tickets.css";
import { whenWords } from "./when";

export function TicketListPage() {
  useTitle("Tickets");
  if (!person.value) return <SignInFirst />;
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      <h1>Your tickets</h1>
      <Tickets />
    </main>
  );
}

function Tickets() {
  const loaded = useLoaded("tickets", (signal) =>
    callAll<"tickets", Ticket>("/tickets", "tickets", { private: true, signal }),
  );
  if (loaded.error !== undefined) return <Failure error={loaded.error} retry={loaded.reload} />;
  if (!loaded.value)
    return <div class="skeleton ticket-wait" role="status" aria-label="Loading your tickets" />;
  if (loaded.value.length === 0) {
    return (
      <div class="stack">
        <p class="lede">No tickets yet. They appear here as soon as an order is paid.</p>
        <p>
          <a class="button" href="/">
            See what’s on
          </a>
        </p>
      </div>
    );
  }
  const byEvent = Map.groupBy(loaded.value, (t) => t.eventId);
  const nights = [...byEvent.values()].sort((a, b) => startOf(a).localeCompare(startOf(b)));
  return (
    <ul class="nights">
      {nights.map((tickets) => {
        const [first] = tickets as [Ticket, ...Ticket[]];
        return (
          <li key={first.eventId} class="night card">
            <Poster eventId={first.eventId} />
            <div class="night-words">
              <h2>{first.eventName}</h2>
              <p class="muted">
                {whenWords(first)} · {first.venueName}
              </p>
              <ul class="night-tickets">
                {tickets.map((ticket) => (
                  <li key={ticket.ticketId}>
                    <a href={`/tickets/${ticket.ticketId}`}>{placeWords(ticket)}</a>
                    <span class="muted small"> {ticket.ticketType}</span>
                  </li>
                ))}
              </ul>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function startOf(tickets: Ticket[]): string {
  return tickets[0]?.startsAt ?? "";
}
