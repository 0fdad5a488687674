"""The whole way to a ticket, and what can come between."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Route, expect

from tests.browser.conftest import Browsing
from tests.browser.visitor import ARENA, DECLINED_CARD, POOR_CARD, PURCHASE_MS, THEATRE, Visitor


@pytest.fixture
def buyer(browsing: Browsing) -> Iterator[Visitor]:
    """On the theatre's map, two seats chosen, not signed in."""
    visitor = browsing.visitor()
    visitor.open_event(THEATRE)
    visitor.enter_seated_section()
    visitor.choose_free_seats(2)
    yield visitor


def test_a_newcomer_chooses_seats_signs_up_pays_and_has_tickets(browsing: Browsing) -> None:
    newcomer = browsing.visitor()
    page = newcomer.page
    newcomer.open_event(THEATRE)
    newcomer.enter_seated_section()
    seats = newcomer.choose_free_seats(2)
    page.get_by_role("combobox", name="Ticket type").nth(1).select_option("child")
    shown_total = page.locator(".chosen-total b").inner_text()

    newcomer.hold()
    newcomer.create_account()  # what was chosen is still chosen afterwards, and held at once
    expect(page.get_by_role("heading", name="Pay for your tickets")).to_be_visible()
    expect(page.locator(".fare-total dd")).to_have_text(shown_total)
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))

    newcomer.pay()
    assert newcomer.wait_for_tickets() == 2
    for seat in seats:
        row, number = re.search(r"Row (\S+), seat (\S+),", seat).groups()  # type: ignore[union-attr]
        expect(page.get_by_role("link", name=f"Row {row} · Seat {number}")).to_be_visible()

    page.get_by_role("link", name="Show ticket").first.click()
    picture = page.get_by_role("img", name="Ticket code").screenshot()
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert len(code.text) > 100
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert "tickets" in newcomer.wait_for_mail("The Debt of Hours")["text"]


def test_a_seat_lost_at_the_last_moment_is_named_and_marked(browsing: Browsing, buyer: Visitor) -> None:
    buyer.hold()
    buyer.create_account()
    held = buyer.page.locator(".fare dt b").first.inner_text().replace("\u00a0", " ")
    section, row, seat = held.split(" · ")

    slower = browsing.visitor()
    # This map stands still, with every seat free: only the refused hold can tell.
    slower.page.route("**/availability", lambda route: route.abort())
    slower.page.route("**/seatmap", _everything_free)
    slower.open_event(THEATRE)
    slower.enter_seated_section()
    slower.choose_seat(f"{row}, {seat.lower()},")
    slower.hold()
    slower.create_account()
    expect(slower.page.locator(".notice")).to_contain_text(f"{section} {row.lower()} {seat.lower()}", ignore_case=True)
    expect(slower.page.locator(".chosen-list li")).to_have_count(0)
    slower.enter_seated_section()
    slower.choose_free_seats(1)
    expect(slower.page.get_by_role("button", name="Hold this seat")).to_be_enabled()


def _everything_free(route: Route) -> None:
    """As a map would look that is behind: seats that are taken seem free."""
    answer = route.fetch()
    body = answer.json()
    body["availabilityBitmap"] = "/" * len(body["availabilityBitmap"].rstrip("="))
    body["availabilityBitmap"] += "=" * (-len(body["availabilityBitmap"]) % 4)
    route.fulfill(response=answer, body=json.dumps(body))


def test_everybody_sees_within_seconds_that_seats_are_taken(browsing: Browsing, buyer: Visitor) -> None:
    watcher = browsing.visitor()
    watcher.open_event(THEATRE)
    watcher.enter_seated_section()
    [wanted] = watcher.choose_free_seats(1)
    buyer.hold()
    buyer.create_account()
    expect(buyer.page).to_have_url(re.compile("/checkout/"))

    expect(watcher.page.get_by_role("alert")).to_contain_text("just gone", timeout=15_000)
    expect(watcher.page.locator(".chosen-list li")).to_have_count(0)
    expect(watcher.page.locator(".seat-map [role=status]")).to_contain_text("just gone")
    assert wanted.endswith("available")

    buyer.page.get_by_role("button", name="Change seats").click()
    expect(watcher.page.locator(".seat-map [role=status]")).to_contain_text("available", timeout=15_000)


def test_a_declined_card_says_why_and_another_card_buys_the_same_seats(buyer: Visitor) -> None:
    page = buyer.page
    buyer.hold()
    buyer.create_account()
    for card, reason in ((DECLINED_CARD, "declined"), (POOR_CARD, "enough funds")):
        buyer.pay(card)
        expect(page.get_by_role("heading", name="The card was not accepted")).to_be_visible(timeout=PURCHASE_MS)
        expect(page.locator(".notice")).to_contain_text(reason)
        page.get_by_role("button", name="Try another card").click()
        expect(page.get_by_role("heading", name="Pay for your tickets")).to_be_visible()
        expect(page.locator(".notice")).to_contain_text(reason)
    buyer.pay()
    assert buyer.wait_for_tickets() == 2
    page.get_by_role("link", name="Orders").click()
    expect(page.locator(".order-state")).to_have_text(["Paid", "Not completed", "Not completed"])


def test_standing_places_and_best_seats_are_had_without_the_map(browsing: Browsing) -> None:
    visitor = browsing.visitor(phone=True)
    page = visitor.page
    visitor.open_event(ARENA)
    page.get_by_role("heading", name="Let us choose the best seats").click()
    page.get_by_label("Where").select_option("floor")
    page.get_by_role("button", name="One Adult more").click()
    page.get_by_role("button", name=re.compile("^Hold 3 tickets")).click()
    visitor.create_account()
    expect(page.locator(".fare dt b")).to_have_count(3)
    page.get_by_role("button", name="Change seats").click()
    visitor.wait_for_map()
    page.get_by_role("heading", name="Let us choose the best seats").click()
    page.get_by_role("button", name="Find and hold 2 tickets").click()
    expect(page.locator(".fare dt b").first).to_contain_text("Row")


def test_signing_out_ends_the_session_and_a_new_password_starts_one(browsing: Browsing) -> None:
    visitor = browsing.visitor()
    page = visitor.page
    page.goto("/sign-in")
    visitor.create_account()
    expect(page.get_by_role("link", name="Tickets")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Tickets").click()
    expect(page.get_by_text("No tickets yet")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Forgot your password?").click()
    known = len(visitor.mails())
    page.get_by_label("E-mail").fill(visitor.email)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code").fill(visitor.code_from_mail(after=known))
    page.get_by_label("New password").fill("Another-Horse-43")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
