import { describe, expect, it } from "vitest";
import type { NowServing } from "../src/api/types";
import { ahead, concat, drawRank, outOfReach, pollSeconds, sha256, utf8, waitFor } from "../src/queue/place";
import { solve } from "../src/queue/puzzle";
import { wordsFor } from "../src/queue/words";

const NOW = {
  eventId: "evt_06gvk2m1c8t4hq3e",
  phase: "serving",
  paused: false,
  called: "",
  registered: 1000,
  arrivals: [
    [1000, 0],
    [3000, 10],
  ],
  at: "2030-05-01T08:00:00Z",
  draw: {},
  callsPerSecond: 2,
  showRate: 0.5,
  seatsLeft: 200,
  queueLength: 1000,
  joinSpreadSeconds: 0,
  poll: { part: 10, secondsMin: 5, secondsMax: 600, jitter: 0.2 },
} as unknown as NowServing;

const late = (ms: number) => `1${ms.toString(16).padStart(12, "0")}${"0".repeat(20)}`;

describe("one's own place", () => {
  it("follows from one's rank and the public document", () => {
    const half = `08${"0".repeat(31)}`;
    expect(ahead(NOW, half)).toBe(500);
    expect(ahead({ ...NOW, called: `04${"0".repeat(31)}` }, half)).toBe(250);
    expect(ahead({ ...NOW, called: half }, half)).toBe(0);
    expect(ahead(NOW, late(2000))).toBe(1005);
    expect(ahead(NOW, late(3001))).toBeUndefined();
    expect(ahead(NOW, undefined)).toBeUndefined();
  });

  it("is the rank that the draw gave", async () => {
    const rank = await drawRank("00".repeat(32), "evt", "ada");
    expect(rank).toBe("0273fb31971b76e45ea0d07bbb39c0bff");
  });

  it("says an honest range, and when there is hardly a chance", () => {
    expect(waitFor(NOW, 1000)).toEqual({ min: 350, max: 800 });
    expect(waitFor({ ...NOW, paused: true }, 1000)).toBeUndefined();
    expect(outOfReach(NOW, 800)).toBe(false);
    expect(outOfReach(NOW, 801)).toBe(true);
  });

  it("asks often near the head and seldom far from it, never in step", () => {
    expect(pollSeconds(NOW, { min: 0, max: 10 }, 0.5)).toBe(5);
    expect(pollSeconds(NOW, { min: 10_000, max: 20_000 }, 0.5)).toBe(600);
    expect(pollSeconds(NOW, { min: 0, max: 10 }, 0)).toBe(4);
    expect(pollSeconds(NOW, { min: 0, max: 10 }, 1)).toBe(6);
  });

  it("asks seldom where many wait and nobody knows how long", () => {
    expect(pollSeconds(NOW, undefined, 0.5)).toBe(30);
    expect(pollSeconds({ ...NOW, queueLength: 50_000_000 }, undefined, 0.5)).toBe(500);
  });

  it("asks seldom while the draw is far off, and more often towards it", () => {
    const hoursAhead = (hours: number) => ({
      ...NOW,
      phase: "registering" as const,
      at: `2030-05-01T0${8 - hours}:00:00Z`,
      draw: { ...NOW.draw, drawAt: "2030-05-01T08:00:00Z" },
    });
    expect(pollSeconds(hoursAhead(4), undefined, 0.5)).toBe(600);
    expect(pollSeconds(hoursAhead(1), undefined, 0.5)).toBe(360);
    expect(pollSeconds(hoursAhead(0), undefined, 0.5)).toBe(30);
  });
});

describe("what is said to whoever waits", () => {
  const line = (change: object) => ({
    now: { ...NOW, draw: {}, mode: "normal" } as unknown as NowServing,
    joined: true,
    joining: false,
    unopened: false,
    outOfReach: false,
    join: () => undefined,
    leave: () => undefined,
    ...change,
  });

  it("is two digits of a long line and a range of minutes", () => {
    const words = wordsFor(line({ position: 123_456, wait: { min: 3_000, max: 7_000 } }));
    expect(words.title).toBe("About 130,000 people ahead of you");
    expect(words.next).toContain("between 50 minutes and 2 hours");
  });

  it("is exact near the head", () => {
    expect(wordsFor(line({ position: 1 })).title).toBe("One person is ahead of you");
    expect(wordsFor(line({ position: 42, wait: { min: 60, max: 130 } })).next).toContain(
      "between 1 and 2 minutes",
    );
  });

  it("matters only when more than numbers change", () => {
    const at = (position: number) => wordsFor(line({ position })).kind;
    expect(at(90)).toBe(at(80));
    expect(at(1)).not.toBe(at(0));
  });

  it("says what happens next in every state", () => {
    expect(wordsFor(line({ position: 0 })).title).toBe("It is your turn");
    expect(wordsFor(line({ joined: false })).title).toBe("You are not in line yet");
    const spread = { now: { ...NOW, joinSpreadSeconds: 4000 }, joined: false, joining: true };
    const joinsAt = new Date(2030, 4, 1, 10, 24).getTime();
    expect(wordsFor(line({ ...spread, joinsAt })).next).toContain("yours is 10:24");
    expect(wordsFor(line({ now: { ...NOW, paused: true, draw: {} } as never, position: 9 })).title).toBe(
      "The line is paused",
    );
    expect(wordsFor(line({ now: { ...NOW, seatsLeft: 0, draw: {} } as never })).title).toBe("Sold out");
    expect(wordsFor(line({ unopened: true, now: undefined })).title).toContain("not open yet");
    expect(wordsFor(line({ position: undefined })).next).toContain("being worked out");
  });
});

describe("the puzzle before a turn", () => {
  it("is solved by a number behind it", async () => {
    const answer = await solve("one.two.three", 10, new AbortController().signal);
    expect(answer.startsWith("one.two.three.")).toBe(true);
    const [first, second] = await sha256(concat(utf8(answer)));
    expect(first).toBe(0);
    expect((second as number) >> 6).toBe(0);
  });

  it("is given up with the page", async () => {
    await expect(solve("p", 255, AbortSignal.abort())).rejects.toThrow();
  });
});
