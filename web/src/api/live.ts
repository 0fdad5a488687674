import { config } from "../config";
import { call } from "./client";

const AGAIN_MS = 1_000;
const AGAIN_MS_MAX = 30_000;
/** API Gateway ends a connection that is quiet for ten minutes. */
const HELLO_EVERY_MS = 300_000;

export type LiveMessage = { type: string } & Record<string, unknown>;

/**
 * Keeps a connection open, and says `hello` on each new one and every few minutes. `hear` answers whether a message
 * was good: one that was not ends the connection, and as long as there was no good one, the next try waits longer.
 * Ends when the returned function is called. `signedIn`: the connection is the signed-in person's, not anybody's.
 */
export function stayLive(
  hello: object,
  hear: (message: LiveMessage) => boolean,
  lost: () => void,
  signedIn = false,
): () => void {
  const leaving = new AbortController();
  let socket: WebSocket | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let wait = AGAIN_MS;
  const later = () => {
    if (leaving.signal.aborted) return;
    lost();
    // Jitter: after a fault, a whole audience comes back.
    again = setTimeout(open, wait * (0.5 + Math.random() / 2));
    wait = Math.min(wait * 2, AGAIN_MS_MAX);
  };
  const open = async () => {
    try {
      const { livePath } = await config();
      const { ticket } = await call<{ ticket: string }>("/live/tickets", {
        method: "POST",
        private: signedIn,
        signal: leaving.signal,
      });
      if (leaving.signal.aborted) return;
      const url = new URL(`${livePath}?ticket=${encodeURIComponent(ticket)}`, location.href);
      url.protocol = url.protocol.replace("http", "ws");
      socket = new WebSocket(url);
    } catch {
      later();
      return;
    }
    const own = socket;
    let greeting: ReturnType<typeof setInterval> | undefined;
    own.onopen = () => {
      const greet = () => own.send(JSON.stringify(hello));
      greet();
      greeting = setInterval(greet, HELLO_EVERY_MS);
    };
    own.onmessage = ({ data }) => {
      if (hear(JSON.parse(String(data)) as LiveMessage)) wait = AGAIN_MS;
      else own.close();
    };
    own.onclose = () => {
      clearInterval(greeting);
      later();
    };
  };
  void open();
  return () => {
    leaving.abort();
    clearTimeout(again);
    socket?.close();
  };
}
