import { type Plan, rowOf, seatOf, sectionOf } from "../map/plan";
import { Failure, Notice } from "../ui/ui";
import { lostSeats, orphanSeats } from "./useSeats";

/** Why seats could not be held; those that somebody else has, or that would be left alone, by name. */
export function LostSeats({ error, plan }: { error: unknown; plan: Plan }) {
  const orphans = namesOf(plan, orphanSeats(error));
  if (orphans.length > 0) {
    return (
      <Notice kind="bad" title="That would leave a single seat">
        {orphans.join(", ")} would have nobody beside {orphans.length === 1 ? "it" : "them"}. Take{" "}
        {orphans.length === 1 ? "it" : "them"} as well, or move your seats along by one.
      </Notice>
    );
  }
  const names = namesOf(plan, lostSeats(error));
  if (names.length === 0) return <Failure error={error} />;
  return (
    <Notice kind="bad" title={names.length === 1 ? "This seat has just gone" : "These seats have just gone"}>
      {names.join(", ")}. Someone was quicker. We took {names.length === 1 ? "it" : "them"} off your
      selection; the cross on the map shows where.
    </Notice>
  );
}

function namesOf(plan: Plan, seatIds: readonly string[]): string[] {
  return seatIds.flatMap((id) => {
    const seat = seatOf(plan, id);
    if (seat === undefined) return [];
    return `${sectionOf(plan, seat).label} row ${rowOf(plan, seat).label} seat ${plan.labels[seat]}`;
  });
}
