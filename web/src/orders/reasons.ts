/** Why a card was refused, in words; the codes are Stripe's decline codes. */
const DECLINES: Record<string, string> = {
  card_declined: "Your bank declined the card.",
  generic_decline: "Your bank declined the card.",
  insufficient_funds: "The card does not have enough funds.",
  expired_card: "The card has expired.",
  incorrect_cvc: "The security code is not right.",
  incorrect_number: "The card number is not right.",
  processing_error: "The bank could not process the card just now.",
  lost_card: "Your bank declined the card.",
  stolen_card: "Your bank declined the card.",
  authentication_required: "Your bank asks for a confirmation that did not take place.",
  authentication_failed: "The confirmation with your bank did not succeed.",
  payment_intent_authentication_failure: "The confirmation with your bank did not succeed.",
};

export function declineWords(code: string): string {
  return DECLINES[code.replaceAll("-", "_")] ?? "Your bank declined the card.";
}

const CARD = new Set(["payment-declined", "authentication-required"]);

/** The card was the reason, and the hold may still be there for another one. */
export function mayTryAgain(reason: string): boolean {
  return CARD.has(reason);
}

/** Why an order did not come about; `code` is the bank's word, where it gave one. */
export function failureWords(reason: string, code: string): { title: string; advice: string } {
  if (mayTryAgain(reason)) {
    return {
      title: "The card was not accepted",
      advice: `${declineWords(code)} Another card can still buy these seats.`,
    };
  }
  if (reason === "hold-expired") {
    return {
      title: "Your time ran out",
      advice: "The hold ended before the payment was confirmed. Your seats went back on sale.",
    };
  }
  if (reason === "seats-lost") {
    return {
      title: "The seats could not be confirmed",
      advice: "Any amount your bank has reserved is released. Choose other seats on the map.",
    };
  }
  if (reason === "event-cancelled" || reason === "event-moved") {
    return {
      title: reason === "event-moved" ? "The event was moved" : "The event was cancelled",
      advice: "It happened before your payment was done. Any amount your bank has reserved is released.",
    };
  }
  return {
    title: "This order did not go through",
    advice: "Any amount your bank has reserved is released. Your seats went back on sale.",
  };
}
