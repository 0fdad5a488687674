import { useState } from "preact/hooks";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import type { Order, OrderStatus } from "../api/types";
import { money } from "../money";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import "./orders.css";

interface Page {
  orders: Order[];
  nextCursor?: string | null;
}

const WORDS: Record<OrderStatus, string> = {
  pending: "In progress",
  in_review: "In review",
  requires_action: "Needs you",
  completed: "Paid",
  failed: "Not completed",
  cancelled: "Cancelled",
  refunded: "Refunded",
};

export function OrderListPage() {
  useTitle("Orders");
  const [cursors, setCursors] = useState<string[]>([""]);
  if (!person.value) return <SignInFirst />;
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      <h1>Orders</h1>
      {cursors.map((cursor, i) => (
        <OrderPart
          key={cursor}
          cursor={cursor}
          last={i === cursors.length - 1}
          more={(next) => setCursors([...cursors, next])}
        />
      ))}
    </main>
  );
}

function OrderPart(props: { cursor: string; last: boolean; more: (cursor: string) => void }) {
  const query = props.cursor ? `?cursor=${encodeURIComponent(props.cursor)}` : "";
  const loaded = useLoaded(props.cursor, (signal) =>
    call<Page>(`/orders${query}`, { private: true, signal }),
  );
  const page = loaded.value;
  if (loaded.error !== undefined) return <Failure error={loaded.error} retry={loaded.reload} />;
  if (!page) return <div class="skeleton order-wait" role="status" aria-label="Loading your orders" />;
  if (page.orders.length === 0 && !props.cursor) {
    return (
      <div class="stack">
        <p class="lede">You have not bought anything yet.</p>
        <p>
          <a class="button" href="/">
            See what’s on
          </a>
        </p>
      </div>
    );
  }
  return (
    <>
      <ul class="order-list">
        {page.orders.map((order) => (
          <li key={order.orderId}>
            <a class="card order-line" href={`/orders/${order.orderId}`}>
              <span>
                <b>{order.seats.length === 1 ? "1 ticket" : `${order.seats.length} tickets`}</b>
                <span class="small muted">
                  {new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(
                    new Date(order.createdAt),
                  )}
                </span>
              </span>
              <span class={`order-state ${order.status}`}>{WORDS[order.status]}</span>
              <b class="numbers">{money(order.fare.total)}</b>
            </a>
          </li>
        ))}
      </ul>
      {props.last && page.nextCursor && (
        <button type="button" class="button quiet" onClick={() => props.more(page.nextCursor as string)}>
          Older orders
        </button>
      )}
    </>
  );
}
