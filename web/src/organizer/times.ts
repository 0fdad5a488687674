/** The instant at which clocks in a time zone show this local time ("2030-05-04T19:30"), as RFC 3339. */
export function instantIn(timeZone: string, local: string): string {
  const asUtc = Date.parse(`${local}Z`);
  // The offset may differ between the guess and the instant itself, on the two days a year that clocks change.
  const guess = asUtc - offsetMs(timeZone, asUtc);
  return new Date(asUtc - offsetMs(timeZone, guess)).toISOString();
}

function offsetMs(timeZone: string, instant: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(instant);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const shown = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return shown - instant;
}

/** The inverse: what clocks in a time zone show at this instant, as an input of type datetime-local takes it. */
export function localIn(timeZone: string, instant: string): string {
  const at = Date.parse(instant);
  return new Date(at + offsetMs(timeZone, at)).toISOString().slice(0, 16);
}
