// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { Event } from "../src/api/types";
import { nextOpening, openPresale, presaleCode, rememberCode } from "../src/event/presale";
import { closedWords } from "../src/event/sale";
import { instantIn, localIn } from "../src/organizer/times";

const NOON = Date.parse("2030-03-01T12:00:00Z");
const fans = {
  id: "fans",
  name: "Fan club",
  startsAt: "2030-03-01T11:00:00Z",
  endsAt: "2030-03-01T13:00:00Z",
};
const event = {
  eventId: "evt_1",
  status: "on_sale",
  onSaleAt: "2030-03-02T12:00:00Z",
  saleEndsAt: "2030-04-01T12:00:00Z",
  venue: { timezone: "Europe/Vienna" },
  presales: [fans],
} as unknown as Event;

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  return () => vi.useRealTimers();
});

test("a presale is open in its window alone, and then nothing is closed", () => {
  expect(openPresale(event)?.name).toBe("Fan club");
  expect(closedWords(event)).toBeUndefined();
  vi.setSystemTime(Date.parse(fans.endsAt));
  expect(openPresale(event)).toBeUndefined();
  expect(closedWords(event)?.title).toBe("Not on sale yet");
  vi.setSystemTime(Date.parse(event.onSaleAt));
  expect(openPresale(event)).toBeUndefined();
  expect(closedWords(event)).toBeUndefined();
});

test("an event without its seats is closed in its presale too", () => {
  expect(closedWords({ ...event, status: "scheduled" })?.title).toBe("Not on sale yet");
});

test("the page waits for whatever opens or closes next", () => {
  expect(nextOpening(event)).toBe(3_600_000);
  expect(nextOpening({ ...event, presales: [] })).toBe(24 * 3_600_000);
});

test("a code is remembered for its event", () => {
  rememberCode("evt_1", "ABCD");
  expect([presaleCode("evt_1"), presaleCode("evt_2")]).toEqual(["ABCD", ""]);
});

test.each(["2030-03-31T01:59", "2030-03-31T03:00", "2030-10-27T12:00", "2030-07-01T20:30"])(
  "the venue's clock is read as it was written: %s",
  (local) => expect(localIn("Europe/Vienna", instantIn("Europe/Vienna", local))).toBe(local),
);
