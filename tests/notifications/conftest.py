"""Buyers, and what reached them: deliveries of the outbox, and tries from the queue of what had to wait."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kit import settings
from local.mailbox import Mailbox
from local.push_service import SUBSCRIBE_PATH, PushService
from notifications import outbox, retry_messages, send_messages, store
from orders import Order
from tests import harness
from tests.tickets.conftest import a_person, an_event, an_order, aws  # noqa: F401

SITE = "https://tickets.test"


@pytest.fixture(autouse=True)
def sent(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:  # noqa: F811
    """What SES was given, in order."""
    monkeypatch.setenv("MAIL_FROM", "tickets@boxoffice.test")
    monkeypatch.setenv("PARAM_SITE_URL", "/boxoffice/site-url")
    monkeypatch.setattr(outbox, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(store, "CLAIMED_FOR", timedelta(seconds=-1))  # retries come after minutes, here at once
    settings.client("ssm").put_parameter(Name="/boxoffice/site-url", Value=SITE, Type="String")
    settings.client("sesv2").create_email_identity(EmailIdentity="tickets@boxoffice.test")
    mails: list[dict[str, Any]] = []
    ses = settings.client("sesv2", timeout_seconds=5, attempts=1)
    send = ses.send_email

    def send_email(**mail: Any) -> Any:
        mails.append(mail)
        return send(**mail)

    monkeypatch.setattr(ses, "send_email", send_email)
    yield mails


def completed(person: str = "ada") -> Order:
    a_person(person, name="Ada")
    return an_order(an_event(), person=person, status="completed")


def records(*orders: Order, name: str = "INSERT", **more: str) -> dict[str, Any]:
    """The stream's records of these orders' outbox items, in the shape of the sample event."""
    sample = json.loads(Path("events/notifications/send_messages.json").read_text())["Records"][0]
    batch = []
    for number, order in enumerate(orders):
        record = json.loads(json.dumps(sample))
        record["eventName"] = name
        record["dynamodb"]["SequenceNumber"] = str(number)
        image = {"orderId": order.order_id, "personId": order.person_id, "message": f"order-{order.status}", **more}
        record["dynamodb"]["NewImage"] |= {key: {"S": value} for key, value in image.items()}
        batch.append(record)
    return {"Records": batch}


def deliver(*orders: Order, name: str = "INSERT", **more: str) -> list[str]:
    """Bring the records; answers the orders whose messages now wait to be tried again."""
    before = _waiting()
    answer = send_messages.handler(records(*orders, name=name, **more), harness.CONTEXT)
    assert answer == {"batchItemFailures": []}
    return sorted(set(_waiting().values()) - set(before.values()))


def retry() -> list[str]:
    """Try what waits; answers the orders whose messages still wait."""
    queue, url = settings.client("sqs"), settings.env("QUEUE_MESSAGES")
    messages = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
    sample = json.loads(Path("events/notifications/retry_messages.json").read_text())["Records"][0]
    event = {
        "Records": [
            sample | {"messageId": message["MessageId"], "body": message["Body"], "receiptHandle": "x"}
            for message in messages
        ]
    }
    failed = {each["itemIdentifier"] for each in retry_messages.handler(event, harness.CONTEXT)["batchItemFailures"]}
    for message in messages:
        if message["MessageId"] not in failed:
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return sorted(_waiting().values())


def _waiting() -> dict[str, str]:
    answer = settings.client("sqs").receive_message(
        QueueUrl=settings.env("QUEUE_MESSAGES"), MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return {each["MessageId"]: json.loads(each["Body"])["orderId"] for each in answer.get("Messages", [])}


class PushHouse:
    """A local push service, and what was pushed: `pushed` tells (browser, title, text), newest first."""

    def __init__(self, url: str, mailbox: Mailbox) -> None:
        self.url, self._mailbox = url, mailbox

    def subscription(self) -> dict[str, Any]:
        return dict(self._ask("POST", SUBSCRIBE_PATH))

    def drop(self, endpoint: str) -> None:
        self._ask("DELETE", endpoint.removeprefix(self.url))

    @property
    def pushed(self) -> list[tuple[str, str, str]]:
        return [(mail.recipients[0], mail.subject, mail.part("plain")) for mail in self._mailbox.mails()]

    def _ask(self, method: str, path: str) -> Any:
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read() or "null")


@pytest.fixture(scope="module")
def _push_house() -> Iterator[PushHouse]:
    mailbox = Mailbox()
    ready: queue.SimpleQueue[tuple[str, asyncio.AbstractEventLoop]] = queue.SimpleQueue()

    async def serve() -> None:
        site = web.Application()
        site.add_routes(PushService(mailbox).routes())
        runner = web.AppRunner(site)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ready.put((f"http://127.0.0.1:{runner.addresses[0][1]}", asyncio.get_running_loop()))
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    def run() -> None:
        with suppress(RuntimeError):  # the loop is stopped from outside
            asyncio.run(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    url, loop = ready.get(timeout=10)
    yield PushHouse(url, mailbox)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=5)


@pytest.fixture
def push_house(_push_house: PushHouse, monkeypatch: pytest.MonkeyPatch) -> PushHouse:
    """The push service that is known to the functions, its mailbox empty."""
    _push_house._mailbox._mails.clear()
    monkeypatch.setenv("PUSH_SERVICES", f"https://fcm.googleapis.com {_push_house.url} https://*.windows.test")
    return _push_house
