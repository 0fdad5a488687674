import type { EventSummary } from "../api/types";
import { EventCard } from "./EventCard";

export function Cards({ events, next }: { events: readonly EventSummary[]; next?: boolean }) {
  return (
    <ul class={next ? "cards next" : "cards"}>
      {events.map((event) => (
        <li key={event.eventId}>
          <EventCard event={event} />
        </li>
      ))}
    </ul>
  );
}
