import { useEffect, useState } from "preact/hooks";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Event, Review } from "../api/types";
import { minutes, useSecondsLeft } from "../checkout/Countdown";
import { placeWords } from "../checkout/Fare";
import { clockTime, longDate } from "../dates";
import { money } from "../money";
import { Failure, Notice, useLoaded, useTitle } from "../ui/ui";
import "./operator.css";
import { ruleWords } from "./rules";

const LOOK_EVERY_MS = 5_000;

interface Page {
  reviews: Review[];
  nextCursor?: string;
}

/** Orders whose purchases wait for a person: who, what, why, how long still, and two buttons. */
export function ReviewsPage() {
  useTitle("Reviews");
  if (!person.value) return <SignInFirst />;
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      <h1>Orders to look at</h1>
      {person.value.groups.includes("operator") ? (
        <Waiting />
      ) : (
        <Notice title="This page is for operators">Sign in with an operator’s account.</Notice>
      )}
    </main>
  );
}

function Waiting() {
  const loaded = useLoaded("reviews", (signal) =>
    call<Page>("/operator/reviews?limit=50", { private: true, signal }),
  );
  const [shown, setShown] = useState<Page>();
  const [answers, setAnswers] = useState<Record<string, string>>({});
  useEffect(() => {
    if (loaded.value) setShown(loaded.value);
  }, [loaded.value]);
  useEffect(() => {
    const timer = setInterval(loaded.reload, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  });
  const waiting = shown?.reviews.filter((review) => !answers[review.order.orderId]) ?? [];
  return (
    <>
      <p class="lede">
        Seats are held and no money has moved. Whoever is not answered in time gets nothing and pays nothing.
      </p>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      <div class="stack" aria-live="polite">
        {Object.entries(answers).map(([orderId, words]) => (
          <Notice key={orderId} kind="good" title={words} />
        ))}
      </div>
      {shown && waiting.length === 0 && <p class="muted">No order waits.</p>}
      <ul class="reviews">
        {waiting.map((review) => (
          <li key={review.order.orderId} class="card">
            <OneReview
              review={review}
              done={(words) => setAnswers({ ...answers, [review.order.orderId]: words })}
            />
          </li>
        ))}
      </ul>
      {shown?.nextCursor && <p class="muted">More wait behind these.</p>}
    </>
  );
}

function OneReview({ review, done }: { review: Review; done: (words: string) => void }) {
  const { order, buyer } = review;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const event = useLoaded(order.eventId, (signal) =>
    call<Event>(`/events/${order.eventId}`, { signal }),
  ).value;
  const left = useSecondsLeft(review.until);
  const who = buyer.name || buyer.email || "A buyer without an address";
  const answer = async (decision: "approve" | "decline") => {
    setBusy(true);
    setError(undefined);
    try {
      await call(`/operator/reviews/${order.orderId}`, { method: "POST", private: true, body: { decision } });
      done(
        `${who}: ${decision === "approve" ? "approved, the purchase goes on" : "declined, nothing is charged"}`,
      );
    } catch (refused) {
      const closed = refused instanceof Problem && refused.word === "review-closed";
      if (closed) done(`${who}: answered already, or it waits no longer`);
      else setError(refused);
    }
    setBusy(false);
  };
  return (
    <article class="stack" aria-labelledby={order.orderId}>
      <header class="review-head">
        <h2 id={order.orderId}>{who}</h2>
        <b class="numbers">{money(order.fare.total)}</b>
      </header>
      <dl class="review-facts">
        <dt>Why</dt>
        <dd>
          <ul>
            {review.rules.map((rule) => (
              <li key={rule}>{ruleWords(rule)}</li>
            ))}
            {review.rules.length === 0 && <li>It could not be assessed in time</li>}
          </ul>
        </dd>
        <dt>Account</dt>
        <dd>
          {buyer.email ?? "no confirmed address"}
          <br />
          <span class="muted">
            Before: {buyer.ordersCompleted} bought, {buyer.ordersFailed} not completed
          </span>
        </dd>
        <dt>Event</dt>
        <dd>
          {event ? event.name : order.eventId}
          {event && (
            <>
              <br />
              <span class="muted">
                {longDate(event.startsAt, event.venue.timezone)},{" "}
                {clockTime(event.startsAt, event.venue.timezone)}
              </span>
            </>
          )}
        </dd>
        <dt>Seats</dt>
        <dd>{order.seats.map((seat) => placeWords(seat)).join(", ")}</dd>
        <dt>Time left</dt>
        <dd class="numbers">{minutes(left)}</dd>
        <dt>Order</dt>
        <dd class="numbers">{order.orderId}</dd>
      </dl>
      {error !== undefined && <Failure error={error} />}
      <div class="review-answers">
        <button type="button" class="button" disabled={busy} onClick={() => answer("approve")}>
          Approve
        </button>
        <button type="button" class="button quiet" disabled={busy} onClick={() => answer("decline")}>
          Decline
        </button>
      </div>
    </article>
  );
}
