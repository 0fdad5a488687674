import { accessToken, forgetSession } from "../account/session";
import { config } from "../config";
import { observeServerTime } from "./clock";
import { Problem } from "./problems";

const TIMEOUT_MS = 15_000;

export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  /** Send the person's access token; a missing session is then a 401 without a round trip. */
  private?: boolean;
  signal?: AbortSignal | undefined;
}

/** Calls the API and returns its JSON answer; every refusal is a Problem. */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const answer = await send(path, options);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** Like `call`, for answers that are files. */
export async function download(path: string): Promise<Blob> {
  const answer = await send(path, { private: true });
  return answer.blob();
}

const PAGES_MAX = 20;

/** All things of a list that comes in pages. */
export async function callAll<K extends string, T>(path: string, key: K, options: Call = {}): Promise<T[]> {
  const all: T[] = [];
  let cursor = "";
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = `limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await call<Record<K, T[]> & { nextCursor?: string | null }>(`${path}?${query}`, options);
    all.push(...answer[key]);
    if (!answer.nextCursor) break;
    cursor = answer.nextCursor;
  }
  return all;
}

async function send(path: string, options: Call): Promise<Response> {
  const { apiBase } = await reach(() => config());
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.private) headers.authorization = `Bearer ${await accessToken()}`;
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(options.signal ? [options.signal] : [])];
  const started = Date.now();
  const answer = await reach(() =>
    fetch(apiBase + path, {
      method: options.method ?? "GET",
      headers,
      signal: AbortSignal.any(signals),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    }),
  );
  // Private answers are never cached, so that their Date is the server's clock and not a cache's past.
  if (options.private) observeServerTime(answer.headers.get("date"), started, Date.now());
  if (answer.ok) return answer;
  if (answer.status === 401 && options.private) forgetSession();
  throw await refusal(answer);
}

async function reach<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(navigator.onLine ? "unreachable" : "offline", 0);
  }
}

async function refusal(answer: Response): Promise<Problem> {
  const type = answer.headers.get("content-type") ?? "";
  const data: Record<string, unknown> = type.includes("json") ? await answer.json().catch(() => ({})) : {};
  const retryAfter = answer.headers.get("retry-after");
  if (retryAfter) data.retryAfter = retryAfter;
  const word =
    String(data.type ?? "")
      .split(/[/:#]/)
      .at(-1) || `status-${answer.status}`;
  return new Problem(word, answer.status, data);
}
