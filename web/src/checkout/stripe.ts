import type { Stripe, StripeConstructor } from "@stripe/stripe-js";
import { type Config, config } from "../config";

declare global {
  interface Window {
    Stripe?: StripeConstructor;
  }
}

let loading: Promise<Stripe> | undefined;

/**
 * Stripe.js from the address the deployment names: always Stripe's own in production, since card details may
 * only ever be typed into Stripe's frames; a stand-in with the same interface on a laptop.
 */
export function stripe(): Promise<Stripe> {
  loading ??= config()
    .then(({ stripe: settings }) => load(settings))
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

async function load(settings: Config["stripe"]): Promise<Stripe> {
  if (!window.Stripe) await script(settings.jsUrl);
  if (!window.Stripe) throw new Error("Stripe.js did not load");
  return window.Stripe(settings.publishableKey);
}

function script(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = src;
    element.onload = () => resolve();
    element.onerror = () => {
      element.remove();
      reject(new Error("Stripe.js did not load"));
    };
    document.head.append(element);
  });
}

/** The card form in the page's own colours. */
export function appearance() {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    theme: dark ? ("night" as const) : ("stripe" as const),
    variables: {
      colorPrimary: token("--focus"),
      colorBackground: token("--surface"),
      colorText: token("--ink"),
      colorTextSecondary: token("--ink-2"),
      colorDanger: token("--bad"),
      fontFamily: "system-ui, sans-serif",
      borderRadius: "6px",
      spacingUnit: "4px",
    },
    rules: { ".Input": { border: `1.5px solid ${token("--line-strong")}` } },
  };
}
