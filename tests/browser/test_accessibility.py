"""Every page by axe: nothing serious in either colour scheme, on a phone as on a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browsing
from tests.browser.visitor import THEATRE

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(' ')}`);
}"""


def assert_accessible(page: Page) -> None:
    page.evaluate(AXE.read_text())
    assert page.evaluate(RUN) == [], page.url


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)], ids=["desktop light", "phone dark"])
def test_no_page_has_a_serious_barrier(browsing: Browsing, phone: bool, dark: bool) -> None:
    visitor = browsing.visitor(phone=phone, dark=dark)
    page = visitor.page
    page.goto("/")
    expect(page.get_by_role("link", name=THEATRE)).to_be_visible()
    assert_accessible(page)
    for path, heading in (("/sign-up", "Create"), ("/forgot-password", "Reset"), ("/nowhere", "No seat")):
        page.goto(path)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert_accessible(page)

    visitor.open_event(THEATRE)
    visitor.enter_seated_section()
    visitor.choose_free_seats(2)
    page.get_by_role("heading", name="Let us choose the best seats").click()
    assert_accessible(page)
    visitor.hold()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert_accessible(page)
    visitor.create_account()
    expect(page.get_by_label("Card number")).to_be_visible()
    assert_accessible(page)
    page.goto("/")
    expect(page.get_by_role("complementary", name="Seats held for you")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Go and pay").click()
    visitor.pay()
    visitor.wait_for_tickets()
    assert_accessible(page)
    page.get_by_role("link", name="Show ticket").first.click()
    expect(page.get_by_role("img", name="Ticket code")).to_be_visible()
    assert_accessible(page)
    for link in ("Tickets", "Orders"):
        page.get_by_role("link", name=link, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".skeleton")).to_have_count(0)
        assert_accessible(page)
