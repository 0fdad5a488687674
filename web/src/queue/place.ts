import type { NowServing } from "../api/types";

/**
 * One's own place in the line, from one's rank and the public document alone: the same sums as the API's
 * (`functions/waitingroom/waits.py`), so that nobody has to ask it.
 */
const END_OF_DRAW = `0${"f".repeat(32)}`;
const [SOONEST, LATEST] = [0.7, 1.6];
const POLLS_PER_SECOND = 100_000;

export interface Wait {
  min: number;
  max: number;
}

/** How much of the draw lies at or below this rank. */
function fraction(rank: string): number {
  if (rank === "") return 0;
  return rank > END_OF_DRAW ? 1 : Number.parseInt(rank.slice(1, 14), 16) / 2 ** 52;
}

function lateUntil(now: NowServing, came: number): number {
  const points = now.arrivals as [number, number][];
  const at = points.findIndex(([ms]) => ms >= came);
  if (at < 0) return points.at(-1)?.[1] ?? 0;
  const [t1, n1] = points[at] as [number, number];
  if (at === 0) return n1;
  const [t0, n0] = points[at - 1] as [number, number];
  return n0 + ((n1 - n0) * (came - t0)) / (t1 - t0);
}

function cameAt(rank: string): number {
  return Number.parseInt(rank.slice(1, 13), 16);
}

function peopleUntil(now: NowServing, rank: string): number {
  return now.registered * fraction(rank) + (rank > END_OF_DRAW ? lateUntil(now, cameAt(rank)) : 0);
}

/** People ahead who have not been called; undefined while that is not known. */
export function ahead(now: NowServing, rank: string | undefined): number | undefined {
  if (rank === undefined) return undefined;
  if (rank <= now.called) return 0;
  const counted = (now.arrivals as [number, number][]).at(-1)?.[0] ?? 0;
  if (rank > END_OF_DRAW && cameAt(rank) > counted) return undefined;
  return Math.max(0, Math.floor(peopleUntil(now, rank) - peopleUntil(now, now.called)));
}

/** Whether so few are ahead that a connection of one's own is worth it: they would be called within two minutes. */
export function isNear(now: NowServing, people: number | undefined): boolean {
  return people !== undefined && people <= Math.max(1000, now.callsPerSecond * 120);
}

/** An honest range, in seconds; undefined while nothing moves. */
export function waitFor(now: NowServing, people: number | undefined): Wait | undefined {
  if (people === undefined || now.callsPerSecond <= 0 || now.paused || now.phase !== "serving")
    return undefined;
  const seconds = people / now.callsPerSecond;
  return { min: Math.floor(seconds * SOONEST), max: Math.ceil(seconds * LATEST) };
}

/** Whether the tickets will very likely be gone first. */
export function outOfReach(now: NowServing, people: number | undefined): boolean {
  if (now.seatsLeft === null || now.seatsLeft === undefined || people === undefined) return false;
  return now.seatsLeft === 0 || people * now.showRate > 2 * now.seatsLeft;
}

/** While nobody knows how long it takes: by how far off the draw is, and the more wait, the less often each asks. */
export function crowdSeconds(now: NowServing): number {
  const { part, secondsMax } = now.poll as Required<NowServing["poll"]>;
  const drawAt = now.phase === "registering" && now.draw.drawAt ? Date.parse(now.draw.drawAt) : 0;
  const untilDraw = (drawAt - Date.parse(now.at)) / 1000;
  return Math.min(secondsMax, Math.max(untilDraw / part, now.queueLength / POLLS_PER_SECOND));
}

/** When to ask again: often near the head, seldom far from it, and not in step with everybody else. */
export function pollSeconds(now: NowServing, wait: Wait | undefined, dice = Math.random()): number {
  const { part, secondsMin, secondsMax, jitter } = now.poll as Required<NowServing["poll"]>;
  const middle = wait ? (wait.min + wait.max) / 2 / part : Math.max(30, crowdSeconds(now));
  return Math.min(secondsMax, Math.max(secondsMin, middle)) * (1 + jitter * (2 * dice - 1));
}

/** The rank that the draw gave: SHA-256 of seed, event and person, as anybody can compute it. */
export async function drawRank(seed: string, eventId: string, personId: string): Promise<string> {
  const digest = await sha256(concat(unhex(seed), utf8(eventId), utf8(personId)));
  return `0${hex(digest).slice(0, 32)}`;
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function unhex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
