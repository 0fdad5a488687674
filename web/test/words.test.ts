import { describe, expect, test } from "vitest";
import { nextPath, withNext } from "../src/account/next";
import { advise, Problem } from "../src/api/problems";
import { minutes } from "../src/checkout/Countdown";
import { declineWords, failureWords, mayTryAgain } from "../src/orders/reasons";

test("after signing in one lands on this site only", () => {
  expect(nextPath({ next: "/events/evt_1?x=1" })).toBe("/events/evt_1?x=1");
  for (const next of [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "",
  ]) {
    expect(nextPath({ next })).toBe("/");
  }
  expect(withNext("/sign-up", { next: "/a" }, { email: "f@x.y" })).toBe("/sign-up?next=%2Fa&email=f%40x.y");
});

describe("problems in words", () => {
  test("known words have their own advice, others keep the API's title", () => {
    expect(advise(new Problem("hold-expired", 410)).title).toBe("Your hold has ended");
    expect(advise(new Problem("new-word", 422, { title: "The API's own title" })).title).toBe(
      "The API's own title",
    );
    expect(advise(new Problem("status-502", 502)).title).toBe("Something broke on our side");
    expect(advise(new Problem("busy", 503)).title).toBe("The box office is very busy");
    expect(advise(new Error("a bug")).title).toBe("Something went wrong on this page");
  });
  test("what passes by itself may be tried again", () => {
    expect([0, 429, 500, 503].map((s) => new Problem("x", s).passing)).toEqual([true, true, true, true]);
    expect([400, 404, 409, 410, 422].some((s) => new Problem("x", s).passing)).toBe(false);
  });
});

test("a declined card is told by its reason and may be followed by another", () => {
  expect(declineWords("insufficient_funds")).toContain("funds");
  expect(declineWords("something-new")).toBe("Your bank declined the card.");
  expect(mayTryAgain("hold-expired")).toBe(false);
  expect(mayTryAgain("payment-declined")).toBe(true);
  expect(failureWords("payment-declined", "expired_card").advice).toContain("expired");
  expect(failureWords("hold-expired", "hold-expired").title).toBe("Your time ran out");
});

test("time left in minutes and seconds", () => {
  expect([0, 9, 60, 605].map(minutes)).toEqual(["0:00", "0:09", "1:00", "10:05"]);
});
