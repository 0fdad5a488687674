import { describe, expect, test } from "vitest";
import type { Pricing } from "../src/api/types";
import { allIn, priceRanks, totalOf } from "../src/event/prices";
import { money } from "../src/money";

const pricing: Pricing = {
  currency: "EUR",
  ticketTypes: [
    { id: "adult", label: "Adult" },
    { id: "child", label: "Child" },
  ],
  prices: {
    a: { adult: 8500, child: 4255 },
    b: { adult: 4000, child: 2000 },
    c: { adult: 8500, child: 4000 },
  },
  fees: [
    { code: "service", label: "Service", per: "ticket", basisPoints: 850 },
    { code: "paper", label: "Paper", per: "ticket", amount: 100 },
    { code: "order", label: "Order", per: "order", amount: 250 },
  ],
  tax: { label: "VAT", basisPoints: 900, included: true },
};
const seat = (category: string, ticketTypeId: string) => ({ category, ticketTypeId });

describe("the total while choosing", () => {
  test("has shares per ticket rounded half up, fees per ticket and one fee per order", () => {
    // 8500 + 4255, 8.5 % of each (722.5 → 723, 361.675 → 362), 2 × 100, 250
    expect(totalOf(pricing, [seat("a", "adult"), seat("a", "child")]).amount).toBe(
      12755 + 723 + 362 + 200 + 250,
    );
  });

  test("adds a tax that the prices do not contain", () => {
    const us = { ...pricing, fees: [], tax: { label: "Sales tax", basisPoints: 825, included: false } };
    expect(totalOf(us, [seat("b", "adult")]).amount).toBe(4330);
  });

  test("is nothing for nothing", () => expect(totalOf(pricing, []).amount).toBe(0));
});

test("a category the event does not sell has no price", () => {
  expect(allIn(pricing, "z", "adult")).toBeUndefined();
  expect(allIn(pricing, "b", "child")).toEqual({ amount: 2000 + 170 + 100 + 250, currency: "EUR" });
});

test("equal prices share a step of the colour ramp", () => {
  expect(priceRanks(pricing, ["a", "b", "c"])).toEqual([1, 0, 1]);
});

test("money keeps each currency's own minor unit", () => {
  expect(money({ amount: 1250, currency: "JPY" })).toContain("1,250");
  expect(money({ amount: 1250, currency: "EUR" })).toContain("12.50");
});
