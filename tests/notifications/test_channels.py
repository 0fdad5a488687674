"""Mail, text message, push: what a person chose, each once; and what becomes of a channel that does not work."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec

from kit import settings
from notifications import preferences, send_messages, webpush
from notifications.preferences import Preferences
from orders import Message, Order, Status
from orders import store as orders
from tests import harness
from tests.notifications.conftest import SITE, PushHouse, completed, deliver, records, retry
from tests.tickets.conftest import NOON, a_person, an_event, an_order

PHONE = "+46701740605"


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch, sent: Any) -> list[tuple[str, str]]:
    """What SNS was given: number and text."""
    taken: list[tuple[str, str]] = []
    sns = settings.client("sns", timeout_seconds=5, attempts=1)
    publish = sns.publish

    def noted(**asked: Any) -> Any:
        taken.append((asked["PhoneNumber"], asked["Message"]))
        return publish(**asked)

    monkeypatch.setattr(sns, "publish", noted)
    return taken


def ask(verb: str, person: str = "ada", **options: Any) -> tuple[int, Any]:
    status, answer, _ = harness.call(f"notifications.{verb}", person=person, now=NOON, **options)
    return status, answer


def subscribe(house: PushHouse, person: str = "ada") -> dict[str, Any]:
    subscription = house.subscription()
    status, answer = ask("add_subscription", person, body=subscription)
    assert status == 201, answer
    return subscription


def told(order: Order) -> list[tuple[str, str, str]]:
    _, answer = ask("list_messages", path={"orderId": order.order_id})
    return sorted((each["message"], each["channel"], each["state"]) for each in answer["messages"])


def test_an_order_is_told_once_on_every_channel_that_was_chosen(
    sent: list[Any], texts: list[tuple[str, str]], push_house: PushHouse
) -> None:
    order = completed()
    subscribe(push_house)
    wanted = {"orders": ["mail", "sms", "push"], "phone": PHONE}
    assert ask("change_preferences", body=wanted)[0] == 200
    for _ in range(2):
        assert deliver(order, order) == []
    assert len(sent) == 1
    [(number, text)] = texts
    assert number == PHONE
    assert "2 tickets, Monday 1 July 2030, Kulturhuset" in text
    assert text.endswith(f" {SITE}/orders/{order.order_id}")
    [(_, title, body)] = push_house.pushed
    assert title == "Your tickets: The Night Parade, Monday 1 July 2030"
    assert f"{SITE}/orders/{order.order_id}" in body


def test_one_channels_trouble_is_not_anothers(
    sent: list[Any], texts: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = completed()
    preferences.put("ada", Preferences(orders=["sms", "mail"], phone=PHONE))
    sns = settings.client("sns", timeout_seconds=5, attempts=1)
    error = {"Error": {"Code": "Throttling"}, "ResponseMetadata": {"HTTPStatusCode": 400}}

    def throttled(**asked: Any) -> None:
        raise ClientError(error, "Publish")

    with monkeypatch.context() as broken:
        broken.setattr(sns, "publish", throttled)
        assert deliver(order) == [order.order_id]
        assert (len(sent), texts) == (1, [])
    assert retry() == []
    assert (len(sent), len(texts)) == (1, 1)


def test_a_browser_that_is_gone_is_forgotten_and_its_owner_gets_a_mail(sent: list[Any], push_house: PushHouse) -> None:
    order = completed()
    gone = subscribe(push_house)
    preferences.put("ada", Preferences(orders=["push"]))
    push_house.drop(gone["endpoint"])
    assert deliver(order) == []
    assert told(order) == [("order-completed", "mail", "sent"), ("order-completed", "push", "refused")]
    assert len(sent) == 1
    assert ask("show_preferences")[1]["browsers"] == []


def test_one_browser_of_two_is_enough(push_house: PushHouse, sent: list[Any]) -> None:
    order = completed()
    gone, _ = subscribe(push_house), subscribe(push_house)
    preferences.put("ada", Preferences(orders=["push"]))
    push_house.drop(gone["endpoint"])
    assert deliver(order) == []
    assert (len(push_house.pushed), sent) == (1, [])
    assert len(ask("show_preferences")[1]["browsers"]) == 1


def test_a_silent_push_service_is_tried_again(push_house: PushHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    order = completed()
    monkeypatch.setenv("PUSH_SERVICES", f"{push_house.url} http://127.0.0.1:9")
    silent = {**push_house.subscription(), "endpoint": "http://127.0.0.1:9/closed"}
    assert ask("add_subscription", body=silent)[0] == 201
    preferences.put("ada", Preferences(orders=["push"]))
    assert deliver(order) == retry() == [order.order_id]
    assert told(order) == [("order-completed", "push", "sending")]


def test_registering_again_is_the_same_browser_and_ten_are_enough(push_house: PushHouse) -> None:
    subscription = push_house.subscription()
    first, again = (ask("add_subscription", body=subscription)[1] for _ in range(2))
    assert first == again
    for _ in range(11):
        subscribe(push_house)
    shown = ask("show_preferences")[1]["browsers"]
    assert len(shown) == 10
    assert ask("remove_subscription", path={"subscriptionId": shown[0]["subscriptionId"]}) == (204, None)
    assert ask("remove_subscription", path={"subscriptionId": shown[0]["subscriptionId"]})[0] == 404
    assert ask("remove_subscription", "eve", path={"subscriptionId": shown[1]["subscriptionId"]})[0] == 404
    assert len(ask("show_preferences")[1]["browsers"]) == 9


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://evil.test/hook"},
        {"endpoint": "https://fcm.googleapis.com.evil.test/x"},
        {"endpoint": "https://fcm.googleapis.com@evil.test/x"},
        {"endpoint": "http://169.254.169.254/latest/meta-data"},
        {"endpoint": "https://a.b.windows.test/x"},
        {"keys": {"p256dh": "AAAA", "auth": "BTBZMqHH6r4Tts7J_aSIgg"}},
    ],
)
def test_nothing_is_posted_to_where_somebody_points_us(push_house: PushHouse, change: dict[str, Any]) -> None:
    status, problem = ask("add_subscription", body={**push_house.subscription(), **change})
    assert status == 422, problem
    assert ask("show_preferences")[1]["browsers"] == []


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"orders": ["sms"]}, "phone-missing"),
        ({"orders": []}, "invalid"),
        ({"orders": ["fax"]}, "invalid"),
        ({"phone": "0701740605"}, "invalid"),
        ({"phone": "+46701740605\n"}, "invalid"),
        ({"email": "ada@example.test"}, "unknown-field"),
    ],
)
def test_preferences_are_checked(body: dict[str, Any], word: str) -> None:
    status, problem = ask("change_preferences", body=body)
    assert (status, problem["type"].rpartition("/")[2]) == (422, word)


def test_preferences_are_ones_own() -> None:
    wanted = {"orders": ["mail", "sms"], "action": ["push"], "events": ["mail"], "phone": PHONE}
    assert ask("change_preferences", body=wanted) == (200, wanted)
    assert ask("show_preferences")[1]["preferences"] == wanted
    assert ask("show_preferences", "eve")[1]["preferences"]["orders"] == ["mail"]


def test_the_encryption_is_that_of_the_standard() -> None:
    """RFC 8291, appendix A."""

    def raw(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    ours = ec.derive_private_key(
        int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), webpush.CURVE
    )
    body = webpush._encrypt(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        ours,
        raw("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert base64.urlsafe_b64encode(body).decode().rstrip("=") == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
        "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


SAYS: dict[Message, tuple[Status, str]] = {
    "action-needed": ("requires_action", "Your bank asks you to confirm"),
    "review-waiting": ("in_review", "ten minutes at most"),
    "order-refunded": ("completed", "refund of €45.00"),
    "order-cancelled": ("completed", "€45.00 goes back to the card"),
    "event-cancelled": ("completed", "does not take place"),
    "event-moved": ("completed", "to keep them you need do nothing"),
}


@pytest.mark.parametrize("message", SAYS)
def test_every_message_says_its_piece(message: Message, sent: list[Any]) -> None:
    status, words = SAYS[message]
    a_person("ada", name="Ada")
    order = an_order(an_event(), status="pending")
    orders.move(order, status, NOON)
    assert deliver(order, message=message, amount="4500", currency="EUR", about="ref_1") == []
    body = sent[0]["Content"]["Simple"]["Body"]
    for text in (body["Text"]["Data"], body["Html"]["Data"]):
        assert words in text
        assert order.order_id in text


def test_the_bank_is_not_waited_for_any_more(sent: list[Any]) -> None:
    order = completed()
    assert deliver(order, message="action-needed") == []
    assert sent == []
    assert told(order) == [("action-needed", "mail", "suppressed")]


def test_two_refunds_of_one_order_are_two_messages(sent: list[Any]) -> None:
    order = completed()
    for refund in ("first", "first", "second"):
        assert deliver(order, message="order-refunded", about=refund, amount="2000", currency="EUR") == []
    assert len(sent) == 2


def test_news_of_a_refund_come_from_the_payments(sent: list[Any]) -> None:
    order = completed()
    event = records(order)
    key = f"outbox#refunded#{order.order_id}"
    image = {"orderId": order.order_id, "news": "refunded", "about": "refund", "currency": "EUR", "sk": key}
    event["Records"][0]["dynamodb"]["NewImage"] = {name: {"S": text} for name, text in image.items()} | {
        "amount": {"N": "9300"}
    }
    assert send_messages.handler(event, harness.CONTEXT) == {"batchItemFailures": []}
    assert "refund of €93.00" in sent[0]["Content"]["Simple"]["Body"]["Text"]["Data"]


def test_every_sample_is_accepted(sent: list[Any], push_house: PushHouse) -> None:
    """Those of a person's preferences; the outbox's samples are what the other tests are made of."""
    for name in ("show_preferences", "change_preferences", "add_subscription"):
        event = json.loads(Path(f"events/notifications/{name}.json").read_text())
        event["headers"]["authorization"] = f"Bearer {harness.access_token('ada')}"
        module = __import__(f"notifications.{name}", fromlist=["handler"])
        assert module.handler(event, harness.CONTEXT)["statusCode"] in (200, 201)
