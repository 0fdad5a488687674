// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Order } from "../src/api/types";

const order = (status: string) => ({ orderId: "ord_1", status }) as Order;

/** The site, where the order stands as `answers` say; the second of each look on the page's clock. */
function site(...answers: string[]) {
  const looks: number[] = [];
  const opened = Date.now();
  vi.stubGlobal("fetch", async (url: string) => {
    if (url === "/config.json") return Response.json({ apiBase: "/api", livePath: "/live" });
    if (url.endsWith("/live/tickets")) return new Promise(() => {});
    looks.push((Date.now() - opened) / 1000);
    return Response.json(order(answers.shift() ?? "completed"));
  });
  return looks;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  vi.doMock("../src/account/session", () => ({ accessToken: async () => "token", forgetSession: vi.fn() }));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("an order placed a moment ago is shown at once, and asked for less and less often", async () => {
  const looks = site("pending", "pending", "pending", "pending");
  const { followOrder, followPlaced } = await import("../src/orders/follow");
  const told: string[] = [];
  followPlaced(order("pending"));
  const leave = followOrder("ord_1", ({ status }) => told.push(status), vi.fn());
  expect(told).toEqual(["pending"]);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(looks).toEqual([0.4, 1.2, 2.4, 3.6, 4.8]);
  expect(told.at(-1)).toBe("completed");
  leave();
});

test.each([
  ["another order", { ...order("pending"), orderId: "ord_2" }],
  ["one that has ended", order("failed")],
])("what is known of %s is not shown", async (_, placed) => {
  const looks = site("completed");
  const { followOrder, followPlaced } = await import("../src/orders/follow");
  const told: string[] = [];
  followPlaced(placed);
  const leave = followOrder("ord_1", ({ status }) => told.push(status), vi.fn());
  await vi.advanceTimersByTimeAsync(100);
  expect([looks, told]).toEqual([[0], ["completed"]]);
  leave();
});
