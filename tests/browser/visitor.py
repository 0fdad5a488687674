"""A person at the site, in the words of what they do. Finds things as people do: by their names."""

from __future__ import annotations

import itertools
import json
import re
import secrets
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page, expect

from local.demo import PASSWORD as DEMO_PASSWORD

THEATRE = "The Debt of Hours"
ARENA = "Northbound Lights Tour"
PASSWORD = "Correct-Horse-42"
GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"
POOR_CARD = "4000 0000 0000 9995"
MAIL_SECONDS = 15
PURCHASE_MS = 30_000
DRAWN = """() => new Promise((drawn) => {
  const look = () => performance.getEntriesByName('seat-map-drawn').length ? drawn() : setTimeout(look, 20);
  look();
})"""
"""Playwright's own waiting for a condition needs `eval`, which the site's security policy forbids."""
_numbers = itertools.count(1)


class Visitor:
    """One browser window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.email = f"visitor-{secrets.token_hex(4)}-{next(_numbers)}@example.com"

    def open_event(self, name: str) -> None:
        """From the list of events to the drawn seat map."""
        self.page.goto("/")
        self.page.get_by_role("link", name=name, exact=True).click()
        self.wait_for_map()

    def wait_for_map(self) -> None:
        self.page.locator(".seat-map").wait_for()
        self.page.evaluate(DRAWN)

    @property
    def map(self) -> Any:
        return self.page.get_by_role("application")

    @property
    def told(self) -> str:
        """What a screen reader would say of the place on the map that has the focus."""
        return str(self.page.locator(".seat-map [role=status]").inner_text())

    def press(self, key: str) -> str:
        """Press a key on the map; answers what is told then."""
        self.map.press(key)
        return self.told

    def enter_seated_section(self) -> None:
        """By keyboard from the first section to one that has seats left, and in."""
        keys = itertools.islice(itertools.cycle(("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft")), 40)
        while "seats left" not in self.press(next(keys)):
            pass
        self.map.press("Enter")
        expect(self.page.locator(".seat-map [role=status]")).to_contain_text("Row")

    def choose_free_seats(self, count: int) -> list[str]:
        """In a section: choose so many seats side by side; answers how they were told.

        Two free seats stay on either side, so that a neighbour whom this map still shows as sitting there, and who
        has just left, makes a single seat of nobody.
        """
        free: list[str] = []
        for told in self.walk():
            if told in free:  # the row's end
                continue
            beside = free if free and _row(told) == _row(free[-1]) else []
            free = [*beside, told] if told.endswith("available") else []
            if len(free) == count + 4:
                break
        else:
            raise AssertionError(f"no {count} free seats side by side")
        self.press("ArrowLeft")
        for number in range(count):
            self.press("ArrowLeft")
            self.map.press("Enter")
            expect(self.page.locator(".chosen-list li")).to_have_count(number + 1)
        return free[2:-2]

    def choose_seat(self, words: str) -> None:
        """In a section: walk its rows to the seat that is told with these words, and choose it."""
        if not any(words in told for told in self.walk()):
            raise AssertionError(f"there is no {words}")
        self.map.press("Enter")
        expect(self.page.locator(".chosen-list li").last).to_be_visible()

    def find_seat(self, told: str) -> str:
        """In a section: walk to the seat that was told so elsewhere; answers how it is told here."""
        place = told.rpartition(", ")[0]
        return next(here for here in self.walk() if here.startswith(place))

    def walk(self) -> Iterator[str]:
        """Seat after seat, row after row, each from its beginning."""
        for key in itertools.islice(itertools.cycle(["Home", *["ArrowRight"] * 40, "ArrowDown"]), 600):
            told = self.press(key)
            if key != "ArrowDown":
                yield told

    def hold(self) -> None:
        self.page.get_by_role("button", name=re.compile("^Hold (this seat|\\d+ seats)$")).click()

    def sign_in(self, email: str, path: str) -> None:
        """As somebody of the demo, and on to this page of the site."""
        self.page.goto(f"/sign-in?next={path}")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(DEMO_PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"**{path}")

    def create_account(self) -> None:
        """From the sign-in page to a confirmed account, with the code from the mail."""
        self.page.get_by_role("main").get_by_role("link", name="Create an account").click()
        self.page.get_by_label("Name").fill("Vera Visitor")
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Create account").click()
        self.page.get_by_label("Code").fill(self.code_from_mail())
        self.page.get_by_role("button", name="Confirm").click()

    def fill_card(self, number: str) -> None:
        self.page.get_by_label("Card number").fill(number)
        self.page.get_by_label("Expiration date").fill("12 / 40")
        self.page.get_by_label("Security code").fill("123")
        self.page.get_by_label("Name on card").fill("Vera Visitor")

    def pay(self, number: str = GOOD_CARD) -> None:
        expect(self.page.get_by_role("button", name=re.compile("^Pay "))).to_be_enabled()
        self.fill_card(number)
        self.page.get_by_role("button", name=re.compile("^Pay ")).click()

    def wait_for_tickets(self) -> int:
        """The order has ended well; answers how many tickets it shows."""
        expect(self.page.get_by_role("heading", name="You’re going!")).to_be_visible(timeout=PURCHASE_MS)
        links = self.page.get_by_role("link", name="Show ticket")
        expect(links.first).to_be_visible()
        return links.count()

    def mails(self) -> list[dict[str, Any]]:
        """Newest first."""
        query = urllib.parse.urlencode({"to": self.email})
        root = urllib.parse.urljoin(self.page.url, "/_local/mail.json")
        with urllib.request.urlopen(f"{root}?{query}", timeout=5) as answer:
            return list(json.load(answer)["mails"])

    def wait_for_mail(self, subject: str, after: int = 0) -> dict[str, Any]:
        """The newest mail of that subject, once more than `after` mails are there."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            mails = self.mails()
            for mail in mails[: len(mails) - after]:
                if re.search(subject, mail["subject"], re.IGNORECASE):
                    return mail
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no mail like {subject!r}; there are {[mail['subject'] for mail in self.mails()]}")

    def code_from_mail(self, after: int = 0) -> str:
        mail = self.wait_for_mail("code|verif|confirm|password", after)
        found = re.search(r"\b(\d{6})\b", mail["text"] or mail["html"])
        assert found, mail
        return found[1]


def _row(told: str) -> str:
    return told.partition(", seat ")[0]
