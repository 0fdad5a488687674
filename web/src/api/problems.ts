/** A refused call: the API's problem+json, or what stands for it when the network gave none. */
export class Problem extends Error {
  constructor(
    /** The stable last word of the problem's type, for instance "seats-unavailable". */
    readonly word: string,
    readonly status: number,
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(word);
    this.name = "Problem";
  }

  /** Seconds the server asked us to wait, if it did. */
  get retryAfter(): number | undefined {
    const seconds = Number(this.data.retryAfter);
    return Number.isFinite(seconds) ? seconds : undefined;
  }

  /** Trying the very same thing again may work. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface Advice {
  title: string;
  advice: string;
}

const KNOWN: Record<string, Advice> = {
  offline: { title: "You seem to be offline", advice: "Check your connection, then try again." },
  unreachable: {
    title: "We cannot reach the box office",
    advice: "This is usually over in a moment. Try again.",
  },
  "seats-unavailable": {
    title: "Someone was quicker",
    advice: "The seats marked on the map have just gone. The others are still yours to choose.",
  },
  "hold-expired": {
    title: "Your hold has ended",
    advice:
      "The seats went back on sale and you have not been charged. Choose again; they may still be free.",
  },
  "hold-not-found": {
    title: "This hold is no longer there",
    advice: "It ended or was released. Choose your seats again.",
  },
  "limit-exceeded": {
    title: "That is more than one person may buy",
    advice: "Take some seats off your selection and try again.",
  },
  "hold-throttled": {
    title: "That was a lot of changes in a short time",
    advice: "Wait a few seconds, then hold your seats again.",
  },
  "hold-not-extendable": {
    title: "These seats are yours for as long as they can be",
    advice: "Your time cannot be extended. Go on to pay before it runs out.",
  },
  "quote-expired": {
    title: "The price quote has run out",
    advice: "Hold your seats again to see today's price.",
  },
  "payment-velocity": {
    title: "Too many payment attempts",
    advice: "For your safety we pause payments for a while. Try again in an hour.",
  },
  "not-on-sale-yet": { title: "Sales have not opened yet", advice: "The opening time stands on this page." },
  "presale-code-invalid": {
    title: "This code does not open the presale",
    advice: "Check how it is written. It may also belong to another presale, or have been used up.",
  },
  "changed-meanwhile": {
    title: "Somebody else has changed this",
    advice: "Load the page again to see their changes, then make yours.",
  },
  "event-over": {
    title: "Sales have closed",
    advice: "Tickets for this event can no longer be bought here.",
  },
  "event-cancelled": { title: "This event is cancelled", advice: "It can no longer be booked." },
  "purchase-in-progress": {
    title: "You are already buying tickets for this event",
    advice: "That order has to end first. You find it under Orders.",
  },
  "price-mismatch": {
    title: "The price has changed",
    advice: "Reload the page to see today’s price. You have not been charged.",
  },
  "admission-required": {
    title: "This event has a waiting room",
    advice: "Your admission has ended or is not there yet. Go to the waiting room from the event’s page.",
  },
  "token-bound": {
    title: "You were let in on another device",
    advice: "Go on there: an admission belongs to the device that it was granted to.",
  },
  "account-too-new": {
    title: "Your account is too new for this sale",
    advice: "The organizer asks for older accounts, so that nobody makes a hundred of them for one evening.",
  },
  "contact-unverified": {
    title: "This sale asks for a confirmed contact",
    advice: "Confirm your e-mail address or phone number in your account, then join.",
  },
  "entry-refused": {
    title: "Too many accounts waited on your device",
    advice:
      "One account a person has one place. If this is a mistake, write to the organizer: your rank stays.",
  },
  "room-not-open": { title: "The waiting room is not open", advice: "Look again later." },
  "turn-over": { title: "Your turn is over", advice: "Leave the line and join again: you go to its end." },
  "sold-out": { title: "Sold out", advice: "Seats can come back when holds end. Keep an eye on the map." },
  "not-found": {
    title: "We could not find that",
    advice: "The link may be old, or it may belong to another account.",
  },
  unauthenticated: { title: "Please sign in", advice: "Your session has ended. Sign in and carry on." },
  "in-progress": {
    title: "We are already working on it",
    advice: "Your first click arrived. Give it a few seconds.",
  },
};

const BY_STATUS: [number, Advice][] = [
  [503, { title: "The box office is very busy", advice: "Your place is safe. Try again in a few seconds." }],
  [500, { title: "Something broke on our side", advice: "Nothing was charged by this. Try again." }],
  [429, { title: "A little slower, please", advice: "Wait a few seconds, then try again." }],
  [401, KNOWN.unauthenticated as Advice],
  [404, KNOWN["not-found"] as Advice],
];

/** Any error in words for a person: what happened, and what to do now. */
export function advise(error: unknown): Advice {
  if (!(error instanceof Problem)) {
    return { title: "Something went wrong on this page", advice: "Reload the page and try again." };
  }
  // Without seats by name nobody was quicker: there just are not as many as were asked for.
  if (error.word === "seats-unavailable" && !error.data.seatIds) {
    return {
      title: "Not enough seats like that",
      advice: "Ask for fewer, or look in another part of the house.",
    };
  }
  const known = KNOWN[error.word] ?? BY_STATUS.find(([status]) => status === error.status)?.[1];
  if (known) return known;
  if (error.status >= 500) return (BY_STATUS[1] as [number, Advice])[1];
  const { title, detail } = error.data as { title?: string; detail?: string };
  return { title: title ?? "That did not work", advice: detail ?? "Check what you entered and try again." };
}
