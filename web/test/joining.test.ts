// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { NowServing, Standing } from "../src/api/types";

const NOW = {
  eventId: "evt",
  queueLength: 10,
  joinSpreadSeconds: 0,
  degradedTerms: "terms",
  at: "2030-05-01T08:00:00Z",
  draw: {},
  poll: { part: 10, secondsMin: 5, secondsMax: 600, jitter: 0.2 },
  rules: { checksCrowds: false },
} as unknown as NowServing;
const STANDING = { queueToken: "place" } as Standing;

/** The site, with an edge that knows this browser once it has fetched the cookie; `asked` is what reached it. */
function site(known = false) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string, options?: RequestInit) => {
    if (url === "/config.json") return Response.json({ apiBase: "/api" });
    const path = url.split("?")[0]?.split("/").at(-1) as string;
    asked.push(path);
    if (path === "edge-cookie") known = true;
    if (path === "edge-cookie") return new Response(null, { status: 204 });
    if (path === "join") return Response.json({ rank: JSON.parse(String(options?.body)).receipt ?? null });
    if (known) return Response.json(path === "degraded" ? { accessToken: "won" } : { receipt: "came" });
    const problem = { type: "https://boxoffice.example/problems/edge-cookie-required", status: 401 };
    return Response.json(problem, { status: 401, headers: { "content-type": "application/problem+json" } });
  });
  return asked;
}

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  vi.resetModules();
  vi.doMock("../src/account/session", () => ({
    EDGE_COOKIE_UNTIL: "boxoffice.edge-cookie",
    accessToken: async () => "token",
    forgetSession: vi.fn(),
  }));
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("whoever waits without a cookie gets one and then takes part in the lot", async () => {
  const asked = site();
  const { drawLot } = await import("../src/queue/edge");
  const { admissionTo } = await import("../src/queue/admission");
  expect(await drawLot(NOW, STANDING, undefined)).toBe(true);
  expect(asked).toEqual(["edge-cookie", "degraded"]);
  expect(admissionTo("evt")).toBe("won");
});

test("a cookie that the edge no longer takes costs one lot and signs nobody out", async () => {
  localStorage.setItem("boxoffice.edge-cookie", String(Date.now() + 60_000));
  const asked = site();
  const { forgetSession } = await import("../src/account/session");
  const { drawLot } = await import("../src/queue/edge");
  expect(await drawLot(NOW, STANDING, undefined)).toBe(false);
  expect(await drawLot(NOW, STANDING, undefined)).toBe(true);
  expect(asked).toEqual(["degraded", "edge-cookie", "degraded"]);
  expect(forgetSession).not.toHaveBeenCalled();
});

test("of a crowd without cookies only so many a second ask for one", async () => {
  const asked = site();
  const { drawLot } = await import("../src/queue/edge");
  const crowd = { ...NOW, queueLength: 50_000_000 };
  // 50 million who look every 500 s are 100,000 looks a second, of which 2,000 may ask.
  expect(await drawLot(crowd, STANDING, undefined, 0.021)).toBe(false);
  expect(asked).toEqual([]);
  expect(await drawLot(crowd, STANDING, undefined, 0.019)).toBe(true);
});

test("a page that is loaded again goes on waiting for the moment it drew", async () => {
  const before = await import("../src/queue/joining");
  vi.resetModules();
  const after = await import("../src/queue/joining");
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const asked = site(true);
  void before.join("evt", { ...NOW, joinSpreadSeconds: 1000, rules: { ...NOW.rules, checksCrowds: true } });
  await vi.advanceTimersByTimeAsync(400_000);
  const later = Date.now();
  vi.clearAllTimers(); // the page is gone, and with it the clock that was advanced
  vi.setSystemTime(later);
  vi.mocked(Math.random).mockReturnValue(0.9);
  const { joinsAt, hasJoined, join } = after;
  expect([joinsAt("evt"), hasJoined("evt")]).toEqual([later + 100_000, false]);
  const joined = join("evt", undefined);
  await vi.advanceTimersByTimeAsync(99_000);
  expect(asked).not.toContain("join");
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await joined).rank).toBe("came");
  expect([joinsAt("evt"), hasJoined("evt")]).toEqual([undefined, true]);
});
