/** What the deployment tells the client, once, from /config.json. */
export interface Config {
  apiBase: string;
  cognito: { endpoint: string; clientId: string; region: string };
  stripe: { jsUrl: string; publishableKey: string; apiBase?: string };
}

let loading: Promise<Config> | undefined;

/** The deployment's settings; a failed load is tried again by the next caller. */
export function config(): Promise<Config> {
  loading ??= fetch("/config.json", { signal: AbortSignal.timeout(10_000) })
    .then((answer) => {
      if (!answer.ok) throw new Error(`config.json answered ${answer.status}`);
      return answer.json() as Promise<Config>;
    })
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}
