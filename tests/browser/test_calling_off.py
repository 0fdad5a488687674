"""An organizer moves an event, then calls it off, and watches the refunds until everybody has the money back."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from local.run import RunningBoxoffice
from tests.browser.conftest import Browsing
from tests.browser.test_accessibility import assert_accessible
from tests.journeys.evenings import copy_of
from tests.journeys.test_buying import shopper

NAME = "Nights Beside the Water"
REFUNDED_WITHIN_MS = 90_000


@pytest.fixture
def organizer(browsing: Browsing) -> Page:
    page = browsing.organizer("/organizer/events/new").page
    expect(page.get_by_role("heading", name="New event")).to_be_visible()
    return page


def sold_to_two(site: RunningBoxoffice) -> str:
    event_id = copy_of(site, "The Debt of Hours", NAME)

    async def buy() -> None:
        async with shopper(site, event_id) as ada, shopper(site, event_id) as bob:
            for buyer in (ada, bob):
                assert (await buyer.ended(await buyer.order()))["status"] == "completed"

    with ThreadPoolExecutor() as elsewhere:  # the browser has a loop running here
        elsewhere.submit(asyncio.run, buy()).result()
    return event_id


def _picture(page: Page, name: str) -> None:
    """Where somebody wants to look at it."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"calling-off-{name}.png", full_page=True)


def test_moved_then_called_off(organizer: Page, site: RunningBoxoffice) -> None:
    page = organizer
    event_id = sold_to_two(site)
    page.goto(f"/organizer/events/{event_id}/change")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    later = datetime.now(UTC) + timedelta(days=90)
    page.get_by_label("New date").fill(f"{later:%Y-%m-%d}T20:00")
    page.get_by_role("button", name="Move the event").click()
    expect(page.get_by_role("heading", name="This event has a new date")).to_be_visible()
    expect(page.get_by_text("All 2 orders are told")).to_be_visible(timeout=REFUNDED_WITHIN_MS)

    page.get_by_role("link", name="Edit this event").click()
    again = page.get_by_role("button", name="Put it on sale")
    again.click()
    expect(again).to_have_count(0)
    page.get_by_role("link", name="Move or cancel it").click()
    cancel = page.get_by_role("button", name="Cancel the event")
    expect(cancel).to_be_disabled()
    page.get_by_label("to be sure").fill(NAME.lower())
    expect(cancel).to_be_disabled()
    page.get_by_label("to be sure").fill(NAME)
    assert_accessible(page)
    _picture(page, "forms")
    cancel.click()
    expect(page.get_by_role("heading", name="This event is cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Move the event")).to_have_count(0)
    expect(page.get_by_text("All 2 orders are refunded")).to_be_visible(timeout=REFUNDED_WITHIN_MS)
    assert_accessible(page)
    _picture(page, "refunded")
