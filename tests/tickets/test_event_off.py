"""An event is cancelled or moved: nobody buys any more, everybody gets everything back once, or is told and chooses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

import catalog
import orders
import payments
from kit import settings
from kit.money import Money
from local.stripe_standin import StripeStandIn
from orders import changes, launching
from payments import gateway
from payments.payment import OutcomeUnknown
from payments.refund_payment import refund_payment
from tests import harness
from tests.inventory.house import hold, open_event, word
from tests.payments.purchases import check_books, given_back
from tests.statemachines.machine import machine
from tests.tickets import test_cancelling as buying
from tickets import store, ticket_id_of

SOON, FACE, TOTAL = buying.SOON, buying.FACE, buying.TOTAL
BUYERS = ("ada", "bob", "cem", "dan")
REFUSED: list[str] = []
"""Orders whose refund the payment service refuses for the moment."""


@pytest.fixture(autouse=True)
def _running(stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Buyers' cancellations run at once; so do changes of an event, one order after the other."""
    gateway._client_of.cache_clear()
    sales = __import__("inventory.sales").sales
    sales._remembered.clear()
    steps = {state: buying._handler(verb) for state, verb in buying.VERBS.items()}
    refund = steps["RefundPayment"]

    def refund_if_there(document: dict[str, Any]) -> Any:
        if document["orderId"] in REFUSED:
            raise OutcomeUnknown
        return refund(document)

    with (
        harness.aws(STRIPE_API_BASE=stripe_standin.url),
        machine("cancellation", steps | {"RefundPayment": refund_if_there}) as begin,
    ):

        def execute(machine: str, name: str, document: Any) -> None:
            with harness.at(SOON):
                assert begin(msgspec.to_builtins(document)).status == "SUCCEEDED"

        monkeypatch.setattr(launching, "_execute", execute)
        monkeypatch.setenv("MACHINE_EVENT_CHANGE", _a_machine_that_waits())
        yield
    REFUSED.clear()
    gateway._client_of.cache_clear()


def _a_machine_that_waits() -> str:
    """What it does is run by `carry_out`, since moto maps no lists."""
    made = settings.client("stepfunctions").create_state_machine(
        name="event-change",
        definition='{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": true}}}',
        roleArn="arn:aws:iam::123456789012:role/any",
    )
    return str(made["stateMachineArn"])


def carry_out(event_id: str, upto: int = 100) -> None:
    """What the machine does, step by step, for so many orders; then its execution is over, or was stopped."""
    change = changes.find(event_id)
    assert change is not None
    told = {"eventId": event_id, "changeId": change.change_id}
    gathered = run("GatherOrders", told)
    listed = settings.client("s3").get_object(Bucket=gathered["bucket"], Key=gathered["key"])["Body"].read()
    for order_id in msgspec.json.decode(listed)[:upto]:
        of_order = told | {"orderId": order_id}
        if change.kind == "moved":
            run("TellBuyer", of_order)
            continue
        try:
            recalled = run("RecallTickets", of_order)
            if recalled["moneyDue"]:
                if order_id in REFUSED:
                    raise OutcomeUnknown
                run("RefundPayment", of_order | {"refundId": recalled["refundId"]})
            run("RecordRefund", of_order | {"cancellationId": recalled["cancellationId"]})
        except Exception as error:  # noqa: BLE001  as the machine's Catch does
            run("RecordFailure", of_order | {"error": {"Error": type(error).__name__, "Cause": "…"}})
    client = settings.client("stepfunctions")
    arn = settings.env("MACHINE_EVENT_CHANGE").replace(":stateMachine:", ":execution:")
    client.stop_execution(executionArn=f"{arn}:{change.execution}")
    until = time.monotonic() + 10
    while client.describe_execution(executionArn=f"{arn}:{change.execution}")["status"] == "RUNNING":
        assert time.monotonic() < until, "it does not stop"
        time.sleep(0.02)


def run(state: str, document: dict[str, Any]) -> Any:
    return harness.run_step(buying.VERBS[state], state, document, SOON)


def bought(event_id: str, person: str, seats: list[str]) -> str:
    """A completed order."""
    return str(buying.buy(accepted(event_id, person, seats))["orderId"])


