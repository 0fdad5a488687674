"""What the site does when the network, the server or the clock is against the buyer."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import Browsing
from tests.browser.visitor import THEATRE


def test_a_failed_load_says_so_and_can_be_tried_again(browsing: Browsing) -> None:
    page = browsing.visitor().page
    page.route("**/api/events?*", lambda route: route.fulfill(status=500, json={"title": "x", "status": 500}))
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("Something broke on our side")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name=THEATRE)).to_be_visible()


def test_a_lost_answer_to_an_order_makes_no_second_order(browsing: Browsing) -> None:
    visitor = browsing.visitor()
    page = visitor.page
    visitor.open_event(THEATRE)
    visitor.enter_seated_section()
    visitor.choose_free_seats(1)
    visitor.hold()
    visitor.create_account()
    sent: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        sent.append(route.request.headers["idempotency-key"])
        answer = route.fetch()
        route.abort() if len(sent) == 1 else route.fulfill(response=answer)

    page.route(re.compile("/api/orders$"), lose_the_first_answer)
    visitor.pay()
    assert visitor.wait_for_tickets() == 1
    assert len(sent) == 2
    assert len(set(sent)) == 1
    page.unroute_all()
    page.get_by_role("link", name="Orders").click()
    expect(page.locator(".order-line")).to_have_count(1)


def test_a_hold_that_has_ended_leads_back_to_the_map(browsing: Browsing) -> None:
    visitor = browsing.visitor()
    page = visitor.page
    visitor.open_event(THEATRE)
    visitor.enter_seated_section()
    visitor.choose_free_seats(1)
    visitor.hold()
    visitor.create_account()
    expect(page.get_by_label("Card number")).to_be_visible()
    page.clock.install()
    page.clock.fast_forward("12:00")
    expect(page.get_by_role("heading", name="Your time is up")).to_be_visible()
    expect(page.get_by_label("Card number")).to_have_count(0)
    page.get_by_role("link", name="Back to the map").click()
    expect(page.locator(".chosen-list li")).to_have_count(1)


def test_somebody_elses_hold_order_and_ticket_are_not_there(browsing: Browsing) -> None:
    visitor = browsing.visitor()
    page = visitor.page
    page.goto("/sign-in")
    visitor.create_account()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto("/checkout/hld_0000000000000000")
    expect(page.get_by_role("alert")).to_contain_text("Your hold has ended")
    for address in ("/orders/ord_0000000000000000", "/tickets/tkt_0000000000000000", "/events/evt_0000000000000000"):
        page.goto(address)
        expect(page.get_by_role("heading", name="No seat at this address")).to_be_visible()
