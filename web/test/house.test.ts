import { describe, expect, it } from "vitest";
import { FreeSeats } from "../src/map/availability";
import { planOf } from "../src/map/plan";
import { linesOf, placesOf, seatsOf } from "../src/organizer/house";
import { smallChart } from "./chart";

describe("house seats", () => {
  const plan = planOf(smallChart());
  const floor = plan.sections[2] as (typeof plan.sections)[number];

  it("are told row by row, and standing places by their number", () => {
    const seats = seatsOf(plan, ["ell-0-1", "floor-1-3", "ell-1-4", "ell-0-0", "floor-0-0"]);
    expect(linesOf(plan, seats)).toEqual(["Block L, row A: 1, 2", "Block L, row B: 5", "Standing: 2 places"]);
  });

  it("are taken from the end of a standing area, where they are free", () => {
    const free = FreeSeats.all(plan.count).without([floor.end - 1]);
    expect(placesOf(floor, free, new Set([floor.end - 3]), 2)).toEqual([floor.end - 2, floor.end - 4]);
    expect(placesOf(floor, free, new Set(), 1_000)).toHaveLength(59);
  });

  it("are not free on the map, whatever it says", () => {
    const all = FreeSeats.all(plan.count);
    expect(all.without([3]).has(3)).toBe(false);
    expect(all.has(3)).toBe(true);
  });
});
