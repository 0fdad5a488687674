import { type Signal, signal } from "@preact/signals";

/** The seats chosen for an event. They outlive a sign-in, a reload and a mail with a code: sessionStorage. */
export interface Chosen {
  seatId: string;
  ticketTypeId: string;
}

const made = new Map<string, Signal<readonly Chosen[]>>();

export function selectionOf(eventId: string): Signal<readonly Chosen[]> {
  let selection = made.get(eventId);
  if (!selection) {
    const key = `boxoffice.seats.${eventId}`;
    selection = signal<readonly Chosen[]>(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
    selection.subscribe((chosen) =>
      chosen.length > 0
        ? sessionStorage.setItem(key, JSON.stringify(chosen))
        : sessionStorage.removeItem(key),
    );
    made.set(eventId, selection);
  }
  return selection;
}
