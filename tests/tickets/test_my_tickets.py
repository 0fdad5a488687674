"""GET /tickets and GET /tickets/{ticketId}: mine only, the latest event first, with a code that verifies."""

from __future__ import annotations

import json

import pytest

from tests import harness
from tests.tickets.conftest import an_event, an_order, issued
from tickets import TicketClass, list_tickets, public_keys, show_ticket, store, verify
from tickets.store import TicketItem

pytestmark = pytest.mark.usefixtures("aws")


def test_a_ticket_with_the_code_that_opens_the_gate() -> None:
    event = an_event()
    ticket_id = issued(an_order(event))[0]
    status, ticket, headers = harness.call(show_ticket, path={"ticketId": ticket_id}, person="ada")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert (ticket["eventName"], ticket["venueName"], ticket["city"]) == (
        "The Night Parade",
        "Kulturhuset",
        "Stockholm",
    )
    assert (ticket["startsAt"], ticket["doorsAt"]) == ("2030-07-01T12:00:00Z", "2030-07-01T11:00:00Z")
    assert ticket["timezone"] == "Europe/Stockholm"
    said = verify(public_keys(), ticket["code"])
    assert (said.ticket_id, said.event_id, said.seat_id) == (ticket_id, event.event_id, "stalls-3-4")
    assert (said.ticket_class, said.version) == (TicketClass.PAPER, 1)


def test_a_void_ticket_shows_no_code() -> None:
    ticket_id = issued(an_order(an_event()))[0]
    TicketItem(f"T#{ticket_id}", store.TICKET).update([TicketItem.status.set("void")])
    _, ticket, _ = harness.call(show_ticket, path={"ticketId": ticket_id}, person="ada")
    assert (ticket["status"], ticket["code"]) == ("void", None)


@pytest.mark.parametrize("verb", ["tickets.show_ticket", "tickets.download_pdf"])
def test_somebody_elses_looks_like_none_to_the_byte(verb: str) -> None:
    theirs = issued(an_order(an_event()))[0]
    answers = [
        harness.call(verb, path={"ticketId": ticket_id}, person="mallory")
        for ticket_id in (theirs, "tkt_0000000000000000", "../../etc/passwd", "T#x")
    ]
    assert answers[0][0] == 404
    assert answers[0][1]["type"].endswith("/not-found")
    assert all(json.dumps(answer) == json.dumps(answers[0]) for answer in answers)


@pytest.mark.parametrize("verb", ["tickets.list_tickets", "tickets.show_ticket", "tickets.download_pdf"])
def test_nobody_sees_tickets_unsigned(verb: str) -> None:
    status, problem, headers = harness.call(verb, path={"ticketId": "tkt_0000000000000000"})
    assert (status, headers["cache-control"]) == (401, "no-store")
    assert problem["type"].endswith("/unauthenticated")


def test_the_list_is_mine_and_the_latest_event_comes_first() -> None:
    for days in (10, 40, 25):
        event = an_event(f"In {days} days", days_ahead=days)
        issued(an_order(event))
        issued(an_order(event, person="bob"))
    _, page, headers = harness.call(list_tickets, person="ada")
    assert headers["cache-control"] == "no-store"
    assert [ticket["eventName"] for ticket in page["tickets"]][::2] == ["In 40 days", "In 25 days", "In 10 days"]
    assert "code" not in page["tickets"][0]
    assert "nextCursor" not in page


def test_pages_show_every_ticket_once() -> None:
    wanted = {ticket for days in (1, 2, 3) for ticket in issued(an_order(an_event(f"{days}", days_ahead=days)))}
    seen: list[str] = []
    query = {"limit": "2"}
    for _ in range(3):
        _, page, _ = harness.call(list_tickets, person="ada", query=query)
        seen += [ticket["ticketId"] for ticket in page["tickets"]]
        query["cursor"] = page.get("nextCursor", "")
    assert query["cursor"] == ""
    assert (len(seen), set(seen)) == (6, wanted)


def test_a_cursor_is_for_its_reader_alone() -> None:
    for days in (1, 2):
        issued(an_order(an_event(f"{days}", days_ahead=days)))
    _, page, _ = harness.call(list_tickets, person="ada", query={"limit": "1"})
    for person, cursor in (("bob", page["nextCursor"]), ("ada", page["nextCursor"][:-1] + "_")):
        status, problem, _ = harness.call(list_tickets, person=person, query={"cursor": cursor})
        assert (status, problem["type"].rpartition("/")[2]) == (400, "invalid-cursor")


@pytest.mark.parametrize("limit", ["0", "1000000000", "x"])
def test_a_limit_has_bounds(limit: str) -> None:
    assert harness.call(list_tickets, person="ada", query={"limit": limit})[0] == 422
