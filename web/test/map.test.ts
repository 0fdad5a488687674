// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { FreeSeats } from "../src/map/availability";
import { Finder } from "../src/map/find";
import { inkOn, priceRamp } from "../src/map/inks";
import { moveFor } from "../src/map/keys";
import { inside } from "../src/map/outline";
import { planOf, RESTRICTED, seatId, seatOf, sectionOf } from "../src/map/plan";
import { smallChart } from "./chart";

const plan = planOf(smallChart());
const finder = new Finder(plan);

describe("the plan", () => {
  test("counts seats in the chart's order, standing places in rows of 48", () => {
    expect(plan.count).toBe(13 + 4 + 60);
    expect([0, 5, 12, 13, 17, 64, 65, 76].map((seat) => seatId(plan, seat))).toEqual([
      "ell-0-0",
      "ell-1-0",
      "ell-2-2",
      "mixed-0-0",
      "floor-0-0",
      "floor-0-47",
      "floor-1-0",
      "floor-1-11",
    ]);
  });

  test("finds every seat again by its id, and none that is not there", () => {
    for (let seat = 0; seat < plan.count; seat++) expect(seatOf(plan, seatId(plan, seat))).toBe(seat);
    for (const id of ["ell-0-5", "ell-3-0", "gone-0-0", "floor-1-12", "ell-x-0"]) {
      expect(seatOf(plan, id)).toBeUndefined();
    }
  });

  test("takes a seat's own category and signs over its section's", () => {
    const [dear, cheap] = [13, 15];
    expect(plan.categories[plan.category[dear] as number]?.key).toBe("dear");
    expect(plan.categories[plan.category[cheap] as number]?.key).toBe("cheap");
    expect(plan.marks[cheap]).toBe(RESTRICTED);
  });

  test("puts a label where the outline has room, also in an L", () => {
    for (const section of plan.sections)
      expect(inside(section.outline, section.heart.x, section.heart.y)).toBe(true);
  });

  test("knows the parts of a house that stand apart", () => {
    expect(plan.zones).toEqual([]);
    const chart = smallChart();
    chart.sections.forEach((section, i) => {
      section.zone = i < 2 ? "North" : "South";
    });
    expect(planOf(chart).zones.map((zone) => zone.label)).toEqual(["South", "North"]);
    expect(planOf(chart).zones[1]).toMatchObject({
      seats: 17,
      box: { left: 0, top: 0, right: 160, bottom: 60 },
    });
  });

  test("measures the distance of neighbours", () => expect(plan.pitch).toBe(5));
});

describe("the bitmap", () => {
  test("has its first seat in the most significant bit", () => {
    const free = FreeSeats.of({ availabilityBitmap: btoa("\x81\x40"), sectionPricing: [] });
    expect([0, 1, 7, 8, 9].map((seat) => free.has(seat))).toEqual([true, false, true, false, true]);
    expect(free.count(0, 16)).toBe(3);
    expect(free.count(1, 8)).toBe(1);
  });
});

describe("pointing", () => {
  test("finds the nearest seat within reach", () => {
    expect(finder.seatAt(11, 11, 3)).toBe(1);
    expect(finder.seatAt(50, 50, 3)).toBeUndefined();
  });

  test("finds sections by their outline, not by the box around it", () => {
    expect(finder.sectionAt(10, 50)?.key).toBe("ell");
    expect(finder.sectionAt(50, 50)).toBeUndefined();
    expect(finder.sectionAt(165, 20)).toBeUndefined();
    expect(finder.sectionAt(165, 20, 8)?.key).toBe("mixed");
    expect(finder.sectionAt(80, 130)?.key).toBe("floor");
  });
});

describe("the keyboard", () => {
  const at = (seat: number) => ({ seat });

  test("walks along a row, to the next row, and stays at an edge", () => {
    expect(moveFor("ArrowRight", at(0), plan, finder)).toEqual({ go: { seat: 1 } });
    expect(moveFor("ArrowDown", at(1), plan, finder)).toEqual({ go: { seat: 6 } });
    expect(moveFor("ArrowLeft", at(0), plan, finder)).toEqual({ go: { seat: 0 } });
    expect(moveFor("End", at(6), plan, finder)).toEqual({ go: { seat: 9 } });
  });

  test("walks among sections, goes in, chooses, and comes out", () => {
    const [ell, mixed, floor] = plan.sections;
    expect(moveFor("ArrowRight", undefined, plan, finder)).toEqual({ go: { section: 0 } });
    expect(moveFor("ArrowRight", { section: 0 }, plan, finder)).toEqual({ go: { section: mixed?.index } });
    expect(moveFor("Enter", { section: 0 }, plan, finder)).toEqual({ enter: ell });
    expect(moveFor("Enter", { section: 2 }, plan, finder)).toEqual({ stand: floor });
    expect(moveFor("Enter", at(4), plan, finder)).toEqual({ choose: 4 });
    expect(moveFor("Escape", at(4), plan, finder)).toEqual({ leave: true });
  });

  test("can reach every seat of a block from any other", () => {
    const reached = new Set([0]);
    for (const seat of reached) {
      for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
        const move = moveFor(key, at(seat), plan, finder);
        if (move && "go" in move && "seat" in move.go) reached.add(move.go.seat);
      }
    }
    const block = [...reached].filter((seat) => sectionOf(plan, seat).key === "ell");
    expect(block).toHaveLength(13);
  });

  test("leaves other keys to the browser", () => expect(moveFor("Tab", at(0), plan, finder)).toBeUndefined());
});

describe("the price ramp", () => {
  const lightness = (colour: string) => {
    const parts = colour.startsWith("#")
      ? [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16))
      : (colour.match(/\d+/g) ?? []).map(Number);
    const [r, g, b] = parts.map((c) => (c / 255) ** 2.2) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  test.each([2, 3, 5, 8])("of %i steps tells them apart by lightness alone", (steps) => {
    for (const dark of [false, true]) {
      const tones = priceRamp(steps, dark).map(lightness);
      for (let i = 1; i < steps; i++)
        expect(tones[i - 1] as number).toBeGreaterThan((tones[i] as number) * 1.1);
    }
  });

  test("takes dark ink on light seats and light ink on dark ones", () => {
    const ramp = priceRamp(5, false);
    expect([inkOn(ramp[0] as string), inkOn(ramp[4] as string)]).toEqual(["#14151c", "#ffffff"]);
  });
});
