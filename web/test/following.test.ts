import { describe, expect, test } from "vitest";
import { Following, FreeSeats, type SeatsChanged } from "../src/map/availability";
import { planOf } from "../src/map/plan";

const outline: [number, number][] = [
  [0, 0],
  [9, 0],
  [9, 9],
];
const section = (key: string, seats: number) => ({
  key,
  label: key,
  category: "c",
  outline,
  rows: [
    { label: "A", seats: Array.from({ length: seats }, (_, i) => ({ label: `${i + 1}`, x: i * 5, y: 0 })) },
  ],
});
const plan = planOf({
  name: "Two sections",
  width: 9,
  height: 9,
  focalPoint: { x: 0, y: 0 },
  categories: [{ key: "c", label: "C", color: "#123456" }],
  shapes: [],
  sections: [section("a", 4), section("b", 4)],
});
const map = (bits: string, a: number, b: number) =>
  new FreeSeats(
    Uint8Array.of(Number.parseInt(bits, 2)),
    new Map([
      ["a", a],
      ["b", b],
    ]),
  );
const bits = ({ free }: Following) =>
  [...Array(8).keys()].map((seat) => (free.has(seat) ? "1" : "0")).join("");
const change = (sections: SeatsChanged["sections"], taken: string[], freed: string[] = []): SeatsChanged => ({
  version: 0,
  everyMs: 500,
  sections,
  taken,
  freed,
});

describe("following", () => {
  test("makes each change once", () => {
    const following = new Following(plan, map("11111111", 0, 0));
    const first = change({ a: { since: 0, version: 1 } }, ["a-0-0"]);
    following.hear(first);
    following.hear(
      change({ a: { since: 1, version: 2 }, b: { since: 0, version: 1 } }, ["b-0-3"], ["a-0-0"]),
    );
    following.hear(first);
    expect([bits(following), following.behind, following.free.version]).toEqual(["11111110", false, 3]);
  });

  test("knows that it has missed something, and catches up from a snapshot and what it heard since", () => {
    const following = new Following(plan, map("11111111", 0, 0));
    following.hear(change({ a: { since: 3, version: 4 } }, ["a-0-3"]));
    following.hear(change({ a: { since: 4, version: 5 } }, ["a-0-2"]));
    expect([bits(following), following.behind]).toEqual(["11111111", true]);
    following.read(map("01111111", 2, 0));
    expect(following.behind).toBe(true);
    following.read(map("00111111", 3, 0));
    expect([bits(following), following.behind]).toEqual(["00001111", false]);
  });

  test("a gap in one section does not hold up another", () => {
    const following = new Following(plan, map("11111111", 0, 0));
    following.hear(change({ a: { since: 3, version: 4 }, b: { since: 0, version: 1 } }, ["a-0-3", "b-0-0"]));
    expect([bits(following), following.behind]).toEqual(["11110111", true]);
  });

  test("an old snapshot takes nothing back", () => {
    const following = new Following(plan, map("01110111", 4, 1));
    following.read(map("11110011", 3, 2));
    expect([bits(following), following.free.version]).toEqual(["01110011", 6]);
  });

  test("a message without lists is a gap", () => {
    const following = new Following(plan, map("11111111", 0, 0));
    following.hear(change({ a: { since: 9, version: 9 } }, []));
    expect(following.behind).toBe(true);
    following.read(map("00001111", 9, 0));
    expect([bits(following), following.behind]).toEqual(["00001111", false]);
  });

  test("begins only with a map that has what was told before", () => {
    const following = new Following(plan, map("11111111", 1, 1));
    following.expect(2);
    expect(following.behind).toBe(false);
    following.expect(3);
    expect(following.behind).toBe(true);
    following.read(map("11110111", 1, 2));
    expect(following.behind).toBe(false);
  });

  test("a map of which nothing is known takes any snapshot and no change", () => {
    const following = new Following(plan, FreeSeats.all(8));
    following.hear(change({ a: { since: 0, version: 1 } }, ["a-0-0"]));
    expect(following.behind).toBe(true);
    following.read(map("01111111", 1, 0));
    expect([bits(following), following.behind]).toEqual(["01111111", false]);
  });

  test("a map that was mended has its version and other seats", () => {
    const following = new Following(plan, map("11111111", 1, 1));
    following.read(map("10111111", 1, 0));
    expect(bits(following)).toBe("10111111");
  });

  test("a section that the plan does not have says that the house has grown", () => {
    const heard = new Following(plan, map("11111111", 1, 1));
    heard.hear(change({ c: { since: 0, version: 1 } }, ["c-0-0"]));
    const read = new Following(plan, map("11111111", 1, 1));
    read.read(new FreeSeats(Uint8Array.of(255, 255), new Map([..."abc"].map((key) => [key, 1]))));
    const same = new Following(plan, map("11111111", 1, 1));
    same.hear(change({ a: { since: 1, version: 2 } }, ["a-0-0"]));
    expect([heard.outgrown, read.outgrown, same.outgrown]).toEqual([true, true, false]);
  });
});
