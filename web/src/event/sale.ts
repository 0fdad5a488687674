import { useEffect } from "preact/hooks";
import { serverNow } from "../api/clock";
import type { Advice } from "../api/problems";
import type { Event } from "../api/types";
import { clockTime, longDate } from "../dates";
import { nextOpening, openPresale } from "./presale";

const DAY_MS = 86_400_000;

/** Why the event cannot be bought now, in words; undefined while it can. */
export function closedWords(event: Event): Advice | undefined {
  const now = serverNow();
  const zone = event.venue.timezone;
  if (event.status === "cancelled") {
    return {
      title: "This event is cancelled",
      advice: "It can no longer be booked. Whoever bought gets everything back.",
    };
  }
  if (event.status === "moved") {
    return {
      title: "This event has a new date",
      advice: "It is not sold for the moment. Whoever has tickets already may keep them, or give them back.",
    };
  }
  if (event.status !== "on_sale" && event.status !== "scheduled") {
    return { title: "This event is not on sale", advice: "Look again later." };
  }
  if (event.status === "scheduled" && Date.parse(event.onSaleAt) <= now) {
    return { title: "Not on sale yet", advice: "It is announced; when sales open is not known yet." };
  }
  if (openPresale(event)) return undefined;
  if (event.status === "scheduled" || Date.parse(event.onSaleAt) > now) {
    const when = `${longDate(event.onSaleAt, zone)}, ${clockTime(event.onSaleAt, zone)}`;
    return {
      title: "Not on sale yet",
      advice: `Sales open on ${when} (venue time). You can look around already.`,
    };
  }
  if (Date.parse(event.saleEndsAt) <= now) {
    return { title: "Sales have closed", advice: "Tickets for this event can no longer be bought here." };
  }
  return undefined;
}

/** Whoever waits on the page for the sale, or a presale, to start need not reload it. */
export function useWhenSaleOpens(event: Event, reload: () => void): void {
  useEffect(() => {
    const wait = nextOpening(event);
    if (event.status === "cancelled" || wait > DAY_MS) return undefined;
    const timer = setTimeout(reload, wait + 1_000);
    return () => clearTimeout(timer);
  });
}
