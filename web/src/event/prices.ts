import type { Money, Pricing } from "../api/types";

/**
 * The all-in price while seats are being chosen: the same sums as the server's quote (pricing/fares.py), which
 * comes with the hold and is the one that is charged.
 */
export function totalOf(
  pricing: Pricing,
  seats: readonly { category: string; ticketTypeId: string }[],
): Money {
  if (seats.length === 0) return { amount: 0, currency: pricing.currency };
  const faces = seats.map((s) => pricing.prices[s.category]?.[s.ticketTypeId] ?? 0);
  const subtotal = sum(faces) + sum((pricing.fees ?? []).map((fee) => feeOn(fee, faces)));
  const { tax } = pricing;
  const added = tax && !tax.included ? share(subtotal, tax.basisPoints) : 0;
  return { amount: subtotal + added, currency: pricing.currency };
}

function feeOn(fee: NonNullable<Pricing["fees"]>[number], faces: readonly number[]): number {
  if (fee.basisPoints != null) return sum(faces.map((face) => share(face, fee.basisPoints as number)));
  return (fee.amount ?? 0) * (fee.per === "order" ? 1 : faces.length);
}

/** So many hundredths of a percent, half a minor unit rounded up. */
const share = (amount: number, basisPoints: number) => Math.floor((amount * basisPoints + 5000) / 10000);

const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);

/** What one ticket costs alone, everything included; undefined where the category is not sold. */
export function allIn(pricing: Pricing, category: string, ticketTypeId: string): Money | undefined {
  const sold = pricing.prices[category]?.[ticketTypeId] !== undefined;
  return sold ? totalOf(pricing, [{ category, ticketTypeId }]) : undefined;
}

/** Place of each category's price among the different prices, cheapest 0: the step of the colour ramp. */
export function priceRanks(pricing: Pricing, categories: readonly string[]): number[] {
  const standard = pricing.ticketTypes[0]?.id ?? "";
  const prices = categories.map((c) => pricing.prices[c]?.[standard] ?? 0);
  const steps = [...new Set(prices)].sort((a, b) => a - b);
  return prices.map((price) => steps.indexOf(price));
}
