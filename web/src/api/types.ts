/** The words of the API as the pages use them. */
export interface Money {
  amount: number;
  currency: string;
}
export type Availability = "available" | "few" | "none" | "unknown";
export interface Venue {
  venueId: string;
  name: string;
  city: string;
  countryCode: string;
  timezone: string;
}
export interface EventSummary {
  eventId: string;
  name: string;
  artist: string;
  category: string;
  venue: Venue;
  startsAt: string;
  doorsAt?: string;
  onSaleAt: string;
  saleEndsAt: string;
  status: "draft" | "scheduled" | "on_sale" | "cancelled" | "moved";
  priceRange: { min: Money; max: Money };
  availability: Availability;
}
export interface TicketType {
  id: string;
  label: string;
}
export interface Fee {
  code: string;
  label: string;
  per: "ticket" | "order";
  amount?: number | null;
  basisPoints?: number | null;
}
export interface Pricing {
  currency: string;
  ticketTypes: TicketType[];
  prices: Record<string, Record<string, number>>;
  fees: Fee[];
  tax?: { label: string; basisPoints: number; included: boolean } | null;
}
export interface Event extends EventSummary {
  description: string;
  currency: string;
  pricing: Pricing;
  limitPerPerson: number;
  leaseSeconds: number;
  seatMapUrl: string;
  seatCount: number;
}
export interface Availabilities {
  availabilityBitmap: string;
  version: number;
}
export interface SeatMap extends Availabilities {
  eventId: string;
  eventName: string;
  seatMapConfig: { url: string; hash: string; seatCount: number };
}
export interface HeldSeat {
  seatId: string;
  section: string;
  row: string;
  seat: string;
  ticketTypeId: string;
}
export interface Fare {
  lines: { seatId: string; ticketTypeId: string; faceValue: Money }[];
  fees: { code: string; label: string; amount: Money }[];
  tax: { label: string; amount: Money; included: boolean } | null;
  total: Money;
  currency: string;
  expiresAt: string;
}
export interface Hold {
  holdId: string;
  eventId: string;
  heldUntil: string;
  seats: HeldSeat[];
  fare: Fare;
  /** The order that is buying these seats, once there is one. */
  orderId?: string;
}
/** `requires_action` and `in_review` are waits for the buyer's bank and for a person. */
export type OrderStatus =
  | "pending"
  | "requires_action"
  | "in_review"
  | "completed"
  | "failed"
  | "cancelled"
  | "refunded";
export interface Order {
  orderId: string;
  eventId: string;
  holdId: string;
  status: OrderStatus;
  reason?: string;
  declineCode?: string;
  nextAction?: { clientSecret: string };
  seats: HeldSeat[];
  fare: Fare;
  createdAt: string;
}
export interface Ticket {
  ticketId: string;
  orderId: string;
  eventId: string;
  section: string;
  row: string;
  seat: string;
  ticketType: string;
  status: "active" | "void";
  code: string | null;
  eventName: string;
  venueName: string;
  timezone: string;
  startsAt: string;
}
