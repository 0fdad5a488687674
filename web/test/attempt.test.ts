// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { newAttempt, openAttempt, place } from "../src/checkout/attempt";

const sent: { key: string | null; body: string }[] = [];
const total = { amount: 17000, currency: "EUR" };
const soon = () => Promise.resolve();

function api(...answers: (() => Response)[]) {
  sent.length = 0;
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    if (url === "/config.json")
      return Response.json({ apiBase: "/api", cognito: { endpoint: "/pool", clientId: "c" } });
    if (url === "/pool") {
      const id = `x.${btoa(JSON.stringify({ email: "fan@example.com" }))}.x`;
      return Response.json({ AuthenticationResult: { AccessToken: "a", IdToken: id, ExpiresIn: 3600 } });
    }
    sent.push({ key: new Headers(init?.headers).get("idempotency-key"), body: String(init?.body) });
    return (answers.shift() as () => Response)();
  });
}
const accepted = () => Response.json({ orderId: "ord_1", status: "pending" }, { status: 202 });
const problem = (status: number, word: string) => () =>
  Response.json(
    { type: `https://x/problems/${word}`, status },
    { status, headers: { "content-type": "application/problem+json" } },
  );
const lost = () => {
  throw new TypeError("connection lost");
};

beforeEach(() => {
  sessionStorage.clear();
  localStorage.setItem(
    "boxoffice.session",
    JSON.stringify({ refreshToken: "r", person: { email: "fan@example.com" } }),
  );
});

test("a lost answer, a busy server and a call in flight are asked again with the same key and body", async () => {
  api(lost, problem(503, "busy"), problem(409, "in-progress"), accepted);
  const order = await place(newAttempt("hold_1", "pm_1", total), soon);
  expect(order.orderId).toBe("ord_1");
  expect(sent).toHaveLength(4);
  expect(new Set(sent.map((s) => s.key + s.body)).size).toBe(1);
});

test("an attempt without an answer stays open, to be sent again as it was after a reload", async () => {
  api(lost, lost, lost, lost, accepted);
  const attempt = newAttempt("hold_1", "pm_1", total);
  await expect(place(attempt, soon)).rejects.toMatchObject({ status: 0 });
  expect(openAttempt("hold_1")).toEqual(attempt);
  await place(openAttempt("hold_1") as typeof attempt, soon);
  expect(new Set(sent.map((s) => s.key)).size).toBe(1);
  expect(openAttempt("hold_1")).toBeUndefined();
});

test("a refusal closes the attempt: the next card is a new one", async () => {
  api(problem(410, "hold-expired"));
  await expect(place(newAttempt("hold_1", "pm_1", total), soon)).rejects.toMatchObject({
    word: "hold-expired",
  });
  expect(sent).toHaveLength(1);
  expect(openAttempt("hold_1")).toBeUndefined();
});
