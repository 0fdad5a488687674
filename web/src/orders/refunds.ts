import type { Event, Order } from "../api/types";
import { clockTime, longDate } from "../dates";
import { money } from "../money";

const HOURS_OF_A_DAY = 24;

/** The event's refund policy, as a buyer reads it before and after. */
export function policyWords(event: Event): string {
  const policy = event.refundPolicy;
  if (!policy) return "Tickets for this event are not taken back.";
  const hours = policy.untilHoursBeforeStart;
  const until =
    hours === 0
      ? "until it starts"
      : hours % HOURS_OF_A_DAY === 0 && hours > HOURS_OF_A_DAY
        ? `until ${hours / HOURS_OF_A_DAY} days before the start`
        : `until ${hours} hours before the start`;
  return `Tickets are taken back ${until}. ${
    policy.feesReturned
      ? "You get back everything you paid."
      : "You get back the price of the tickets; fees are kept."
  }`;
}

/** What became of the event since it was bought, and until when the buyer may choose. */
export function choiceWords(event: Event, order: Order): string | undefined {
  if (event.status === "cancelled")
    return "The organizer has cancelled this event. Everything you paid goes back to your card; you need not do anything.";
  const moved = event.moved;
  if (!moved || order.createdAt >= moved.movedAt || new Date(moved.keepUntil) <= new Date()) return undefined;
  const zone = event.venue.timezone;
  return `This event has a new date: ${longDate(event.startsAt, zone)}, ${clockTime(event.startsAt, zone)}. Your tickets stay valid. If you cannot come, give them back until ${longDate(moved.keepUntil, zone)} and get everything back.`;
}

/** What was paid back or is on its way. */
export function returned(order: Order): string {
  const amounts = (order.cancellations ?? []).map(({ refund }) => refund.amount);
  return money({ amount: amounts.reduce((sum, amount) => sum + amount, 0), currency: order.fare.currency });
}
