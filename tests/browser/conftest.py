"""A real Chromium on a running site. Tests here share one site: each has a person of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from local.demo import ORGANIZER
from local.run import RunningBoxoffice
from tests.browser.visitor import Visitor
from tests.chromium import MISSING, find

PICTURES = Path(os.environ.get("BOXOFFICE_PICTURES", "test-results"))
WAIT_MS = 30_000
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Chromium calls home otherwise, and refuses to run as root."""

expect.set_options(timeout=WAIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find()
    if path is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


class Browsing:
    """Opens visitors, and knows what their pages complained of."""

    def __init__(self, chromium: Browser, site_url: str) -> None:
        self._chromium = chromium
        self._site_url = site_url
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def visitor(self, *, phone: bool = False, dark: bool = False) -> Visitor:
        """Somebody new, with storage of their own. They read British English, so that prices look the same anywhere."""
        size = (390, 844) if phone else (1280, 800)
        context = self._chromium.new_context(
            base_url=self._site_url,
            viewport={"width": size[0], "height": size[1]},
            is_mobile=phone,
            has_touch=phone,
            device_scale_factor=2 if phone else 1,
            color_scheme="dark" if dark else "light",
            locale="en-GB",
        )
        context.set_default_timeout(WAIT_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return Visitor(page)

    def organizer(self, path: str) -> Visitor:
        """The organizer of the demo, on a page of theirs."""
        organizer = self.visitor()
        organizer.sign_in(ORGANIZER, path)
        return organizer

    def pages(self) -> list[Page]:
        return [page for context in self._contexts for page in context.pages]

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _on_console(self, message: ConsoleMessage) -> None:
        # A refused call is told by the browser as an error; the page has its own words for those.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def browsing(chromium: Browser, site: RunningBoxoffice, request: pytest.FixtureRequest) -> Iterator[Browsing]:
    """Pages that must not log an error or break the content security policy. A failure leaves pictures."""
    browsing = Browsing(chromium, site.site_url)
    failures = request.session.testsfailed
    yield browsing
    if request.session.testsfailed > failures:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(browsing.pages()):
            page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png")
    browsing.close()
    assert browsing.complaints == []
