"""Finding an event as people do: typing with a slip, choosing with the arrow keys, narrowing down, sharing the link."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Browsing
from tests.browser.test_accessibility import assert_accessible
from tests.browser.visitor import ARENA, THEATRE


def test_a_venue_is_found_by_the_keyboard_and_kept_in_the_address(browsing: Browsing) -> None:
    page = browsing.visitor().page
    page.goto("/")
    box = page.get_by_role("combobox", name="Search by")
    expect(page.get_by_role("link", name=THEATRE, exact=True)).to_be_visible()
    box.press_sequentially("lindenhoff the", delay=20)
    theatre = page.get_by_role("option", name="Lindenhof Theatre")
    expect(theatre).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert_accessible(page)
    for _ in range(10):
        box.press("ArrowDown")
        if theatre.get_attribute("aria-selected") == "true":
            break
    assert box.get_attribute("aria-activedescendant") == theatre.get_attribute("id")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"\?venueId=ven_"))
    expect(page.get_by_role("link", name="Remove Lindenhof Theatre")).to_be_visible()
    expect(page.get_by_role("link", name=THEATRE, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=ARENA, exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Add to calendar")).to_have_attribute("href", re.compile(r"events\.ics$"))
    assert_accessible(page)

    page.reload()
    expect(page.get_by_role("link", name="Remove Lindenhof Theatre")).to_be_visible()
    page.get_by_role("link", name="Remove Lindenhof Theatre").click()
    expect(page).to_have_url(re.compile(r"/$"))
    expect(page.get_by_role("link", name=ARENA, exact=True)).to_be_visible()


def test_typed_words_facets_and_days(browsing: Browsing) -> None:
    page = browsing.visitor().page
    page.goto("/?keyword=northbuond")
    expect(page.get_by_role("link", name=ARENA, exact=True)).to_be_visible()
    page.get_by_role("complementary", name="Narrow down").get_by_role("link", name="Manchester").click()
    expect(page).to_have_url(re.compile(r"keyword=northbuond&city=Manchester&countryCode=GB"))
    page.get_by_role("button", name="Tonight").click()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name=ARENA, exact=True)).to_be_visible()
    box = page.get_by_role("combobox", name="Search by")
    expect(box).to_have_value("northbuond")
    box.fill("nothing of that name anywhere")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()
    expect(page.get_by_role("link", name=THEATRE, exact=True)).to_be_visible()
    expect(box).to_have_value("")
