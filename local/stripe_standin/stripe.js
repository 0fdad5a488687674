// The stand-in for stripe.js: the part of its interface that the site uses, drawn in plain elements.
// Card data goes from these inputs straight to the stand-in and never through the page's own code.
(() => {
  "use strict";
  const origin = new URL(document.currentScript.src).origin;

  const STYLE = `
  .StandIn{--accent:#0570de;--text:#30313d;--quiet:#6d6e78;--ground:#fff;--line:#d8dbe1;--danger:#c81d3c;
    --radius:6px;--font:system-ui,sans-serif;display:grid;grid-template-columns:1fr 1fr;gap:12px;
    color:var(--text);font-family:var(--font);font-size:16px;text-align:start}
  .StandIn-field{display:flex;flex-direction:column;gap:4px;min-width:0}
  .StandIn-field--wide{grid-column:1/-1}
  .StandIn label{font-size:14px;color:var(--text)}
  .StandIn input{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line);width:100%;
    border-radius:var(--radius);padding:12px;box-sizing:border-box;min-height:44px}
  .StandIn input:focus{outline:2px solid var(--accent);outline-offset:1px;border-color:var(--accent)}
  .StandIn input[aria-invalid=true]{border-color:var(--danger)}
  .StandIn-error{color:var(--danger);font-size:14px;min-height:1.2em;margin:0}
  .StandIn-note{grid-column:1/-1;margin:0;color:var(--quiet);font-size:13px}
  .StandIn-dialog{border:0;border-radius:10px;padding:24px;max-width:26rem;font:16px/1.5 system-ui,sans-serif;
    color:#30313d;background:#fff;box-shadow:0 12px 48px rgb(0 0 0/.3)}
  .StandIn-dialog::backdrop{background:rgb(0 0 0/.5)}
  .StandIn-dialog h2{margin:0 0 8px;font-size:20px}
  .StandIn-dialog button{font:inherit;padding:10px 16px;margin:8px 8px 0 0;border-radius:6px;min-height:44px;
    border:1px solid #d8dbe1;background:#fff;color:#30313d;cursor:pointer}
  .StandIn-dialog button[value=complete]{background:#0570de;border-color:#0570de;color:#fff}`;
  const VARIABLES = {
    colorPrimary: "--accent", colorText: "--text", colorTextSecondary: "--quiet", colorBackground: "--ground",
    colorDanger: "--danger", borderRadius: "--radius", fontFamily: "--font", colorBorder: "--line",
  };

  const digits = (text) => text.replace(/\D/g, "");
  const grouped = (text) => digits(text).slice(0, 19).replace(/(\d{4})(?=\d)/g, "$1 ");
  const expiry = (text) => {
    const given = digits(text).replace(/^([2-9])/, "0$1").slice(0, 4);
    return given.length > 2 ? `${given.slice(0, 2)} / ${given.slice(2)}` : given;
  };
  const luhn = (number) =>
    [...number].reverse().reduce((sum, digit, index) => {
      const doubled = Number(digit) * (index % 2 ? 2 : 1);
      return sum + (doubled > 9 ? doubled - 9 : doubled);
    }, 0) % 10 === 0;

  const FIELDS = [
    { key: "number", label: "Card number", autocomplete: "cc-number", placeholder: "1234 1234 1234 1234",
      wide: true, numeric: true, format: grouped,
      check: (value) => digits(value).length < 13 ? "Your card number is incomplete."
        : luhn(digits(value)) ? "" : "Your card number is invalid." },
    { key: "expiry", label: "Expiration date", autocomplete: "cc-exp", placeholder: "MM / YY",
      numeric: true, format: expiry,
      check: (value) => {
        const given = digits(value);
        if (given.length < 4) return "Your card's expiration date is incomplete.";
        const month = Number(given.slice(0, 2));
        const ends = new Date(2000 + Number(given.slice(2)), month, 1);
        return month < 1 || month > 12 ? "Your card's expiration date is invalid."
          : ends <= new Date() ? "Your card's expiration year is in the past." : "";
      } },
    { key: "cvc", label: "Security code", autocomplete: "cc-csc", placeholder: "CVC", numeric: true,
      format: (text) => digits(text).slice(0, 4),
      check: (value) => value.length < 3 ? "Your card's security code is incomplete." : "" },
    { key: "name", label: "Name on card", autocomplete: "cc-name", placeholder: "", wide: true,
      format: (text) => text.slice(0, 120),
      check: (value) => value.trim() ? "" : "Your name is incomplete." },
  ];

  function once(id, make) {
    return document.getElementById(id) ?? document.head.appendChild(Object.assign(make(), { id }));
  }

  function paymentElement(appearance) {
    const listeners = new Map();
    const inputs = new Map();
    const errors = new Map();
    let root = null;

    const emit = (name, detail) => (listeners.get(name) ?? []).forEach((listener) => listener(detail));
    const values = () => Object.fromEntries([...inputs].map(([key, input]) => [key, input.value]));
    const complete = () => FIELDS.every((field) => !field.check(inputs.get(field.key).value));
    const changed = () => emit("change", {
      elementType: "payment", collapsed: false, complete: complete(), value: { type: "card" },
      empty: [...inputs.values()].every((input) => !input.value),
    });

    function show(field, message) {
      inputs.get(field.key).setAttribute("aria-invalid", String(Boolean(message)));
      errors.get(field.key).textContent = message;
    }

    function draw(field) {
      const box = document.createElement("div");
      box.className = `StandIn-field${field.wide ? " StandIn-field--wide" : ""}`;
      const id = `standin-${field.key}`;
      const label = Object.assign(document.createElement("label"), { htmlFor: id, textContent: field.label });
      const input = Object.assign(document.createElement("input"), {
        id, name: field.autocomplete, autocomplete: field.autocomplete, placeholder: field.placeholder,
        inputMode: field.numeric ? "numeric" : "text", required: true,
      });
      const error = Object.assign(document.createElement("p"), { id: `${id}-error`, className: "StandIn-error" });
      error.setAttribute("role", "alert");
      input.setAttribute("aria-describedby", error.id);
      inputs.set(field.key, input);
      errors.set(field.key, error);
      input.addEventListener("input", () => {
        if (input.selectionStart === input.value.length) input.value = field.format(input.value);
        show(field, "");
        changed();
      });
      input.addEventListener("blur", () => {
        input.value = field.format(input.value);
        if (input.value) show(field, field.check(input.value));
      });
      box.append(label, input, error);
      return box;
    }

    return {
      mount(target) {
        const place = typeof target === "string" ? document.querySelector(target) : target;
        if (!place) throw new Error(`Nothing to mount on: ${target}`);
        once("standin-style", () => Object.assign(document.createElement("style"), { textContent: STYLE }));
        root = Object.assign(document.createElement("div"), { className: "StandIn" });
        root.setAttribute("role", "group");
        root.setAttribute("aria-label", "Card details");
        if (appearance?.theme === "night") {
          root.style.cssText = "--ground:#30313d;--text:#fff;--quiet:#c0c2c9;--line:#5a5c66;--danger:#fe87a1";
        }
        Object.entries(appearance?.variables ?? {}).forEach(([name, value]) =>
          VARIABLES[name] && root.style.setProperty(VARIABLES[name], value));
        const note = Object.assign(document.createElement("p"), {
          className: "StandIn-note", textContent: "Test mode: no money moves. Try 4242 4242 4242 4242.",
        });
        root.append(...FIELDS.map(draw), note);
        place.replaceChildren(root);
        queueMicrotask(() => emit("ready", { elementType: "payment" }));
      },
      on(name, listener) { listeners.set(name, [...(listeners.get(name) ?? []), listener]); return this; },
      off(name) { listeners.delete(name); return this; },
      focus() { inputs.get("number")?.focus(); },
      clear() { inputs.forEach((input) => { input.value = ""; }); },
      update() {},
      unmount() { root?.remove(); root = null; },
      destroy() { this.unmount(); listeners.clear(); },
      check() {
        let first = "";
        for (const field of FIELDS) {
          const message = field.check(inputs.get(field.key).value);
          show(field, message);
          if (message && !first) { first = message; inputs.get(field.key).focus(); }
        }
        return first;
      },
      values,
    };
  }

  function form(fields, prefix = "") {
    return Object.entries(fields).flatMap(([key, value]) => {
      const name = prefix ? `${prefix}[${key}]` : key;
      return value && typeof value === "object" ? form(value, name) : value == null ? [] : [[name, value]];
    });
  }

  function Stripe(publishableKey) {
    async function call(method, path, fields = {}) {
      const query = new URLSearchParams(form(fields));
      const url = `${origin}/v1/${path}${method === "GET" ? `?${query}` : ""}`;
      try {
        const answer = await fetch(url, {
          method, headers: { Authorization: `Bearer ${publishableKey}` }, body: method === "POST" ? query : undefined,
        });
        return await answer.json();
      } catch {
        return { error: { type: "api_connection_error", message: "We could not reach the payment service." } };
      }
    }

    const retrieve = async (clientSecret) => {
      const found = await call("GET", `payment_intents/${clientSecret.split("_secret_")[0]}`,
        { client_secret: clientSecret });
      return found.error ? { error: found.error } : { paymentIntent: found };
    };

    return {
      elements(options = {}) {
        if ("paymentMethodTypes" in options) {
          throw new Error("paymentMethodTypes is no longer supported: use allowedPaymentMethodTypes.");
        }
        let element = null;
        let submitted = false;
        return {
          create(type) {
            if (type !== "payment") throw new Error(`The stand-in draws no ${type} element.`);
            element = paymentElement(options.appearance);
            element.on("change", () => { submitted = false; });
            return element;
          },
          getElement: (type) => (type === "payment" ? element : null),
          update(more) { Object.assign(options, more); },
          async submit() {
            const message = element ? element.check() : "Mount a Payment Element first.";
            submitted = !message;
            return message ? { error: { type: "validation_error", message } } : { selectedPaymentMethod: "card" };
          },
          read() {
            if (!submitted) throw new Error("Call elements.submit() before createPaymentMethod().");
            return element.values();
          },
        };
      },

      async createPaymentMethod({ elements, params = {} }) {
        const { number, expiry: until, cvc, name } = elements.read();
        const made = await call("POST", "payment_methods", {
          type: "card",
          card: { number: digits(number), exp_month: digits(until).slice(0, 2), exp_year: digits(until).slice(2), cvc },
          billing_details: { name, ...params.billing_details },
        });
        return made.error ? { error: made.error } : { paymentMethod: made };
      },

      retrievePaymentIntent: retrieve,

      async handleNextAction({ clientSecret }) {
        const before = await retrieve(clientSecret);
        if (before.error || before.paymentIntent.status !== "requires_action") return before;
        const passed = await challenge(before.paymentIntent);
        await fetch(`${origin}/_standin/intents/${before.paymentIntent.id}/authentication`, {
          method: "POST", headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ client_secret: clientSecret, passed }),
        });
        const after = await retrieve(clientSecret);
        const failed = after.paymentIntent?.last_payment_error;
        return failed ? { error: { ...failed, payment_intent: after.paymentIntent } } : after;
      },
    };
  }

  // What the buyer's bank would show. Closing it counts as a failure.
  function challenge(intent) {
    once("standin-style", () => Object.assign(document.createElement("style"), { textContent: STYLE }));
    const dialog = Object.assign(document.createElement("dialog"), { className: "StandIn-dialog" });
    const amount = new Intl.NumberFormat(undefined, { style: "currency", currency: intent.currency });
    const places = amount.resolvedOptions().maximumFractionDigits;
    const title = Object.assign(document.createElement("h2"), {
      id: "standin-challenge", textContent: "Confirm this payment with your bank" });
    const text = Object.assign(document.createElement("p"), {
      textContent: `3-D Secure test page. Amount: ${amount.format(intent.amount / 10 ** places)}.` });
    const choices = Object.assign(document.createElement("form"), { method: "dialog" });
    for (const [value, label] of [["complete", "Complete authentication"], ["fail", "Fail authentication"]]) {
      choices.append(Object.assign(document.createElement("button"), { value, textContent: label }));
    }
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.append(title, text, choices);
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "complete");
    }));
  }

  window.Stripe = Stripe;
})();
