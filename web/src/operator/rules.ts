/** What spoke against an order, in words; the names are the fraud rules'. */
const RULES: Record<string, string> = {
  "large-total": "A large total",
  "very-large-total": "A very large total",
  "many-seats": "Thirty seats or more at once",
  "many-orders": "Ten orders or more within two hours",
  "very-many-orders": "Twenty orders or more within two hours",
  "many-orders-for-one-event": "Eight orders or more for this event within two hours",
};

export function ruleWords(rule: string): string {
  const unknown = rule.startsWith("unknown-") && `Not known: ${rule.slice(8).replaceAll("-", " ")}`;
  return RULES[rule] ?? (unknown || rule.replaceAll("-", " "));
}
