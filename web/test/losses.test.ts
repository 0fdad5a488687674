// @vitest-environment happy-dom
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import type { Event } from "../src/api/types";
import { forgetHold, rememberHold } from "../src/event/holding";
import { useLosses } from "../src/event/useSeats";
import { FreeSeats } from "../src/map/availability";
import { planOf } from "../src/map/plan";
import { smallChart } from "./chart";

const plan = planOf(smallChart());
const event = { eventId: "evt_1" } as Event;
const picked = new Set([3]);
const told = vi.fn();
const hold = { holdId: "hld_1", eventId: "evt_1", heldUntil: "2030-01-01T00:00:00Z", seats: [{}] };

function Page({ free }: { free: FreeSeats }) {
  useLosses(event, plan, free, picked, told);
  return null;
}

/** What the page has told after messages of these taken seats, half a second apart. */
function after(taken: number[][]): string[][] {
  const root = document.createElement("div");
  for (const seats of taken) {
    act(() => render(h(Page, { free: FreeSeats.all(plan.count).without(seats) }), root));
    vi.advanceTimersByTime(500);
  }
  act(() => render(null, root));
  return told.mock.calls.map(([seatIds]) => seatIds);
}

beforeEach(() => {
  told.mockClear();
  forgetHold();
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

test("a chosen seat that is gone is told once, while others go every half a second", () => {
  expect(after([[], [3], [3, 4], [3, 4, 5], [3, 4, 5, 6], [3, 4, 5, 6, 7]])).toEqual([["ell-0-3"]]);
});

test("a seat that comes back soon was never lost", () => {
  expect(after([[3], [3, 4], [4], [4], [4], [4]])).toEqual([]);
});

test("seats in one's own hold are not lost", () => {
  rememberHold(hold as unknown as Parameters<typeof rememberHold>[0], "Evening");
  expect(after([[3], [3], [3], [3], [3]])).toEqual([]);
});

test("seats of a hold that has ended, and that somebody else has by then, are lost", () => {
  const root = document.createElement("div");
  const free = FreeSeats.all(plan.count).without([3]);
  rememberHold(hold as unknown as Parameters<typeof rememberHold>[0], "Evening");
  act(() => render(h(Page, { free }), root));
  vi.advanceTimersByTime(5_000);
  expect(told).not.toHaveBeenCalled();
  forgetHold();
  act(() => render(h(Page, { free }), root));
  vi.advanceTimersByTime(2_000);
  act(() => render(null, root));
  expect(told.mock.calls).toEqual([[["ell-0-3"]]]);
});
