import { observeServerTime } from "./api/clock";

/** What the deployment tells the client, once, from /config.json. */
export interface Config {
  apiBase: string;
  /** Where the WebSocket is, on the site's own address. */
  livePath: string;
  cognito: { endpoint: string; clientId: string; region: string };
  stripe: { jsUrl: string; publishableKey: string; apiBase?: string };
  push: { standIn: string };
}

let loading: Promise<Config> | undefined;

/** The deployment's settings; a failed load is tried again by the next caller. */
export function config(): Promise<Config> {
  const sentAt = Date.now();
  loading ??= fetch("/config.json", { cache: "no-store", signal: AbortSignal.timeout(10_000) })
    .then((answer) => {
      if (!answer.ok) throw new Error(`config.json answered ${answer.status}`);
      observeServerTime(answer.headers.get("date"), sentAt, Date.now());
      return answer.json() as Promise<Config>;
    })
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}
