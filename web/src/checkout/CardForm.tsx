import type { StripeElements } from "@stripe/stripe-js";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { person } from "../account/session";
import { Problem } from "../api/problems";
import type { Hold } from "../api/types";
import { money } from "../money";
import { followPlaced } from "../orders/follow";
import { declineWords } from "../orders/reasons";
import { Failure, Notice, Spinner } from "../ui/ui";
import { newAttempt, openAttempt, place } from "./attempt";
import { appearance, stripe } from "./stripe";

/** The card is typed into Stripe's form and goes to Stripe; only its token comes back to place the order. */
export function CardForm(props: {
  hold: Hold;
  declined: string | undefined;
  onPaying: (paying: boolean) => void;
}) {
  const { hold } = props;
  const { route } = useLocation();
  const frame = useRef<HTMLDivElement>(null);
  const elements = useRef<StripeElements | undefined>(undefined);
  const [state, setState] = useState<"loading" | "ready" | "paying">("loading");
  const [refused, setRefused] = useState(props.declined ? declineWords(props.declined) : "");
  const [trouble, setTrouble] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const { total } = hold.fare;

  useEffect(() => {
    let leaving = false;
    stripe().then(
      (loaded) => {
        if (leaving) return;
        const made = loaded.elements({
          mode: "payment",
          amount: total.amount,
          currency: total.currency.toLowerCase(),
          paymentMethodCreation: "manual",
          captureMethod: "manual",
          appearance: appearance(),
        });
        const form = made.create("payment");
        form.on("ready", () => setState("ready"));
        form.mount(frame.current as HTMLDivElement);
        elements.current = made;
      },
      () => leaving || setTrouble(new Problem("card-form-missing", 0)),
    );
    return () => {
      leaving = true;
      elements.current?.getElement("payment")?.destroy();
      elements.current = undefined;
    };
  }, [total.amount, total.currency, turn]);

  const pay = async (e: SubmitEvent) => {
    e.preventDefault();
    if (state !== "ready") return;
    setState("paying");
    props.onPaying(true);
    setRefused("");
    setTrouble(undefined);
    try {
      const attempt = openAttempt(hold.holdId) ?? (await tokenise());
      if (attempt) {
        const order = await place(attempt);
        followPlaced(order);
        route(`/orders/${order.orderId}`);
        return;
      }
    } catch (error) {
      setTrouble(error);
    }
    props.onPaying(false);
    setState("ready");
  };

  /** Hands the card to Stripe; undefined, and the reason on the page, when the form is not right yet. */
  const tokenise = async () => {
    const made = elements.current as StripeElements;
    const { error: incomplete } = await made.submit();
    if (incomplete) {
      setRefused(incomplete.message ?? "Check the card details.");
      return undefined;
    }
    const { error, paymentMethod } = await (await stripe()).createPaymentMethod({ elements: made });
    if (error || !paymentMethod) {
      setRefused(error?.message ?? "Check the card details.");
      return undefined;
    }
    return newAttempt(hold.holdId, paymentMethod.id, total);
  };

  return (
    <form class="stack" onSubmit={pay} aria-busy={state === "paying"}>
      {refused && (
        <Notice kind="bad" title="The card was not accepted">
          {refused} You have not been charged. Try again or use another card.
        </Notice>
      )}
      {trouble !== undefined && (
        <Failure
          error={trouble}
          {...(state === "loading"
            ? {
                retry: () => {
                  setTrouble(undefined);
                  setTurn(turn + 1);
                },
              }
            : {})}
        />
      )}
      <section class="card stack">
        <h2>Card</h2>
        {state === "loading" && trouble === undefined && (
          <div class="skeleton card-form-wait" role="status" aria-label="Loading the card form" />
        )}
        <div ref={frame} class="card-form" />
        <p class="small muted">
          Card details go straight to Stripe. Tickets and receipt are sent to <b>{person.value?.email}</b>.
        </p>
      </section>
      <button class="button wide pay" type="submit" disabled={state !== "ready"}>
        {state === "paying" ? <Spinner label="Placing your order" /> : `Pay ${money(total)}`}
      </button>
      <p class="small muted">You are charged only once your seats are confirmed.</p>
    </form>
  );
}
