import { expect, test } from "vitest";
import type { EventSummary } from "../src/api/types";
import { address, fromQuery, isEmpty, point, question, withoutRepetition } from "../src/events/search";
import { seeded } from "../src/events/seeded";

test("a page's address is the question, and what it does not know is left out", () => {
  const search = fromQuery({ keyword: "jazz & blues", city: "", utm_source: "x", page: "2" });
  expect(search).toEqual({ keyword: "jazz & blues", page: "2" });
  expect(question(search)).toBe("/events?keyword=jazz+%26+blues&page=2&size=24");
  expect(question({})).toBe("/events?size=24");
  expect(isEmpty(search)).toBe(false);
  expect(isEmpty(fromQuery({ utm_source: "x" }))).toBe(true);
});

test("a change keeps the other filters and goes back to the first page", () => {
  const search = { keyword: "jazz", city: "Wien", page: "3" };
  expect(address(search, { date: "tonight" })).toBe("/?keyword=jazz&city=Wien&date=tonight");
  expect(address(search, { city: "", keyword: "" })).toBe("/");
  expect(address(search, { page: "4" })).toBe("/?keyword=jazz&city=Wien&page=4");
});

test("a place is told no closer than a kilometre", () => {
  expect(point({ latitude: 48.213456, longitude: 16.371234 })).toBe("48.21,16.37");
});

test("no event is shown twice on a page, and no row is empty", () => {
  const events = (...ids: string[]) => ids.map((eventId) => ({ eventId }) as EventSummary);
  const rows = withoutRepetition([
    { title: "Weekend", events: events("a", "b") },
    { title: "New", events: events("b") },
    { title: "All", events: events("a", "b", "c") },
  ]);
  expect(rows.map(({ title, events }) => [title, events.map(({ eventId }) => eventId)])).toEqual([
    ["Weekend", ["a", "b"]],
    ["All", ["c"]],
  ]);
});

test("an event's poster is the same wherever it is drawn", () => {
  const stream = (text: string) => Array.from({ length: 4 }, seeded(text));
  expect(stream("evt_1")).toEqual(stream("evt_1"));
  expect(stream("evt_1")).not.toEqual(stream("evt_2"));
});