def accepted(event_id: str, person: str, seats: list[str]) -> Any:
    _, basket = hold(event_id, seats, person=person)
    status, order, _ = harness.call(
        "orders.start_purchase",
        body={"holdId": basket["holdId"], "paymentInfo": {"paymentMethodId": "pm_card_visa"}},
        headers={"idempotency-key": seats[0]},
        person=person,
        now=SOON,
    )
    assert status == 202, order
    return order


def sold_out() -> tuple[str, list[str]]:
    event_id = open_event()
    return event_id, [
        bought(event_id, person, [f"stalls-0-{2 * i}", f"stalls-0-{2 * i + 1}"]) for i, person in enumerate(BUYERS)
    ]


def organize(verb: str, event_id: str, body: Any = None, now: datetime = SOON, group: str = "organizer") -> Any:
    status, answer, _ = harness.call(
        f"orders.{verb}", path={"eventId": event_id}, body=body, person="olga", groups=[group], now=now
    )
    return status, answer


def progress(event_id: str) -> tuple[str, int | None, int, int, int | None]:
    _, shown = organize("show_cancellation", event_id)
    return shown["status"], shown["orders"], shown["done"], shown["failed"], shown["left"]


def check_all_given_back(stripe_standin: StripeStandIn, order_ids: list[str]) -> None:
    """I24, I11 and I21."""
    for order_id in order_ids:
        order = orders.get_order(order_id)
        assert order.status == "refunded"
        assert given_back(stripe_standin, order_id) == order.fare.total.amount
        assert check_books(stripe_standin, order_id).refunded == order.fare.total.amount
        tickets = store.statuses(ticket_id_of(order_id, seat_id) for seat_id in order.seat_ids)
        assert set(tickets.values()) == {"void"}


def test_everybody_gets_everything_back_once_however_often_it_is_stopped(stripe_standin: StripeStandIn) -> None:
    event_id, order_ids = sold_out()
    status, shown = organize("cancel_event", event_id)
    assert (status, shown["status"], shown["orders"]) == (202, "running", None)
    carry_out(event_id, upto=1)
    assert progress(event_id) == ("stopped", 4, 1, 0, 3)
    REFUSED.append(sorted(order_ids)[1])
    assert organize("cancel_event", event_id)[1]["status"] == "running"
    assert organize("cancel_event", event_id)[1]["status"] == "running", "one run at a time"
    carry_out(event_id)
    assert progress(event_id) == ("stopped", 4, 3, 1, 0)
    [failed] = organize("show_cancellation", event_id)[1]["failures"]
    assert failed == {"orderId": REFUSED.pop(), "why": "OutcomeUnknown"}
    organize("cancel_event", event_id)
    carry_out(event_id)
    assert progress(event_id) == ("finished", 4, 4, 0, 0)
    assert organize("cancel_event", event_id)[1]["status"] == "finished"
    check_all_given_back(stripe_standin, order_ids)
    assert [len(payments.refunds_of(order_id)) for order_id in order_ids] == [1, 1, 1, 1]
    assert buying.messages({"orderId": order_ids[0]}) == ["event-cancelled", "order-completed"]


def test_nobody_buys_any_more_and_purchases_that_run_end_without_money(stripe_standin: StripeStandIn) -> None:
    event_id = open_event()
    running = buying.buy(accepted(event_id, "ada", buying.TWO), "AuthorizePayment")
    _, basket = hold(event_id, ["stalls-1-0"], person="bob")
    organize("cancel_event", event_id)
    later = SOON + timedelta(seconds=6)
    assert word(hold(event_id, ["stalls-1-1"], person="cem", now=later)[1]) == "event-cancelled"
    status, problem, _ = harness.call(
        "orders.start_purchase",
        body={"holdId": basket["holdId"], "paymentInfo": {"paymentMethodId": "pm_card_visa"}},
        headers={"idempotency-key": "late"},
        person="bob",
        now=SOON,
    )
    assert (status, word(problem)) == (409, "event-cancelled")
    with pytest.raises(Exception, match="cancelled") as refused:
        buying.buy(running, "SellSeats")
    assert type(refused.value).__name__ == "EventCancelled"
    carry_out(event_id)
    assert progress(event_id)[:4] == ("finished", 0, 0, 0)


