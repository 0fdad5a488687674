import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { MyPreferences, Preferences } from "../api/types";
import { Failure, Notice, Spinner, useLoaded, useTitle } from "../ui/ui";
import "./account.css";
import { canBePushedTo, forgetBrowser, registerBrowser, thisBrowser } from "./push";
import { SignInFirst } from "./SignInFirst";
import { person } from "./session";

type Kind = "orders" | "action" | "events";
type Channel = Preferences["orders"][number];

const KINDS: [Kind, string, string][] = [
  ["orders", "Your orders", "Tickets and receipts, orders that did not go through, refunds"],
  ["action", "When something waits for you", "Your bank wants a confirmation; somebody looks at your order"],
  ["events", "Your events", "Cancelled, or moved to another date"],
];
const CHANNELS: [Channel, string][] = [
  ["mail", "E-mail"],
  ["sms", "Text message"],
  ["push", "This and other browsers"],
];

export function PreferencesPage() {
  useTitle("Your account");
  if (!person.value) return <SignInFirst />;
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      <h1>How we reach you</h1>
      <p class="lede">
        {person.value.name}, {person.value.email}. Whatever you choose, everything is also on your order’s
        page.
      </p>
      <Loading />
    </main>
  );
}

function Loading() {
  const loaded = useLoaded("preferences", (signal) =>
    call<MyPreferences>("/accounts/preferences", { private: true, signal }),
  );
  if (loaded.error !== undefined) return <Failure error={loaded.error} retry={loaded.reload} />;
  if (!loaded.value) return <div class="skeleton preferences-wait" role="status" aria-label="Loading" />;
  return (
    <>
      <Choices first={loaded.value.preferences} />
      <Browsers mine={loaded.value} changed={loaded.reload} />
    </>
  );
}

function Choices({ first }: { first: Preferences }) {
  const [wanted, setWanted] = useState(first);
  const [state, setState] = useState<"" | "busy" | "saved">("");
  const [error, setError] = useState<unknown>();
  const toggle = (kind: Kind, channel: Channel) => {
    const has = wanted[kind].includes(channel);
    const channels = has ? wanted[kind].filter((other) => other !== channel) : [...wanted[kind], channel];
    if (channels.length > 0) setWanted({ ...wanted, [kind]: channels });
    setState("");
  };
  const save = async (e: SubmitEvent) => {
    e.preventDefault();
    setState("busy");
    setError(undefined);
    try {
      const phone = wanted.phone?.replaceAll(/[\s()-]/g, "") || null;
      setWanted(
        await call<Preferences>("/accounts/preferences", {
          method: "PUT",
          private: true,
          body: { ...wanted, phone },
        }),
      );
      setState("saved");
    } catch (refused) {
      setError(refused);
      setState("");
    }
  };
  return (
    <form class="card stack preferences" onSubmit={save}>
      {KINDS.map(([kind, title, hint]) => (
        <fieldset key={kind}>
          <legend>{title}</legend>
          <p class="small muted">{hint}</p>
          <div class="preferences-channels">
            {CHANNELS.map(([channel, label]) => (
              <label key={channel}>
                <input
                  type="checkbox"
                  checked={wanted[kind].includes(channel)}
                  disabled={wanted[kind].length === 1 && wanted[kind][0] === channel}
                  onChange={() => toggle(kind, channel)}
                />
                {label}
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      <div class="field">
        <label for="phone">Phone number for text messages</label>
        <input
          id="phone"
          class="input"
          type="tel"
          autocomplete="tel"
          placeholder="+46 70 174 06 05"
          pattern="\+[0-9\s\(\)\-]{7,24}"
          title="With its country code, as +46 70 174 06 05"
          value={wanted.phone ?? ""}
          onInput={(e) => {
            setWanted({ ...wanted, phone: e.currentTarget.value || null });
            setState("");
          }}
        />
        <span class="hint">With its country code. We send nothing there but what you choose here.</span>
      </div>
      {error !== undefined && <Failure error={error} />}
      {state === "saved" && <Notice kind="good" title="Saved" />}
      <button class="button" type="submit" disabled={state === "busy"}>
        {state === "busy" ? <Spinner label="One moment" /> : "Save"}
      </button>
    </form>
  );
}

function Browsers({ mine, changed }: { mine: MyPreferences; changed: () => void }) {
  const [trouble, setTrouble] = useState("");
  const here = mine.browsers.find((browser) => browser.subscriptionId === thisBrowser());
  const change = async (work: () => Promise<void>) => {
    setTrouble("");
    try {
      await work();
      changed();
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <section class="card stack" aria-labelledby="browsers">
      <h2 id="browsers">Browsers that show our messages</h2>
      {mine.browsers.length === 0 && <p class="muted">None yet.</p>}
      <ul class="preferences-browsers">
        {mine.browsers.map((browser) => (
          <li key={browser.subscriptionId}>
            <span>
              {browser.label || "A browser"}
              {browser === here && " (this one)"}
            </span>
            <button
              type="button"
              class="link-button"
              onClick={() => change(() => forgetBrowser(browser.subscriptionId))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      {trouble && (
        <Notice kind="bad" title="This browser cannot be reached">
          {trouble}
        </Notice>
      )}
      {!here && canBePushedTo() && (
        <button
          type="button"
          class="button quiet"
          onClick={() => change(() => registerBrowser(mine.pushKey))}
        >
          Show messages in this browser
        </button>
      )}
    </section>
  );
}
