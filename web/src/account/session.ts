import { signal } from "@preact/signals";
import { Problem } from "../api/problems";
import { AccountRefusal, refresh, revoke, type Tokens } from "./cognito";

/**
 * The signed-in person. The access token lives in memory only. The refresh token lies in localStorage, so that
 * a reload or a second tab stays signed in; it is rotated at every use, and the page runs no script but its own
 * and Stripe's (CSP), which is what guards it. One tab at a time refreshes (Web Locks), since a rotated token
 * works once.
 */
export interface Person {
  email: string;
  name: string;
  groups: string[];
}
interface Stored {
  refreshToken: string;
  person: Person;
}

const KEY = "boxoffice.session";
/** Until when the edge knows this sign-in by its cookie; the next one has to ask for another. */
export const EDGE_COOKIE_UNTIL = "boxoffice.edge-cookie";
const EARLY_MS = 60_000;
let access: { token: string; until: number } | undefined;

export const person = signal<Person | undefined>(stored()?.person);

addEventListener("storage", ({ key }) => {
  if (key !== KEY && key !== null) return;
  const now = stored()?.person;
  if (now?.email !== person.value?.email) {
    access = undefined;
    person.value = now;
  }
});

function stored(): Stored | undefined {
  const text = localStorage.getItem(KEY);
  return text ? (JSON.parse(text) as Stored) : undefined;
}

function keep(tokens: Tokens, refreshToken: string): string {
  const claims = claimsOf(tokens.IdToken);
  const email = String(claims.email ?? "");
  const known: Person = {
    email,
    name: String(claims.name ?? email),
    groups: (claims["cognito:groups"] as string[] | undefined) ?? [],
  };
  access = { token: tokens.AccessToken, until: Date.now() + tokens.ExpiresIn * 1000 - EARLY_MS };
  localStorage.setItem(KEY, JSON.stringify({ refreshToken, person: known } satisfies Stored));
  person.value = known;
  return tokens.AccessToken;
}

function claimsOf(jwt: string): Record<string, unknown> {
  const payload = (jwt.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
}

export function startSession(tokens: Tokens): void {
  localStorage.removeItem(EDGE_COOKIE_UNTIL);
  keep(tokens, tokens.RefreshToken ?? "");
}

/** Drops the session on this device, as after the API refused its token. */
export function forgetSession(): void {
  access = undefined;
  localStorage.removeItem(KEY);
  person.value = undefined;
}

/** Signs out here and makes the refresh token worthless. */
export async function endSession(): Promise<void> {
  const token = stored()?.refreshToken;
  forgetSession();
  if (token) await revoke(token).catch(() => undefined);
}

/** A valid access token; throws the Problem `unauthenticated` when the person has to sign in. */
export async function accessToken(): Promise<string> {
  if (access && access.until > Date.now()) return access.token;
  return exclusively(async () => {
    if (access && access.until > Date.now()) return access.token;
    const session = stored();
    if (!session) throw new Problem("unauthenticated", 401);
    try {
      const tokens = await refresh(session.refreshToken);
      return keep(tokens, tokens.RefreshToken ?? session.refreshToken);
    } catch (error) {
      if (!(error instanceof AccountRefusal)) throw error;
      forgetSession();
      throw new Problem("unauthenticated", 401);
    }
  });
}

function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(KEY, work) as Promise<T>) : work();
}
