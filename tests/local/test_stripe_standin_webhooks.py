"""Events reach the webhook signed, and late, doubled, lost or out of order when a test wants it."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from local.stripe_standin import DEFAULT_WEBHOOK_SECRET, StripeStandIn
from tests.local.test_stripe_standin import authorize, from_card, sdk

WAIT_SECONDS = 10


class Inbox:
    """A webhook endpoint: what arrived, and what it answers next (200 unless told)."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[tuple[bytes, str]] = queue.Queue()
        self.answers: list[int] = []
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.arrived.put((body, self.headers["Stripe-Signature"]))
                self.send_response(inbox.answers.pop(0) if inbox.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhook"

    def next(self) -> dict[str, Any]:
        body, signature = self.arrived.get(timeout=WAIT_SECONDS)
        verified = stripe.Webhook.construct_event(body, signature, DEFAULT_WEBHOOK_SECRET)
        assert verified.id == json.loads(body)["id"]
        return dict(json.loads(body))


@pytest.fixture
def inbox(stripe_standin: StripeStandIn) -> Iterator[Inbox]:
    box = Inbox()
    thread = threading.Thread(target=box.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    stripe_standin.ask("webhooks", {"url": box.url})
    yield box
    stripe_standin.ask("webhooks", {"url": None})
    box.server.shutdown()
    box.server.server_close()


@pytest.fixture
def api(stripe_standin: StripeStandIn) -> Any:
    return sdk(stripe_standin).v1


def types(inbox: Inbox, count: int) -> set[str]:
    return {inbox.next()["type"] for _ in range(count)}


def test_a_purchase_tells_its_story_signed(api: Any, inbox: Inbox) -> None:
    held = authorize(api, metadata={"order_id": "ord_1"})
    assert types(inbox, 3) == {
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
    }
    api.payment_intents.capture(held.id)
    assert types(inbox, 2) == {"charge.captured", "payment_intent.succeeded"}
    api.refunds.create({"payment_intent": held.id, "amount": 100})
    assert types(inbox, 2) == {"refund.created", "charge.refunded"}


def test_an_event_is_a_snapshot_and_can_be_fetched(api: Any, inbox: Inbox) -> None:
    held = authorize(api, metadata={"order_id": "ord_1"})
    api.payment_intents.cancel(held.id)
    found = api.events.list({"type": "payment_intent.amount_capturable_updated"}).data
    assert [event.data.object["status"] for event in found] == ["requires_capture"]
    assert api.events.retrieve(found[0].id).data.object["metadata"]["order_id"] == "ord_1"


def test_a_refused_delivery_is_retried(api: Any, inbox: Inbox, stripe_standin: StripeStandIn) -> None:
    inbox.answers = [500, 503]
    sent = stripe_standin.ask("events", {"type": "ping", "object": {"id": "x", "object": "balance"}})
    assert [inbox.next()["id"] for _ in range(3)] == [sent["id"]] * 3


def test_delivered_twice(inbox: Inbox, stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("webhooks", {"copies": 2})
    sent = stripe_standin.ask("events", {"type": "ping", "object": {"id": "x", "object": "balance"}})
    assert [inbox.next()["id"], inbox.next()["id"]] == [sent["id"]] * 2


def test_held_and_released_out_of_order(api: Any, inbox: Inbox, stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("webhooks", {"held": True})
    held = authorize(api)
    api.payment_intents.capture(held.id)
    assert inbox.arrived.empty()
    assert stripe_standin.ask("webhooks/release", {"order": "reversed"}) == {"delivered": 5}
    assert [inbox.next()["type"] for _ in range(5)] == [
        "payment_intent.succeeded",
        "charge.captured",
        "payment_intent.amount_capturable_updated",
        "charge.succeeded",
        "payment_intent.created",
    ]


def test_dropped(api: Any, inbox: Inbox, stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("webhooks", {"drop_next": 2})
    authorize(api)
    assert inbox.next()["type"] == "payment_intent.amount_capturable_updated"
    outcomes = [one["outcome"] for one in stripe_standin.ask("state")["deliveries"]]
    assert outcomes.count("dropped") == 2


def test_events_of_other_cards(api: Any, inbox: Inbox, stripe_standin: StripeStandIn) -> None:
    with pytest.raises(stripe.CardError):
        authorize(api, "pm_card_chargeDeclined")
    assert types(inbox, 3) == {"payment_intent.created", "charge.failed", "payment_intent.payment_failed"}
    authorize(api, from_card(stripe_standin, "4000002760003184"))
    assert types(inbox, 2) == {"payment_intent.created", "payment_intent.requires_action"}
    disputed = authorize(api, from_card(stripe_standin, "4000000000000259"))
    types(inbox, 3)
    api.payment_intents.capture(disputed.id)
    assert "charge.dispute.created" in types(inbox, 4)


def test_an_event_of_another_mode_or_account(inbox: Inbox, stripe_standin: StripeStandIn) -> None:
    wanted = {
        "type": "ping",
        "object": {"id": "x", "object": "balance"},
        "livemode": True,
        "account": "acct_other",
    }
    stripe_standin.ask("events", wanted)
    got = inbox.next()
    assert (got["livemode"], got["account"]) == (True, "acct_other")
