import type { Event } from "../api/types";
import { type Plan, rowOf, seatOf, sectionOf } from "../map/plan";
import { money } from "../money";
import { Spinner } from "../ui/ui";
import { allIn, totalOf } from "./prices";
import type { Chosen } from "./selection";

export function SelectionPanel(props: {
  event: Event;
  plan: Plan;
  chosen: readonly Chosen[];
  onChange: (chosen: readonly Chosen[]) => void;
  hint: string;
  busy: boolean;
  closed: boolean;
  soldOut: boolean;
  onHold: () => void;
}) {
  const { event, plan, chosen, onChange } = props;
  const seats = chosen.flatMap((choice) => {
    const seat = seatOf(plan, choice.seatId);
    return seat === undefined
      ? []
      : [{ ...choice, seat, category: plan.categories[plan.category[seat] as number]?.key ?? "" }];
  });
  const total = totalOf(event.pricing, seats);
  const count = seats.length;
  const setType = (seatId: string, ticketTypeId: string) =>
    onChange(chosen.map((c) => (c.seatId === seatId ? { seatId, ticketTypeId } : c)));
  return (
    <section class="chosen" aria-labelledby="chosen-title">
      <h2 id="chosen-title">Your seats</h2>
      {count === 0 && (
        <p class="muted">
          {props.closed
            ? "None can be chosen at the moment; you can look around the map."
            : props.soldOut
              ? "None is free at the moment."
              : "Pick seats on the map, or let us choose the best ones for you below."}
        </p>
      )}
      <ul class="chosen-list">
        {seats.map(({ seatId, ticketTypeId, seat, category }) => (
          <li key={seatId}>
            <div class="chosen-where">
              <b>{sectionOf(plan, seat).label}</b>
              <span>
                Row {rowOf(plan, seat).label} · Seat {plan.labels[seat]}
              </span>
            </div>
            <select
              class="input"
              aria-label={`Ticket type for row ${rowOf(plan, seat).label}, seat ${plan.labels[seat]}`}
              value={ticketTypeId}
              onChange={(e) => setType(seatId, e.currentTarget.value)}
            >
              {event.pricing.ticketTypes.map((type) => {
                const price = allIn(event.pricing, category, type.id);
                return (
                  price && (
                    <option key={type.id} value={type.id}>
                      {type.label} · {money(price)}
                    </option>
                  )
                );
              })}
            </select>
            <button
              type="button"
              class="chosen-remove"
              aria-label={`Remove row ${rowOf(plan, seat).label}, seat ${plan.labels[seat]}`}
              onClick={() => onChange(chosen.filter((c) => c.seatId !== seatId))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <p class="chosen-hint" role="status">
        {props.hint}
      </p>
      {count > 0 && !props.closed && (
        <div class="chosen-foot">
          <p class="chosen-total">
            <span>
              {count === 1 ? "1 ticket" : `${count} tickets`}
              <small class="muted">all fees and tax included</small>
            </span>
            <b class="numbers">{money(total)}</b>
          </p>
          <button type="button" class="button wide" disabled={props.busy} onClick={props.onHold}>
            {props.busy ? (
              <Spinner label="Holding your seats" />
            ) : count === 1 ? (
              "Hold this seat"
            ) : (
              `Hold ${count} seats`
            )}
          </button>
          <p class="small muted">
            We keep {count === 1 ? "it" : "them"} for you for {Math.round(event.leaseSeconds / 60)} minutes.
            You pay on the next page.
          </p>
        </div>
      )}
    </section>
  );
}
