import type { NowServing } from "../api/types";

/** What the organizer asks of whoever joins, said before they wait. */
export function Rules({ now: { rules } }: { now: NowServing }) {
  const asked = [
    rules.accountAgeDays > 0 && `Your account must be at least ${days(rules.accountAgeDays)} old.`,
    rules.verifiedContact === "email" && "Your e-mail address must be confirmed.",
    rules.verifiedContact === "phone" && "Your phone number must be confirmed.",
    rules.checksCrowds &&
      "One account a person: where many accounts join from one device, some are checked and some kept out. " +
        "For that we keep hashes of your device and network address with your place, for 30 days.",
  ].filter((words) => words !== false);
  if (asked.length === 0) return null;
  return (
    <section class="stack queue-next" aria-labelledby="queue-rules">
      <h2 id="queue-rules">What the organizer asks</h2>
      <ul class="queue-rules">
        {asked.map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
    </section>
  );
}

function days(count: number): string {
  return count === 1 ? "a day" : `${count} days`;
}
