"""An organizer brings the chart another system exported, looks at what became of it, and sells from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from local.demo import PASSWORD
from tests.browser.conftest import Browsing
from tests.browser.test_accessibility import assert_accessible

TABLE = """section;row;seat;category
Parkett;1;1-12;Front
Parkett;2;1-10,12-14;Front
Rang;;1-8;Balcony
Parkett;1;3;Front
"""


@pytest.fixture
def organizer(browsing: Browsing) -> Page:
    page = browsing.visitor().page
    page.goto("/sign-in?next=/organizer/events/new")
    page.get_by_label("E-mail").fill("organizer@boxoffice.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="1. The seating chart")).to_be_visible()
    return page


def bring(page: Page, name: str, content: str, folder: Path) -> None:
    file = folder / name
    file.write_text(content)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Import").click()


def test_from_a_table_of_seats_to_an_event_on_sale(organizer: Page, tmp_path: Path) -> None:
    page = organizer
    bring(page, "seats.csv", TABLE, tmp_path)
    expect(page.get_by_text("33 seats in 2 sections")).to_be_visible()
    picture = page.get_by_role("img", name="seen from above")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 0
    page.get_by_text("What was mended").click()
    expect(page.get_by_role("cell", name="the seat Parkett / 1 / 3 is there twice")).to_be_visible()
    assert_accessible(page)

    page.get_by_label("Name of the event", exact=True).fill("Kammermusik am Kanal")
    page.get_by_label("Artist", exact=True).fill("Trio Fährmann")
    page.get_by_label("Venue", exact=True).fill("Kanalsaal")
    page.get_by_label("City", exact=True).fill("Wien")
    page.get_by_label("Country (two letters)", exact=True).fill("at")
    page.get_by_label("Latitude", exact=True).fill("48.2")
    page.get_by_label("Longitude", exact=True).fill("16.37")
    page.get_by_label("Time zone").select_option("Europe/Vienna")
    starts = datetime.now(UTC) + timedelta(days=30)
    page.get_by_label("Starts").fill(f"{starts:%Y-%m-%d}T19:30")
    page.get_by_label("Front, Adult").fill("29.90")
    page.get_by_label("Balcony, Adult").fill("18")
    page.get_by_role("button", name="Put it on sale").click()
    page.get_by_role("link", name="See it as your buyers do").click()
    expect(page.get_by_role("heading", name="Kammermusik am Kanal")).to_be_visible()
    expect(page.get_by_text("19:30").first).to_be_visible()
    page.locator(".seat-map").wait_for()


def test_a_file_that_is_no_chart_says_what_is_wrong(organizer: Page, tmp_path: Path) -> None:
    bring(organizer, "prices.csv", "article;price\nhat;12\n", tmp_path)
    expect(organizer.get_by_role("alert")).to_contain_text("names no column section")
    expect(organizer.get_by_role("cell", name="file")).to_be_visible()
    expect(organizer.get_by_role("button", name="Put it on sale")).to_have_count(0)
