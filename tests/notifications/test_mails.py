"""One mail per message: sent once, at most once more after a crash, never lost without a trace (S8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from kit import settings
from notifications import store
from notifications.store import Message
from tests import harness
from tests.notifications.conftest import SITE, completed, deliver, retry
from tests.tickets.conftest import a_person, an_event, an_order
from tickets import ticket_id_of


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
    assert deliver(order, message="order-failed") == []
    assert sent == []
    assert store.state(Message(order.order_id, "order-failed"), "mail") == "suppressed"


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
    assert deliver(order) == [order.order_id]
    for _ in range(3):
        assert retry() == [order.order_id]
    break_ses(None)
    assert retry() == []
    assert len(sent) == 1


@pytest.mark.parametrize("error", [ReadTimeoutError(endpoint_url="x"), refusal("InternalFailure", 500)])
def test_an_unknown_outcome_costs_one_extra_mail_at_most(
    error: Exception, sent: list[dict[str, Any]], break_ses: Callable[..., None]
) -> None:
    order = completed()
    break_ses(error, after=True)
    assert deliver(order) == [order.order_id]
    for _ in range(4):
        assert retry() == [order.order_id]
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


def test_a_bad_address_stops_nobody_else_and_touches_no_order(
    sent: list[dict[str, Any]], break_ses: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    order = completed()
    break_ses(refusal("MessageRejected"))
    assert deliver(order) == [order.order_id]
    assert told(order.order_id) == (200, [("order-completed", "mail", "refused")])
    break_ses(None)
    assert deliver(completed("bob")) == []
    assert [mail["Destination"]["ToAddresses"] for mail in sent] == [["bob@example.test"]]
    assert "@" not in capsys.readouterr().out
    assert retry() == []  # as when somebody has mended the address
    assert told(order.order_id) == (200, [("order-completed", "mail", "sent")])


def told(order_id: str, person: str = "ada") -> tuple[int, Any]:
    status, answer, _ = harness.call("notifications.list_messages", path={"orderId": order_id}, person=person)
    if status != 200:
        return status, answer
    return status, [(each["message"], each["channel"], each["state"]) for each in answer["messages"]]


def test_what_was_told_is_for_the_buyer_alone() -> None:
    order = completed()
    deliver(order)
    theirs, missing = told(order.order_id, "eve"), told("ord_0000000000000000", "eve")
    assert theirs == missing
    assert theirs[0] == 404


def test_an_unconfirmed_address_gets_no_mail(sent: list[dict[str, Any]]) -> None:
    a_person("ada", verified=False)
    unknown, unconfirmed = (an_order(an_event(), person=who, status="completed") for who in ("nobody", "ada"))
    assert deliver(unknown, unconfirmed) == sorted([unknown.order_id, unconfirmed.order_id])
    assert sent == []


def test_a_poisoned_record_fails_alone(sent: list[dict[str, Any]]) -> None:
    poisoned = completed()
    assert deliver(poisoned, message="win-a-prize") == [poisoned.order_id]
    assert deliver(completed("bob")) == []
    assert retry() == retry() == [poisoned.order_id]
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
