import type { Category, Pricing } from "../api/types";
import { instantIn } from "./times";

export const CATEGORIES = [
  "music",
  "classical",
  "jazz",
  "theatre",
  "comedy",
  "dance",
  "festival",
  "sport",
  "family",
];

/** What an organizer types, as typed. */
export interface Draft {
  name: string;
  artist: string;
  category: string;
  description: string;
  startsAt: string;
  onSaleAt: string;
  venue: string;
  city: string;
  countryCode: string;
  timezone: string;
  latitude: string;
  longitude: string;
  currency: string;
  /** Face values by category key and ticket type, in major units. */
  prices: Record<string, string[]>;
  types: string[];
  feePercent: string;
  taxLabel: string;
  taxPercent: string;
  waitingRoom: boolean;
}

export function emptyDraft(): Draft {
  return {
    name: "",
    artist: "",
    category: "music",
    description: "",
    startsAt: "",
    onSaleAt: "",
    venue: "",
    city: "",
    countryCode: "",
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    latitude: "",
    longitude: "",
    currency: "EUR",
    prices: {},
    types: ["Adult"],
    feePercent: "0",
    taxLabel: "VAT",
    taxPercent: "0",
    waitingRoom: false,
  };
}

export function venueOf(draft: Draft) {
  return {
    name: draft.venue.trim(),
    city: draft.city.trim(),
    countryCode: draft.countryCode.trim().toUpperCase(),
    timezone: draft.timezone,
    latitude: Number(draft.latitude),
    longitude: Number(draft.longitude),
  };
}

export function eventOf(
  draft: Draft,
  venueId: string,
  chartHash: string | undefined,
  categories: Category[],
  now: Date,
) {
  return {
    name: draft.name.trim(),
    artist: draft.artist.trim(),
    category: draft.category,
    description: draft.description.trim(),
    venueId,
    ...(chartHash ? { chartHash } : {}),
    startsAt: instantIn(draft.timezone, draft.startsAt),
    onSaleAt: draft.onSaleAt ? instantIn(draft.timezone, draft.onSaleAt) : now.toISOString(),
    pricing: pricingOf(draft, categories),
    waitingRoom: draft.waitingRoom,
  };
}

function pricingOf(draft: Draft, categories: Category[]): Pricing {
  const digits = fractionDigits(draft.currency);
  const ticketTypes = draft.types.map((label, i) => ({ id: typeId(label, i), label: label.trim() }));
  const prices = Object.fromEntries(
    categories.map(({ key }) => [
      key,
      Object.fromEntries(
        ticketTypes.map(({ id }, i) => [id, minorUnits(draft.prices[key]?.[i] ?? "", digits)]),
      ),
    ]),
  );
  const fee = basisPoints(draft.feePercent);
  const tax = basisPoints(draft.taxPercent);
  return {
    currency: draft.currency,
    ticketTypes,
    prices,
    fees: fee ? [{ code: "booking", label: "Booking fee", per: "ticket", basisPoints: fee }] : [],
    tax: tax ? { label: draft.taxLabel.trim(), basisPoints: tax, included: true } : null,
  };
}

export function fractionDigits(currency: string): number {
  return (
    new Intl.NumberFormat(undefined, { style: "currency", currency }).resolvedOptions()
      .maximumFractionDigits ?? 2
  );
}

/** 12.50 → 1250, by rounding: 0.29 × 100 is not 29. */
export function minorUnits(typed: string, digits: number): number {
  return Math.round(Number(typed.replace(",", ".")) * 10 ** digits);
}

function basisPoints(percent: string): number {
  return Math.round(Number(percent.replace(",", ".") || 0) * 100);
}

export function typeId(label: string, i: number): string {
  const id = label
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 24);
  return id ? (i ? `${id}-${i}` : id) : `type-${i}`;
}
