"""An organizer keeps seats out of the sale on the map; a fan sees them go, and come back."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Browsing
from tests.browser.test_accessibility import assert_accessible
from tests.browser.visitor import THEATRE, Visitor

STATUS = ".seat-map [role=status]"


def house_of(fan: Visitor) -> str:
    """The organizer's page of the event that a fan looks at."""
    return re.sub(r"^.*(?=/events/)", "/organizer", fan.page.url) + "/house"


def choose(organizer: Visitor, count: int) -> list[str]:
    """Free seats of a section, by keyboard, as they were told."""
    chosen: list[str] = []
    for told in organizer.walk():
        if told.endswith("available"):
            organizer.map.press("Enter")
            expect(organizer.page.locator(STATUS)).to_contain_text("chosen")
            chosen.append(told)
        if len(chosen) == count:
            return chosen
    raise AssertionError(f"only {len(chosen)} free seats found")


def test_seats_kept_out_of_the_sale_are_gone_for_a_fan_until_they_are_given_back(browsing: Browsing) -> None:
    fan = browsing.visitor()
    fan.open_event(THEATRE)
    organizer = browsing.organizer(house_of(fan))
    organizer.wait_for_map()
    desk = organizer.page

    organizer.enter_seated_section()
    seats = choose(organizer, 2)
    desk.get_by_label("Reserved for a guest").check()
    desk.get_by_label("For whom").fill("The author’s parents")
    desk.get_by_role("button", name="Keep 2 seats").click()
    block = desk.get_by_role("article", name="Reserved: The author’s parents")
    expect(block).to_be_visible()
    expect(desk.get_by_role("status").filter(has_text="2 seats kept out of the sale")).to_be_visible()
    assert organizer.find_seat(seats[0]).endswith("house seat")
    assert_accessible(desk)
    if folder := os.environ.get("BOXOFFICE_PICTURES"):
        desk.screenshot(path=Path(folder) / "house-seats.png")

    fan.enter_seated_section()
    for seat in seats:
        fan.find_seat(seat)
        expect(fan.page.locator(STATUS)).to_have_text(re.compile("taken$"))

    block.get_by_role("button", name="Give 2 seats back").click()
    expect(block).to_have_count(0)
    expect(fan.page.locator(STATUS)).to_have_text(re.compile("available$"))
    assert fan.find_seat(seats[0]).endswith("available")


def test_the_house_is_the_organizers_own(browsing: Browsing) -> None:
    fan = browsing.visitor()
    fan.open_event(THEATRE)
    fan.page.goto(f"/sign-in?next={house_of(fan)}")
    fan.create_account()
    expect(fan.page.get_by_text("This page is for organizers")).to_be_visible()
