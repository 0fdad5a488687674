// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";

const claims = btoa(JSON.stringify({ email: "fan@example.com", name: "Fan" }));
const tokens = (n: number) => ({
  AccessToken: `access-${n}`,
  IdToken: `x.${claims}.x`,
  ExpiresIn: 3600,
  RefreshToken: `refresh-${n}`,
});

/** Answers as Cognito does; each refresh token works once. */
function pool(valid: string) {
  let current = valid;
  let served = 0;
  return vi.fn(async (url: string | URL | Request, init?: RequestInit) => {
    if (url === "/config.json") return Response.json({ cognito: { endpoint: "/pool", clientId: "c" } });
    const { RefreshToken } = JSON.parse(String(init?.body)) as { RefreshToken: string };
    await Promise.resolve();
    if (RefreshToken !== current) return Response.json({ __type: "NotAuthorizedException" }, { status: 400 });
    const next = tokens(++served);
    current = next.RefreshToken;
    return Response.json({ AuthenticationResult: next });
  });
}

beforeEach(() => {
  localStorage.clear();
  vi.resetModules();
});

function signedIn(refreshToken: string) {
  localStorage.setItem(
    "boxoffice.session",
    JSON.stringify({ refreshToken, person: { email: "fan@example.com", name: "Fan", groups: [] } }),
  );
}

test("a reload stays signed in, and many calls at once refresh once", async () => {
  signedIn("refresh-0");
  const fetched = pool("refresh-0");
  vi.stubGlobal("fetch", fetched);
  const { accessToken, person } = await import("../src/account/session");
  expect(person.value?.email).toBe("fan@example.com");
  const first = await accessToken();
  expect(first).toBe("access-1");
  expect(await Promise.all([accessToken(), accessToken()])).toEqual([first, first]);
  expect(fetched.mock.calls.filter(([url]) => url === "/pool")).toHaveLength(1);
});

test("the rotated refresh token replaces the used one; the access token is not stored", async () => {
  signedIn("refresh-0");
  vi.stubGlobal("fetch", pool("refresh-0"));
  const { accessToken } = await import("../src/account/session");
  await accessToken();
  const stored = localStorage.getItem("boxoffice.session") ?? "";
  expect(stored).toContain("refresh-1");
  expect(stored).not.toContain("refresh-0");
  expect(stored).not.toContain("access-");
});

test("a refused refresh token ends the session", async () => {
  signedIn("stolen-or-old");
  vi.stubGlobal("fetch", pool("refresh-0"));
  const { accessToken, person } = await import("../src/account/session");
  await expect(accessToken()).rejects.toMatchObject({ word: "unauthenticated" });
  expect(person.value).toBeUndefined();
  expect(localStorage.getItem("boxoffice.session")).toBeNull();
});

test("a network failure does not end the session", async () => {
  signedIn("refresh-0");
  vi.stubGlobal("fetch", async (url: string) => {
    if (url === "/config.json") return Response.json({ cognito: { endpoint: "/pool", clientId: "c" } });
    throw new TypeError("no network");
  });
  const { accessToken, person } = await import("../src/account/session");
  await expect(accessToken()).rejects.toMatchObject({ status: 0 });
  expect(person.value?.email).toBe("fan@example.com");
});

test("the edge not knowing a browser signs nobody out", async () => {
  signedIn("refresh-0");
  const problem = { type: "https://boxoffice.example/problems/edge-cookie-required", status: 401 };
  vi.stubGlobal("fetch", async (url: string) =>
    url === "/config.json"
      ? Response.json({ apiBase: "/api" })
      : Response.json(problem, { status: 401, headers: { "content-type": "application/problem+json" } }),
  );
  const { call } = await import("../src/api/client");
  const { person } = await import("../src/account/session");
  await expect(call("/queue/evt/degraded", { method: "POST" })).rejects.toMatchObject({
    word: "edge-cookie-required",
  });
  expect(person.value?.email).toBe("fan@example.com");
});

test("whoever signs in asks the edge for a cookie of their own", async () => {
  const { startSession, EDGE_COOKIE_UNTIL } = await import("../src/account/session");
  localStorage.setItem(EDGE_COOKIE_UNTIL, String(Date.now() + 3_600_000));
  startSession(tokens(1));
  expect(localStorage.getItem(EDGE_COOKIE_UNTIL)).toBeNull();
});
