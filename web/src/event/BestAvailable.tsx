import { useState } from "preact/hooks";
import type { Event, HoldRequest } from "../api/types";
import type { FreeSeats } from "../map/availability";
import { hasSeats, type Plan, type PlanSection } from "../map/plan";
import { money } from "../money";
import { totalOf } from "./prices";
import type { Chosen } from "./selection";

/** The way to tickets without the map: how many, where, for whom. Also how standing places are bought. */
export function BestAvailable(props: {
  event: Event;
  plan: Plan;
  free: FreeSeats;
  section: PlanSection | undefined;
  chosen: readonly Chosen[];
  busy: boolean;
  onHold: (request: HoldRequest) => void;
}) {
  const { event, plan, free } = props;
  const { ticketTypes } = event.pricing;
  const [section, setSection] = useState(props.section?.key ?? "");
  const [accessible, setAccessible] = useState(false);
  const [counts, setCounts] = useState<Record<string, number>>({ [ticketTypes[0]?.id ?? ""]: 2 });
  const quantity = Object.values(counts).reduce((a, b) => a + b, 0);
  const types = ticketTypes.flatMap((type) => new Array<string>(counts[type.id] ?? 0).fill(type.id));
  const where = plan.sections.find((s) => s.key === section);
  // Who stands may sit too: seats chosen on the map and standing places come in one hold.
  const beside = where?.standing ? props.chosen : [];
  const category = where && plan.categories[where.category]?.key;
  const change = (id: string, by: number) =>
    setCounts({ ...counts, [id]: Math.max(0, (counts[id] ?? 0) + by) });
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    props.onHold({
      eventId: event.eventId,
      ticketTypes: [...beside.map((c) => c.ticketTypeId), ...types],
      ...(beside.length > 0 ? { seatIds: beside.map((c) => c.seatId) } : {}),
      bestAvailable: {
        quantity,
        ...(section ? { sections: [section] } : seatedOnly(plan)),
        ...(accessible ? { accessible } : {}),
      },
    });
  };
  return (
    <details
      class="best"
      open={props.section !== undefined}
      ref={(d) => props.section && d?.scrollIntoView({ block: "nearest" })}
    >
      <summary>
        <h2>{where?.standing ? `Standing: ${where.label}` : "Let us choose the best seats"}</h2>
      </summary>
      <form class="stack" onSubmit={submit}>
        {ticketTypes.map((type) => (
          <div class="stepper" key={type.id}>
            <span id={`n-${type.id}`}>{type.label}</span>
            <button
              type="button"
              aria-label={`One ${type.label} fewer`}
              disabled={!counts[type.id]}
              onClick={() => change(type.id, -1)}
            >
              −
            </button>
            <output class="numbers" aria-labelledby={`n-${type.id}`}>
              {counts[type.id] ?? 0}
            </output>
            <button
              type="button"
              aria-label={`One ${type.label} more`}
              disabled={quantity + beside.length >= event.limitPerPerson}
              onClick={() => change(type.id, 1)}
            >
              +
            </button>
          </div>
        ))}
        <div class="field">
          <label for="best-where">Where</label>
          <select
            id="best-where"
            class="input"
            value={section}
            onChange={(e) => setSection(e.currentTarget.value)}
          >
            <option value="">Any seat, the best first</option>
            {plan.sections.map((s) => {
              const left = free.count(s.first, s.end);
              return (
                <option key={s.key} value={s.key} disabled={left === 0}>
                  {s.label}
                  {s.standing && ", standing"} {left === 0 ? "(sold out)" : `(${left} left)`}
                </option>
              );
            })}
          </select>
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={accessible}
            onChange={(e) => setAccessible(e.currentTarget.checked)}
          />
          Wheelchair spaces with companions
        </label>
        <button class="button wide" type="submit" disabled={props.busy || quantity === 0}>
          {where?.standing ? "Hold" : "Find and hold"} {quantity === 1 ? "1 ticket" : `${quantity} tickets`}
          {beside.length > 0 && " with your seats"}
          {category && quantity > 0 && beside.length === 0 && (
            <span class="numbers">
              ·{" "}
              {money(
                totalOf(
                  event.pricing,
                  types.map((ticketTypeId) => ({ category, ticketTypeId })),
                ),
              )}
            </span>
          )}
        </button>
      </form>
    </details>
  );
}

/** The API names at most this many sections in one request. */
const SECTIONS_MAX = 100;

/** Whoever asks for any seat does not want to stand, however near to the stage. */
function seatedOnly(plan: Plan): { sections?: string[] } {
  const seated = plan.sections.filter(hasSeats).map((section) => section.key);
  const some = seated.length > 0 && seated.length < plan.sections.length && seated.length <= SECTIONS_MAX;
  return some ? { sections: seated } : {};
}
