import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { person } from "../account/session";
import { Problem } from "../api/problems";
import type { Event, HoldRequest } from "../api/types";
import type { FreeSeats } from "../map/availability";
import { type Plan, seatId, seatOf } from "../map/plan";
import { held, pickUp, putAside, rememberHold, takeHold } from "./holding";
import { type Chosen, selectionOf } from "./selection";

/** The buyer's seats on the event's page: chosen, lost to somebody else, and on their way to being held. */
export function useSeats(event: Event, plan: Plan, free: FreeSeats, closed: string | undefined) {
  const { eventId, limitPerPerson, pricing } = event;
  const { route } = useLocation();
  const selection = selectionOf(eventId);
  const [lost, setLost] = useState<ReadonlySet<number>>(new Set());
  const [trouble, setTrouble] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [hint, setHint] = useState("");
  const chosen = selection.value;
  const picked = useMemo(() => new Set(chosen.flatMap((c) => seatOf(plan, c.seatId) ?? [])), [plan, chosen]);

  const change = (now: readonly Chosen[]) => {
    selection.value = now;
    setHint("");
  };
  const toggle = (seat: number) => {
    const id = seatId(plan, seat);
    setTrouble(undefined);
    if (closed) setHint(closed);
    else if (picked.has(seat)) change(chosen.filter((c) => c.seatId !== id));
    else if (!free.has(seat)) setHint("That seat is taken. Choose one in colour.");
    else if (chosen.length >= limitPerPerson) {
      setHint(`One person can buy up to ${limitPerPerson} tickets for this event.`);
    } else change([...chosen, { seatId: id, ticketTypeId: pricing.ticketTypes[0]?.id ?? "" }]);
  };

  const lose = (seatIds: readonly string[]) => {
    setLost(new Set(seatIds.flatMap((id) => seatOf(plan, id) ?? [])));
    selection.value = selection.value.filter((c) => !seatIds.includes(c.seatId));
  };
  useLosses(event, plan, free, picked, (seatIds) => {
    lose(seatIds);
    setTrouble(new Problem("seats-unavailable", 409, { seatIds }));
  });

  const signInFirst = (request: HoldRequest) => {
    putAside(request);
    route(`/sign-in?next=${encodeURIComponent(`/events/${eventId}`)}`);
  };
  const hold = async (request: HoldRequest) => {
    if (!person.value) return signInFirst(request);
    setBusy(true);
    setTrouble(undefined);
    try {
      const taken = await takeHold(request);
      rememberHold(taken, event.name);
      route(`/checkout/${taken.holdId}`);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return signInFirst(request);
      lose(lostSeats(error));
      setTrouble(error);
      setBusy(false);
    }
  };
  // Back from signing in: what was wanted then is held now.
  useEffect(() => {
    const wanted = person.value && pickUp(eventId);
    if (wanted) void hold(wanted);
  }, []);

  return { chosen, picked, lost, trouble, busy, hint, change, toggle, hold };
}

/** Seats just released may be shown as taken for a moment longer. */
const SETTLE_MS = 1_500;

/** Tells chosen seats that somebody else has taken meanwhile, however often the map changes elsewhere. */
export function useLosses(
  { eventId }: Event,
  plan: Plan,
  free: FreeSeats,
  picked: ReadonlySet<number>,
  tell: (seatIds: string[]) => void,
): void {
  // Those in one's own hold are not free either, and not lost.
  const taken = held.value?.eventId === eventId ? [] : [...picked].filter((seat) => !free.has(seat));
  const gone = taken.map((seat) => seatId(plan, seat)).join(" ");
  useEffect(() => {
    if (!gone) return undefined;
    const timer = setTimeout(() => tell(gone.split(" ")), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [gone]);
}

/** The seats that somebody else has. */
export function lostSeats(error: unknown): string[] {
  return namedSeats(error, "seats-unavailable");
}

/** The seats that the choice would leave with nobody beside them. */
export function orphanSeats(error: unknown): string[] {
  return namedSeats(error, "orphan-seat");
}

function namedSeats(error: unknown, word: string): string[] {
  const ids = error instanceof Problem && error.word === word ? error.data.seatIds : [];
  return Array.isArray(ids) ? (ids as string[]) : [];
}
