import { call } from "../api/client";
import { config } from "../config";

/**
 * Messages pushed to this browser, by its own push service; /push.js shows them. On a laptop a stand-in takes the
 * push service's place, since a browser's own can be reached only over the internet.
 */
interface Subscribed {
  endpoint: string;
  keys: { p256dh: string; auth: string };
  label?: string;
}

const KEY = "boxoffice.push";
const BRANDS = ["Firefox", "Edg", "OPR", "Chrome", "Safari"];

/** The id under which this browser is registered, if it is. */
export function thisBrowser(): string | null {
  return localStorage.getItem(KEY);
}

export function canBePushedTo(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window;
}

/** Asks the person and the browser, and tells the API. Throws an Error whose message is for the person. */
export async function registerBrowser(pushKey: string): Promise<void> {
  const standIn = (await config()).push.standIn;
  const subscribed = standIn ? await subscribeAt(standIn) : await subscribeHere(pushKey);
  const { subscriptionId } = await call<{ subscriptionId: string }>("/accounts/push-subscriptions", {
    method: "POST",
    private: true,
    body: { label: browserName(navigator.userAgent), ...subscribed },
  });
  localStorage.setItem(KEY, subscriptionId);
}

/** Nothing is pushed there any more. */
export async function forgetBrowser(subscriptionId: string): Promise<void> {
  await call(`/accounts/push-subscriptions/${subscriptionId}`, { method: "DELETE", private: true });
  if (subscriptionId !== thisBrowser()) return;
  localStorage.removeItem(KEY);
  const worker = await navigator.serviceWorker.getRegistration("/push.js");
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

async function subscribeHere(pushKey: string): Promise<Subscribed> {
  if ((await Notification.requestPermission()) !== "granted") {
    throw new Error("It does not allow messages from this site. You can change that in its settings.");
  }
  await navigator.serviceWorker.register("/push.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  try {
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushKey });
    const { endpoint, keys } = made.toJSON() as Subscribed;
    return { endpoint, keys };
  } catch {
    throw new Error("Its push service does not answer. Try again later.");
  }
}

async function subscribeAt(standIn: string): Promise<Subscribed> {
  const answer = await fetch(standIn, { method: "POST" });
  return (await answer.json()) as Subscribed;
}

/** A name by which a person knows a browser again: "Chrome on Linux". */
export function browserName(agent: string): string {
  const brand = BRANDS.find((name) => agent.includes(`${name}/`));
  const words: Record<string, string> = { Edg: "Edge", OPR: "Opera" };
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0];
  return `${brand ? (words[brand] ?? brand) : "Browser"}${system ? ` on ${system}` : ""}`;
}
