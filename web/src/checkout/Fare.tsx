import type { Fare as FareAnswer } from "../api/types";
import { money } from "../money";
import "./fare.css";

/** Where the seats of a fare are, by seat id, and what its ticket types are called. */
export interface FareNames {
  seats: ReadonlyMap<string, { section: string; row: string; seat: string }>;
  types: ReadonlyMap<string, string>;
}

/** What is paid, line by line, and the total that is charged. */
export function Fare({ fare, names }: { fare: FareAnswer; names: FareNames }) {
  return (
    <dl class="fare">
      {fare.lines.map((line) => {
        const place = names.seats.get(line.seatId);
        return (
          <div key={line.seatId}>
            <dt>
              <b>{place ? placeWords(place) : line.seatId}</b>
              <span class="muted">{names.types.get(line.ticketTypeId) ?? line.ticketTypeId}</span>
            </dt>
            <dd class="numbers">{money(line.faceValue)}</dd>
          </div>
        );
      })}
      {fare.fees
        .filter((fee) => fee.amount.amount !== 0)
        .map((fee) => (
          <div key={fee.code}>
            <dt>{fee.label}</dt>
            <dd class="numbers">{money(fee.amount)}</dd>
          </div>
        ))}
      {fare.tax && !fare.tax.included && (
        <div>
          <dt>{fare.tax.label}</dt>
          <dd class="numbers">{money(fare.tax.amount)}</dd>
        </div>
      )}
      <div class="fare-total">
        <dt>
          Total
          {fare.tax?.included && (
            <span class="muted">
              includes {fare.tax.label} {money(fare.tax.amount)}
            </span>
          )}
        </dt>
        <dd class="numbers">{money(fare.total)}</dd>
      </div>
    </dl>
  );
}

export function placeWords({ section, row, seat }: { section: string; row: string; seat: string }): string {
  // Spaces that do not break keep a number with its word.
  return row ? `${section} · Row\u00a0${row} · Seat\u00a0${seat}` : section;
}
