import type { FreeSeats } from "../map/availability";
import { type Plan, type PlanSection, rowOf, seatId, seatOf, sectionOf } from "../map/plan";

/** So many more places of a standing area that are free and not chosen yet, from its end. */
export function placesOf(
  section: PlanSection,
  free: FreeSeats,
  chosen: ReadonlySet<number>,
  count: number,
): number[] {
  const places: number[] = [];
  for (let seat = section.end - 1; seat >= section.first && places.length < count; seat--) {
    if (free.has(seat) && !chosen.has(seat)) places.push(seat);
  }
  return places;
}

/** The plan's seats with these ids. */
export function seatsOf(plan: Plan, seatIds: readonly string[]): number[] {
  return seatIds.flatMap((id) => seatOf(plan, id) ?? []);
}

export function idsOf(plan: Plan, seats: Iterable<number>): string[] {
  return [...seats].map((seat) => seatId(plan, seat));
}

/** Seats as people say them, a line for each row: "Stalls, row 3: 4, 5, 6"; "Floor: 12 places". */
export function linesOf(plan: Plan, seats: Iterable<number>): string[] {
  const rows = new Map<string, string[]>();
  for (const seat of [...seats].sort((a, b) => a - b)) {
    const { label, standing } = sectionOf(plan, seat);
    const where = standing ? label : `${label}, row ${rowOf(plan, seat).label}`;
    rows.set(where, [...(rows.get(where) ?? []), standing ? "" : (plan.labels[seat] as string)]);
  }
  return [...rows].map(([where, labels]) =>
    labels[0] === ""
      ? `${where}: ${labels.length === 1 ? "1 place" : `${labels.length} places`}`
      : `${where}: ${labels.join(", ")}`,
  );
}
