import type { Direction, Finder } from "./find";
import { hasSeats, type Plan, type PlanSection, sectionOf } from "./plan";
import type { Spot } from "./scene";

const ARROWS: Record<string, Direction> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

export type Move =
  | { go: Spot }
  | { choose: number }
  | { enter: PlanSection }
  | { stand: PlanSection }
  | { zoom: number }
  | { leave: true }
  | { reset: true };

/** What a key means on the map, for the place that has the focus; undefined leaves the key to the browser. */
export function moveFor(key: string, at: Spot | undefined, plan: Plan, finder: Finder): Move | undefined {
  if (key === "+" || key === "=") return { zoom: 1.5 };
  if (key === "-") return { zoom: 1 / 1.5 };
  if (key === "0") return { reset: true };
  const first = plan.sections[0];
  if (!at) return (key in ARROWS || key === "Enter") && first ? { go: { section: first.index } } : undefined;
  if ("seat" in at) return onSeat(key, at.seat, plan, finder);
  return onSection(key, plan.sections[at.section] as PlanSection, finder);
}

function onSection(key: string, section: PlanSection, finder: Finder): Move | undefined {
  const direction = ARROWS[key];
  if (direction) return { go: { section: (finder.sectionBeside(section, direction) ?? section).index } };
  if (key !== "Enter" && key !== " ") return undefined;
  if (section.standing) return { stand: section };
  return hasSeats(section) ? { enter: section } : undefined;
}

function onSeat(key: string, seat: number, plan: Plan, finder: Finder): Move | undefined {
  const direction = ARROWS[key];
  if (direction) return { go: { seat: finder.seatBeside(seat, direction) ?? seat } };
  if (key === "Enter" || key === " ") return { choose: seat };
  if (key === "Home") return { go: { seat: rowEdge(plan, seat, 0) } };
  if (key === "End") return { go: { seat: rowEdge(plan, seat, 1) } };
  return key === "Escape" ? { leave: true } : undefined;
}

function rowEdge(plan: Plan, seat: number, last: 0 | 1): number {
  const row = plan.rows[plan.rowOf[seat] as number] as Plan["rows"][number];
  return last ? row.end - 1 : row.first;
}

/** The place that has the focus after leaving the seats. */
export function sectionSpot(plan: Plan, seat: number): Spot {
  return { section: sectionOf(plan, seat).index };
}
