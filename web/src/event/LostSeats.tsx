import { type Plan, rowOf, seatOf, sectionOf } from "../map/plan";
import { Failure, Notice } from "../ui/ui";
import { lostSeats } from "./useSeats";

/** Why seats could not be held; those that somebody else has by name. */
export function LostSeats({ error, plan }: { error: unknown; plan: Plan }) {
  const names = lostSeats(error).flatMap((id) => {
    const seat = seatOf(plan, id);
    if (seat === undefined) return [];
    return `${sectionOf(plan, seat).label} row ${rowOf(plan, seat).label} seat ${plan.labels[seat]}`;
  });
  if (names.length === 0) return <Failure error={error} />;
  return (
    <Notice kind="bad" title={names.length === 1 ? "This seat has just gone" : "These seats have just gone"}>
      {names.join(", ")}. Someone was quicker. We took {names.length === 1 ? "it" : "them"} off your
      selection; the cross on the map shows where.
    </Notice>
  );
}
