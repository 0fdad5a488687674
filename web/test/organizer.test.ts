import { describe, expect, it } from "vitest";
import { Problem } from "../src/api/problems";
import { emptyDraft, eventOf, minorUnits } from "../src/organizer/draft";
import { faultsOf, inWords } from "../src/organizer/faults";
import { instantIn } from "../src/organizer/times";

describe("local times of a venue", () => {
  it.each([
    ["Europe/Vienna", "2030-01-04T19:30", "2030-01-04T18:30:00.000Z"],
    ["Europe/Vienna", "2030-07-04T19:30", "2030-07-04T17:30:00.000Z"],
    ["America/New_York", "2030-03-10T12:00", "2030-03-10T16:00:00.000Z"],
    ["Asia/Kolkata", "2030-05-01T00:15", "2030-04-30T18:45:00.000Z"],
    ["Europe/Vienna", "2030-10-27T01:30", "2030-10-26T23:30:00.000Z"],
  ])("%s at %s", (zone, local, instant) => expect(instantIn(zone, local)).toBe(instant));
});

describe("what the API finds wrong", () => {
  it("names several fields at once", () => {
    const problems = [{ path: "startsAt", problem: "must lie in the next three years" }];
    expect(faultsOf(new Problem("invalid-event", 422, { problems }))).toEqual(problems);
  });

  it("names one field, whose value could not be read", () => {
    const data = { field: "batch.people", detail: "batch.people: Expected `int` >= 1." };
    expect(faultsOf(new Problem("invalid", 422, data))).toEqual([
      { path: "batch.people", problem: "Expected `int` >= 1" },
    ]);
  });

  it.each([
    ["startsAt", "starts at"],
    ["presales[0].endsAt", "presales 1, ends at"],
  ])("%s", (path, words) => expect(inWords(path)).toBe(words));
});

describe("prices", () => {
  it.each([
    ["0.29", 2, 29],
    ["29,90", 2, 2990],
    ["500", 0, 500],
    ["1.005", 3, 1005],
  ])("%s with %i digits", (typed, digits, minor) => expect(minorUnits(typed, digits)).toBe(minor));

  it("names every category and ticket type", () => {
    const categories = [{ key: "front", label: "Front", color: "#112233" }];
    const draft = {
      ...emptyDraft(),
      startsAt: "2030-05-04T19:30",
      timezone: "Europe/Vienna",
      types: ["Adult", "Child"],
      prices: { front: ["20", "10"] },
      taxPercent: "13",
    };
    const { pricing } = eventOf(draft, "ven_1", "hash", categories, new Date());
    expect(pricing.ticketTypes.map(({ id }) => id)).toEqual(["adult", "child-1"]);
    expect(pricing.prices).toEqual({ front: { adult: 2000, "child-1": 1000 } });
    expect(pricing.tax).toEqual({ label: "VAT", basisPoints: 1300, included: true });
  });
});
