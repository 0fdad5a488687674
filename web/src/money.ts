import type { Money } from "./api/types";

const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string): Intl.NumberFormat {
  let found = formats.get(currency);
  if (!found) {
    found = new Intl.NumberFormat(undefined, { style: "currency", currency });
    formats.set(currency, found);
  }
  return found;
}

/** Minor units as people read them: {8500, EUR} → €85.00. */
export function money({ amount, currency }: Money): string {
  const f = format(currency);
  return f.format(amount / 10 ** (f.resolvedOptions().maximumFractionDigits ?? 2));
}
