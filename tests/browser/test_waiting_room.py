"""An event with a waiting room, from its opening by the organizer to seats held by somebody who waited."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from local.run import RunningBoxoffice
from tests.browser.conftest import Browsing
from tests.browser.test_accessibility import assert_accessible
from tests.browser.visitor import THEATRE, Visitor
from tests.journeys.evenings import copy_of

GOING_IN_MS = 60_000


@pytest.fixture(scope="module")
def evening(site: RunningBoxoffice) -> str:
    return copy_of(site, THEATRE, "Everybody wants in", waitingRoom=True)


def keeper_of(browsing: Browsing, evening: str) -> Page:
    """The organizer, on the page of the event's room."""
    page = browsing.organizer(f"/organizer/events/{evening}/room").page
    expect(page.get_by_role("heading", name="Open the room")).to_be_visible()
    return page


def in_line(visitor: Visitor, evening: str) -> list[str]:
    """From the event's page into the line; answers what the connection is told from now on."""
    heard: list[str] = []
    page = visitor.page
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    page.goto(f"/events/{evening}")
    visitor.wait_for_map()
    expect(page.get_by_role("heading", name="Let us choose the best seats")).to_have_count(0)
    assert_accessible(page)
    page.get_by_role("link", name="Go to the waiting room").click()
    visitor.create_account()
    expect(page.get_by_role("heading", name="You are not in line yet")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Join the line").click()
    expect(page.get_by_role("button", name="Leave the line")).to_be_visible()
    return heard


def test_from_the_opening_of_the_room_to_held_seats(browsing: Browsing, evening: str) -> None:
    first, second = browsing.visitor(), browsing.visitor(phone=True, dark=True)
    keeper = keeper_of(browsing, evening)
    keeper.get_by_label("Places").fill("1")
    assert_accessible(keeper)
    keeper.get_by_role("button", name="Open the waiting room").click()
    expect(keeper.get_by_text("People are let in by turn")).to_be_visible()

    in_line(first, evening)
    expect(first.page).to_have_url(re.compile(f"/events/{evening}"), timeout=GOING_IN_MS)
    expect(first.page.get_by_role("heading", name="Let us choose the best seats")).to_be_visible()
    expect(keeper.get_by_text("1 of 1 places taken")).to_be_visible()

    heard = in_line(second, evening)
    page = second.page
    expect(page.get_by_role("heading", name=re.compile("It is your turn|ahead of you"))).to_be_visible()
    assert_accessible(page)
    page.reload()
    expect(page.get_by_role("button", name="Leave the line")).to_be_visible()
    keeper.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="The line is paused")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("The line is paused")
    keeper.get_by_role("button", name="Resume").click()
    keeper.get_by_role("spinbutton", name="Places").fill("3")
    keeper.get_by_role("button", name="Change").click()
    expect(page).to_have_url(re.compile(f"/events/{evening}"), timeout=GOING_IN_MS)
    assert any("turn.come" in message for message in heard), heard
    second.wait_for_map()
    second.enter_seated_section()
    second.choose_free_seats(1)
    second.hold()
    expect(page).to_have_url(re.compile("/checkout/"))
    for action in ("Changed", "Resumed", "Paused", "Opened"):
        expect(keeper.get_by_role("cell", name=action)).to_be_visible()
    assert_accessible(keeper)
