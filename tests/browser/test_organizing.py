"""An organizer brings the chart another system exported, looks at what became of it, and sells from it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

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
    page = browsing.organizer("/organizer/events/new").page
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

    describe(page, "Kammermusik am Kanal", days=30)
    page.get_by_label("Front, Adult").fill("29.90")
    page.get_by_label("Balcony, Adult").fill("18")
    page.get_by_role("button", name="Put it on sale").click()
    page.get_by_role("link", name="See it as your buyers do").click()
    expect(page.get_by_role("heading", name="Kammermusik am Kanal")).to_be_visible()
    expect(page.get_by_text("19:30").first).to_be_visible()
    page.locator(".seat-map").wait_for()
    edited(page, tmp_path)
    at_the_venue(page)


def describe(page: Page, name: str, days: int) -> None:
    """What, when and where, at a venue of its own."""
    page.get_by_label("Name of the event", exact=True).fill(name)
    page.get_by_label("Artist", exact=True).fill("Trio Fährmann")
    page.get_by_label("Venue", exact=True).fill("Kanalsaal")
    page.get_by_label("City", exact=True).fill("Wien")
    page.get_by_label("Country (two letters)", exact=True).fill("at")
    page.get_by_label("Latitude", exact=True).fill("48.2")
    page.get_by_label("Longitude", exact=True).fill("16.37")
    page.get_by_label("Time zone").select_option("Europe/Vienna")
    starts_in(page, days)


def starts_in(page: Page, days: int) -> None:
    page.get_by_label("Starts").fill(f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}T19:30")


def edited(page: Page, folder: Path) -> None:
    """Another name, another price, a picture and a page for the artist; each part is saved by itself."""
    page.get_by_role("link", name="Edit this event").click()
    details = page.get_by_role("form", name="What and when")
    details.get_by_label("Name of the event").fill("Kammermusik am Wasser")
    details.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Kammermusik am Wasser")).to_be_visible()
    prices = page.get_by_role("form", name="Tickets and prices")
    prices.get_by_label(", Adult, EUR").first.fill("31.50")
    prices.get_by_role("button", name="Add a fee").click()
    prices.get_by_label("Fee").fill("Order fee")
    prices.get_by_label("How it is taken").select_option("order")
    prices.get_by_label("EUR", exact=True).fill("1.20")
    prices.get_by_role("button", name="Save").click()
    expect(prices.get_by_text("Saved.")).to_be_visible()
    Image.new("RGB", (1600, 1200), "#1e6f6a").save(folder / "picture.png")
    picture = page.get_by_role("form", name="Picture")
    picture.get_by_label("PNG, JPEG or WebP").set_input_files(folder / "picture.png")
    picture.get_by_role("button", name="Use this picture").click()
    shown = picture.get_by_role("img", name="The picture of Kammermusik am Wasser")
    expect(shown).to_be_visible()
    page.wait_for_function("image => image.naturalWidth > 0", arg=shown.element_handle())
    artist = page.get_by_role("form", name="Artist's page")
    artist.get_by_role("button", name="Make a page for Trio Fährmann").click()
    expect(page.get_by_role("link", name="Edit the page of Trio Fährmann")).to_be_visible()
    starts = details.get_by_label("Starts, at the venue's clock").input_value()
    details.get_by_label("Starts, at the venue's clock").fill(starts.replace("19:30", "20:00"))
    details.get_by_role("button", name="Save").click()
    expect(details.get_by_role("alert")).to_contain_text("is moved, not edited")
    assert_accessible(page)


def at_the_venue(page: Page) -> None:
    """The venue's page knows the event once the index does, with its new name."""
    page.get_by_role("link", name="Edit Kanalsaal").click()
    page.get_by_role("link", name="As visitors see it").click()
    expect(page.get_by_role("heading", name="Kanalsaal")).to_be_visible()
    for _ in range(20):
        if page.get_by_role("link", name="Kammermusik am Wasser").count():
            break
        page.wait_for_timeout(3_000)
        page.goto(f"{page.url.partition('?')[0]}?{secrets.token_hex(4)}")
        page.get_by_role("heading", name="Kanalsaal").wait_for()
    expect(page.get_by_role("link", name="Kammermusik am Wasser")).to_be_visible()
    expect(page.get_by_role("link", name="Add to calendar")).to_be_visible()
    assert_accessible(page)


def test_a_file_that_is_no_chart_says_what_is_wrong(organizer: Page, tmp_path: Path) -> None:
    bring(organizer, "prices.csv", "article;price\nhat;12\n", tmp_path)
    expect(organizer.get_by_role("alert")).to_contain_text("names no column section")
    expect(organizer.get_by_role("cell", name="file")).to_be_visible()
    expect(organizer.get_by_role("button", name="Put it on sale")).to_have_count(0)


def test_without_a_drawing_by_way_of_a_waiting_room_and_each_fault_at_its_field(organizer: Page) -> None:
    page = organizer
    page.get_by_label("General admission, without numbered seats").check()
    page.get_by_label("Places").fill("250")
    page.get_by_role("button", name="Take so many places").click()
    expect(page.get_by_text("250 places")).to_be_visible()
    describe(page, "Tanz am Kanal", days=-1)
    page.get_by_label("People come in by a waiting room").check()
    page.get_by_label("General admission, Adult").fill("12")
    page.get_by_role("button", name="Put it on sale").click()
    starts = page.get_by_label("Starts")
    expect(starts).to_have_accessible_description("Must lie in the next three years.")
    assert_accessible(page)
    starts_in(page, days=30)
    page.get_by_role("button", name="Put it on sale").click()
    page.get_by_role("link", name="Open its waiting room").click()
    page.get_by_label("In batches of").fill("40")
    page.get_by_role("button", name="Open the waiting room").click()
    expect(page.get_by_role("cell", name="40 every 30 s")).to_be_visible()