def test_a_purchase_past_its_sale_is_waited_for_and_refunded(stripe_standin: StripeStandIn) -> None:
    """The seats were sold before the event was cancelled, the money is being taken."""
    event_id = open_event()
    order = buying.buy(accepted(event_id, "ada", buying.TWO), "CapturePayment")
    organize("cancel_event", event_id)
    carry_out(event_id)
    assert organize("show_cancellation", event_id)[1]["failures"] == [
        {"orderId": order["orderId"], "why": "OrderUnderWay"}
    ]
    run("IssueTickets", {"orderId": order["orderId"]})
    run("CompleteOrder", {"orderId": order["orderId"], "personId": "ada"})
    organize("cancel_event", event_id)
    carry_out(event_id)
    assert progress(event_id) == ("finished", 1, 1, 0, 0)
    check_all_given_back(stripe_standin, [order["orderId"]])


def test_what_was_given_back_before_is_not_given_twice(stripe_standin: StripeStandIn) -> None:
    event_id = open_event(refund_policy=buying.FAIR)
    order_id = bought(event_id, "ada", buying.TWO)
    whole = bought(event_id, "bob", ["stalls-1-0"])
    assert buying.cancel({"orderId": order_id}, [buying.TWO[0]])[0] == 202
    assert buying.cancel({"orderId": whole}, person="bob")[0] == 202
    refund_payment(order_id, "goodwill", Money(500, "EUR"), SOON)
    organize("cancel_event", event_id)
    carry_out(event_id)
    check_all_given_back(stripe_standin, [order_id])
    assert given_back(stripe_standin, whole) == FACE, "who gave back by the policy has what the policy gives"


def test_a_moved_event_is_kept_or_given_back(stripe_standin: StripeStandIn) -> None:
    event_id = open_event(refund_policy=None)
    ada, bob = (bought(event_id, person, [f"stalls-0-{i}"]) for i, person in enumerate(("ada", "bob")))
    before = catalog.get_event(event_id)
    starts = before.starts_at + timedelta(days=7)
    body = {"startsAt": starts.isoformat(), "keepUntil": (SOON + timedelta(days=5)).isoformat()}
    assert organize("move_event", event_id, body, SOON + timedelta(seconds=1))[0] == 202
    carry_out(event_id)
    assert organize("move_event", event_id, body)[1]["status"] == "finished"
    assert buying.messages({"orderId": ada}) == ["event-moved", "order-completed"]
    event = catalog.get_event(event_id)
    assert (event.status, event.starts_at, event.doors_at - before.doors_at) == ("moved", starts, timedelta(days=7))
    assert word(hold(event_id, ["stalls-1-1"], person="cem", now=SOON + timedelta(seconds=6))[1]) == "event-moved"
    quote = buying.quoted({"orderId": ada}, now=SOON + timedelta(days=1))[1]
    assert (quote["free"], quote["refund"]["amount"]) == (True, FACE + 200)
    assert buying.cancel({"orderId": ada}, now=SOON + timedelta(days=1))[0] == 202
    assert given_back(stripe_standin, ada) == FACE + 200
    late = SOON + timedelta(days=5)
    assert buying.refused(buying.cancel({"orderId": bob}, person="bob", now=late)) == (409, "cancellation-refused")


@pytest.mark.parametrize(
    "body",
    [
        {"startsAt": "2001-01-01T20:00:00Z"},
        {"startsAt": "2999-01-01T20:00:00Z"},
        {"startsAt": "2030-07-01T20:00:00"},
        {"startsAt": "2030-07-01T20:00:00Z", "keepUntil": "2030-01-01T20:00:00Z"},
        {"startsAt": "2030-07-01T20:00:00Z", "status": "on_sale"},
        {},
    ],
)
def test_a_date_that_cannot_be(body: dict[str, str]) -> None:
    event_id = open_event()
    assert organize("move_event", event_id, body)[0] == 422
    assert catalog.get_event(event_id).status == "on_sale"


def test_who_may_and_what_can() -> None:
    event_id = open_event()
    for verb, body in (("cancel_event", None), ("move_event", {"startsAt": "2030-07-01T20:00:00Z"})):
        assert organize(verb, event_id, body, group="fan")[0] == 403
        assert organize(verb, "evt_0000000000000000", body)[0] == 404
    assert organize("show_cancellation", event_id)[0] == 404
    organize("cancel_event", event_id)
    assert word(organize("move_event", event_id, {"startsAt": "2030-07-01T20:00:00Z"})[1]) == "event-not-sellable"
    assert catalog.get_event(event_id).status == "cancelled"
