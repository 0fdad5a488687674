import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

/** The server's clock is `ahead` ms ahead of ours; answers carry whole seconds and take 80 ms there and back. */
async function after(answers: number[], ahead: number) {
  const { observeServerTime, serverNow } = await import("../src/api/clock");
  for (const receivedAt of answers) {
    const server = new Date(Math.floor((receivedAt - 40 + ahead) / 1000) * 1000);
    observeServerTime(server.toUTCString(), receivedAt - 80, receivedAt);
  }
  const now = answers.at(-1) as number;
  vi.setSystemTime(now);
  return serverNow() - (now + ahead);
}

const base = Date.UTC(2026, 5, 1, 12);

test("one answer is enough to be at most a second late, and never early", async () => {
  for (const ahead of [0, 90_300, -3_600_450]) {
    vi.resetModules();
    const error = await after([base + 500], ahead);
    expect(error).toBeGreaterThanOrEqual(0);
    expect(error).toBeLessThanOrEqual(1_100);
  }
});

test("more answers narrow it down", async () => {
  const error = await after([base + 100, base + 1_640, base + 2_800, base + 3_990, base + 5_020], 12_345);
  expect(error).toBeGreaterThanOrEqual(0);
  expect(error).toBeLessThanOrEqual(250);
});

test("a clock that was set is believed anew", async () => {
  await after([base], 0);
  const { observeServerTime, serverNow } = await import("../src/api/clock");
  observeServerTime(new Date(base + 600_000).toUTCString(), base, base + 50);
  expect(serverNow() - base).toBeGreaterThanOrEqual(600_000);
});

test("an answer without a date changes nothing", async () => {
  const { observeServerTime, serverNow } = await import("../src/api/clock");
  vi.setSystemTime(base);
  observeServerTime(null, base, base);
  observeServerTime("yesterday", base, base);
  expect(serverNow()).toBe(base);
});
