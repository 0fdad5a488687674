"""News of a payment: a disputed one flags its tickets, one given back voids them, in whatever order it comes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from orders import Order
from tests import harness
from tests.tickets.conftest import an_event, an_order, issued
from tickets import list_tickets, restrict_tickets, show_ticket, store

pytestmark = pytest.mark.usefixtures("aws")
SAMPLE = json.loads((Path(__file__).parents[2] / "events/tickets/restrict_tickets.json").read_text())


def hear(order: Order, news: str, left: int = 9_300) -> None:
    """The stream brings this news."""
    event = copy.deepcopy(SAMPLE)
    image = event["Records"][0]["dynamodb"]["NewImage"]
    image |= {"orderId": {"S": order.order_id}, "news": {"S": news}, "left": {"N": str(left)}}
    assert restrict_tickets.handler(event, harness.CONTEXT) == {"batchItemFailures": []}


def standing(person: str = "ada") -> list[str]:
    _, page, _ = harness.call(list_tickets, person=person)
    return [ticket["status"] for ticket in page["tickets"]]


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        (["dispute-opened"], "flagged"),
        (["dispute-opened", "dispute-opened"], "flagged"),
        (["dispute-opened", "dispute-won"], "active"),
        (["dispute-opened", "dispute-lost"], "void"),
        (["dispute-lost", "dispute-won"], "void"),
        (["fraud-warned"], "void"),
        (["fraud-warned", "dispute-opened"], "void"),
        (["refund-failed"], "active"),
    ],
)
def test_a_payment_in_trouble_closes_the_gate(told: list[str], stands: str) -> None:
    order = an_order(an_event(), status="completed")
    issued(order)
    for news in told:
        hear(order, news)
    assert standing() == [stands, stands]


def test_only_a_whole_refund_voids_the_order() -> None:
    order = an_order(an_event(), status="completed")
    issued(order)
    hear(order, "refunded", left=4_800)
    assert standing() == ["active", "active"]
    hear(order, "refunded", left=0)
    assert standing() == ["void", "void"]


@pytest.mark.parametrize("news", ["fraud-warned", "dispute-opened"])
def test_news_that_is_faster_than_the_tickets_keeps_them_from_ever_being_valid(news: str) -> None:
    order = an_order(an_event())
    hear(order, news)
    issued(order)
    assert "active" not in standing() and len(standing()) == 2


def test_an_order_that_failed_gets_no_tickets_by_this_way() -> None:
    hear(an_order(an_event(), status="failed"), "fraud-warned")
    assert standing() == []


def test_a_flagged_ticket_shows_no_code_and_one_given_away_is_flagged_too() -> None:
    order = an_order(an_event(), status="completed")
    kept, given_away = issued(order)
    store.TicketItem(f"T#{given_away}", store.TICKET).update([store.TicketItem.person_id.set("bob")])
    hear(order, "dispute-opened")
    _, ticket, _ = harness.call(show_ticket, path={"ticketId": kept}, person="ada")
    assert (ticket["status"], ticket["code"]) == ("flagged", None)
    assert [ticket.status for ticket in store.find([given_away], "bob")] == ["flagged"]


def test_news_of_an_order_nobody_knows_comes_again() -> None:
    event: Any = copy.deepcopy(SAMPLE)
    event["Records"][0]["dynamodb"]["NewImage"]["orderId"] = {"S": "ord_0000000000000000"}
    assert restrict_tickets.handler(event, harness.CONTEXT)["batchItemFailures"]
