"""A buyer gives one ticket back, having seen what it brings, and the page follows."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Browsing
from tests.browser.visitor import THEATRE


def test_one_of_two_tickets(browsing: Browsing) -> None:
    buyer = browsing.visitor()
    page = buyer.page
    buyer.open_event(THEATRE)
    buyer.enter_seated_section()
    buyer.choose_free_seats(2)
    buyer.hold()
    buyer.create_account()
    expect(page.get_by_text("Tickets are taken back until 2 days before the start")).to_be_visible()
    buyer.pay()
    assert buyer.wait_for_tickets() == 2
    page.get_by_role("button", name="Choose tickets").click()
    expect(page.get_by_role("button", name="Give 2 tickets back")).to_be_enabled()
    page.get_by_role("checkbox").first.uncheck()
    expect(page.get_by_text("You get back €")).to_be_visible()
    expect(page.get_by_text("Fees are not paid back.")).to_be_visible()
    _picture(page, "choosing")
    page.get_by_role("button", name="Give 1 ticket back").click()
    expect(page.get_by_text("Given back")).to_be_visible()
    expect(page.get_by_role("heading", name="Give your ticket back")).to_be_visible()
    _picture(page, "given")


def _picture(page: object, name: str) -> None:
    """Where somebody wants to look at it."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"giving-back-{name}.png", full_page=True)  # type: ignore[attr-defined]
