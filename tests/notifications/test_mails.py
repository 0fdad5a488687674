"""One mail per message: sent once, at most once more after a crash, never lost without a trace (S8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from kit import settings
from notifications import send_messages
from orders import Order
from tests import harness
from tests.tickets.conftest import a_person, an_event, an_order, aws  # noqa: F401
from tickets import ticket_id_of

SITE = "https://tickets.test"


@pytest.fixture(autouse=True)
def sent(aws: None, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:  # noqa: F811
    """What SES was given, in order."""
    monkeypatch.setenv("MAIL_FROM", "tickets@boxoffice.test")
    monkeypatch.setenv("PARAM_SITE_URL", "/boxoffice/site-url")
    boto3.client("ssm").put_parameter(Name="/boxoffice/site-url", Value=SITE, Type="String")
    boto3.client("sesv2").create_email_identity(EmailIdentity="tickets@boxoffice.test")
    mails: list[dict[str, Any]] = []
    ses = settings.client("sesv2", timeout_seconds=5, attempts=1)
    send = ses.send_email

    def send_email(**mail: Any) -> Any:
        mails.append(mail)
        return send(**mail)

    monkeypatch.setattr(ses, "send_email", send_email)
    return mails


def records(*orders: Order, name: str = "INSERT") -> dict[str, Any]:
    """The stream's records of these orders' outbox items, in the shape of the sample event."""
    sample = json.loads(Path("events/notifications/send_messages.json").read_text())["Records"][0]
    batch = []
    for number, order in enumerate(orders):
        record = json.loads(json.dumps(sample))
        record["eventName"] = name
        record["dynamodb"]["SequenceNumber"] = str(number)
        record["dynamodb"]["NewImage"] |= {
            "orderId": {"S": order.order_id},
            "personId": {"S": order.person_id},
            "message": {"S": f"order-{order.status}"},
        }
        batch.append(record)
    return {"Records": batch}


def deliver(*orders: Order, name: str = "INSERT") -> list[str]:
    """Bring the records; answers the sequence numbers the stream is to bring again."""
    answer = send_messages.handler(records(*orders, name=name), harness.CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def refusal(code: str, status: int = 400) -> ClientError:
    answer = {"Error": {"Code": code, "Message": "ada@example.test"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "SendEmail")


@pytest.fixture
def break_ses(monkeypatch: pytest.MonkeyPatch, sent: list[dict[str, Any]]) -> Callable[..., None]:
    """From now on SES takes the mail if `after`, and answers with an error; with None it works again."""
    ses = settings.client("sesv2", timeout_seconds=5, attempts=1)
    working = ses.send_email

    def set_up(error: Exception | None, after: bool = False) -> None:
        def send_email(**mail: Any) -> Any:
            if error is None or after:
                answer = working(**mail)
            if error is not None:
                raise error
            return answer

        monkeypatch.setattr(ses, "send_email", send_email)

    return set_up


def completed(person: str = "ada") -> Order:
    a_person(person, name="Ada")
    return an_order(an_event(), person=person, status="completed")


def test_a_completed_order_is_told_once(sent: list[dict[str, Any]]) -> None:
    order = completed()
    for _ in range(3):
        assert deliver(order, order) == []
    [mail] = sent
    assert mail["Destination"] == {"ToAddresses": ["ada@example.test"]}
    assert mail["FromEmailAddress"] == "Boxoffice <tickets@boxoffice.test>"


def test_a_failed_order_says_why_and_that_no_money_was_kept(sent: list[dict[str, Any]]) -> None:
    a_person("ada")
    assert deliver(an_order(an_event(), status="failed")) == []
    simple = sent[0]["Content"]["Simple"]
    for body in (simple["Body"]["Text"]["Data"], simple["Body"]["Html"]["Data"]):
        assert "Your bank declined the payment. The card has expired." in body
        assert "No money was kept." in body
        assert f"{SITE}/events/" in body


def test_only_new_outbox_items_are_told(sent: list[dict[str, Any]]) -> None:
    order = completed()
    assert deliver(order, name="REMOVE") == deliver(order, name="MODIFY") == []
    assert sent == []


def test_what_is_no_longer_true_is_not_told(sent: list[dict[str, Any]]) -> None:
    order = completed()
    gone = records(order)
    gone["Records"][0]["dynamodb"]["NewImage"]["message"] = {"S": "order-failed"}
    assert send_messages.handler(gone, harness.CONTEXT) == {"batchItemFailures": []}
    assert sent == []


@pytest.mark.parametrize(
    "error",
    [
        refusal("TooManyRequestsException", 429),
        refusal("SendingPausedException"),
        ConnectTimeoutError(endpoint_url="x"),
    ],
)
def test_what_was_certainly_not_sent_is_sent_later(
    error: Exception, sent: list[dict[str, Any]], break_ses: Callable[..., None]
) -> None:
    order = completed()
    break_ses(error)
    for _ in range(4):
        assert deliver(order) == ["0"]
    break_ses(None)
    assert deliver(order) == []
    assert len(sent) == 1


@pytest.mark.parametrize("error", [ReadTimeoutError(endpoint_url="x"), refusal("InternalFailure", 500)])
def test_an_unknown_outcome_costs_one_extra_mail_at_most(
    error: Exception, sent: list[dict[str, Any]], break_ses: Callable[..., None]
) -> None:
    order = completed()
    break_ses(error, after=True)
    for _ in range(5):
        assert deliver(order) == ["0"]
    assert len(sent) == 2


def test_a_crash_after_sending_costs_one_extra_mail(sent: list[dict[str, Any]], break_ses: Callable[..., None]) -> None:
    order = completed()
    break_ses(KeyboardInterrupt(), after=True)
    with pytest.raises(KeyboardInterrupt):
        deliver(order)
    break_ses(None)
    for _ in range(2):
        assert deliver(order) == []
    assert len(sent) == 2


def test_a_bad_address_stops_nobody_else_and_is_not_tried_again(
    sent: list[dict[str, Any]], break_ses: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    order = completed()
    break_ses(refusal("MessageRejected"))
    assert deliver(order) == ["0"]
    break_ses(None)
    bob = completed("bob")
    assert deliver(order, bob) == ["0"]
    assert [mail["Destination"]["ToAddresses"] for mail in sent] == [["bob@example.test"]]
    assert "@" not in capsys.readouterr().out


def test_an_unconfirmed_address_gets_no_mail(sent: list[dict[str, Any]]) -> None:
    a_person("ada", verified=False)
    unknown, unconfirmed = (an_order(an_event(), person=who, status="completed") for who in ("nobody", "ada"))
    assert deliver(unknown, unconfirmed) == ["0", "1"]
    assert sent == []


def test_a_poisoned_record_fails_alone(sent: list[dict[str, Any]]) -> None:
    event = records(completed(), completed("bob"))
    event["Records"][0]["dynamodb"]["NewImage"]["message"] = {"S": "win-a-prize"}
    answer = send_messages.handler(event, harness.CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert len(sent) == 1


def test_the_mail_has_all_a_buyer_looks_for(sent: list[dict[str, Any]]) -> None:
    order = completed()
    deliver(order)
    simple = sent[0]["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Your tickets: The Night Parade, Monday 1 July 2030"
    text, html = simple["Body"]["Text"]["Data"], simple["Body"]["Html"]["Data"]
    tickets = [ticket_id_of(order.order_id, seat_id) for seat_id in order.seat_ids]
    for body in (text, html):
        for wanted in (
            "Ada", "14:00 CEST (UTC+2), doors 13:00", "Kulturhuset, Stockholm", "Stalls, row D, seat 5", "Child",
            "€45.00", "Service fee", "€3.00", "€93.00", "VAT", "€6.08", order.order_id, "Download PDF",
            f"{SITE}/tickets/{tickets[0]}", f"{SITE}/tickets/{tickets[1]}",
            f"{SITE}/orders/{order.order_id}",
        ):  # fmt: skip
            assert wanted in body, wanted
    assert html.index("Download PDF") < html.index("Stalls, row D")
    assert "ada@example.test" not in html + text


def test_names_are_escaped_and_stay_in_their_line(sent: list[dict[str, Any]]) -> None:
    a_person("ada", name='<img src=x onerror="alert(1)">\u202e\x00')
    evil = "Parade\r\nBcc: all@x.test <script>alert(1)</script> 🎭"
    deliver(an_order(an_event(evil, venue='"><a href=//x.test>'), status="completed"))
    simple = sent[0]["Content"]["Simple"]
    html, subject = simple["Body"]["Html"]["Data"], simple["Subject"]["Data"]
    assert "\n" not in subject
    assert "<script" not in html
    assert "<img" not in html
    assert "<a href=//x.test" not in html
    assert "&lt;script&gt;" in html
    assert not {"\x00", "\u202e", "\r"} & set(html + subject + simple["Body"]["Text"]["Data"])
