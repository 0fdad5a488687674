import type { components } from "./schema";

/** The words of the API as the pages use them; the schema itself is generated from the API's own document. */
type Schemas = components["schemas"];

export type Money = Schemas["Money"];
export type Venue = Schemas["Venue"];
export type EventSummary = Schemas["EventSummary"];
export type Events = Schemas["Events"];
export type Suggestion = Schemas["Suggestion"];
export type Suggestions = Schemas["Suggestions"];
export type Event = Schemas["Event"];
export type Pricing = Schemas["Pricing"];
export type SeatMap = Schemas["SeatMap"];
export type Snapshot = Pick<Schemas["Availability"], "availabilityBitmap" | "sectionPricing">;
export type NowServing = Required<Schemas["NowServing"]>;
export type RoomRecord = Omit<Schemas["RoomRecord"], "now"> & { now: NowServing };
export type Standing = Schemas["Standing"];
export type Proof = Schemas["Proof"];
export type HoldRequest = Schemas["HoldRequest"];
export type Hold = Schemas["HeldSeats"];
export type Fare = Schemas["Fare"];
export type PurchaseRequest = Schemas["PurchaseRequest"];
/** `requires_action`: the buyer's bank wants a confirmation, for which Stripe.js needs the client secret. */
export type OrderStatus = Schemas["Order"]["status"];
export type Order = Omit<Schemas["Order"], "status"> & {
  status: OrderStatus;
  nextAction?: { clientSecret: string } | null;
};
export type Review = Schemas["WaitingReview"];
export type Preferences = Required<Schemas["Preferences"]>;
export type MyPreferences = Omit<Schemas["MyPreferences"], "preferences"> & { preferences: Preferences };
export type Told = Schemas["Told"];
export type CancellationQuote = Schemas["CancellationQuote"];
export type Ticket = Schemas["TicketView"];
export type TicketWithCode = Schemas["TicketWithCode"];
export type ChartImport = Schemas["ChartImport"];
export type ChartFormat = ChartImport["format"];
export type Category = Schemas["Category"];
export type EventChange = Schemas["Progress"];
export type House = Schemas["House"];
export type Block = Schemas["Block"];
export type Presale = Schemas["Presale"];
export type Artist = Schemas["Artist"];
export type ArtistPage = Schemas["ArtistPage"];
export type Series = Schemas["Series"];
export type SeriesPage = Schemas["SeriesPage"];
export type EventChanges = Schemas["EventChanges"];
export type Upload = Schemas["Upload"];
