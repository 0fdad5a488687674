"""Case 30, by network address: who tries cards out from one place is stopped, an office is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.stage import DECLINED, Stage
from tests.faults.world import World
from tests.inventory.house import word

TESTER, ELSEWHERE, CDN = "203.0.113.9", "203.0.113.10", "130.176.1.1"
GOOD = "pm_card_visa"
HOUR = 3600.0


@pytest.fixture
def stage() -> Iterator[Stage]:
    with World().entered() as world:
        yield Stage(world)


class People:
    """One after another, each with a seat and a card of their own."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.count = stage, 0

    def order(self, card: str, forwarded_for: str) -> str:
        """How the next one's order ends, or the word that refuses it."""
        self.count += 1
        person, seat = f"person-{self.count}", f"floor-0-{self.count}"
        body = {"holdId": self.stage.hold(person, [seat]), "paymentInfo": {"paymentMethodId": card}}
        headers = {"idempotency-key": person, "x-forwarded-for": forwarded_for}
        status, answer = self.stage.world.call(
            "POST /orders", "orders.start_purchase", person, body=body, headers=headers
        )
        if status != 202:
            return word(answer)
        self.stage.run(60)
        return self.stage.order(answer["orderId"]).status


def test_after_four_declined_cards_an_address_is_refused_and_nothing_is_charged(stage: Stage) -> None:
    people = People(stage)
    assert [people.order(DECLINED, f"{TESTER}, {CDN}") for _ in range(4)] == ["failed"] * 4
    written = {name: len(stage.world.tables.scan(name)) for name in ("orders", "payments")}
    charged = len(stage.world.bank.all("payment_intent"))
    assert people.order(GOOD, f"{TESTER}, {CDN}") == "payment-velocity"
    assert int(stage.world.headers["retry-after"]) > 0
    assert written == {name: len(stage.world.tables.scan(name)) for name in written}
    assert charged == len(stage.world.bank.all("payment_intent"))
    assert people.order(GOOD, f"{ELSEWHERE}, {CDN}") == "completed"
    stage.run(2 * HOUR)
    assert people.order(GOOD, f"{TESTER}, {CDN}") == "completed"
    assert stage.rest() == []


def test_what_the_viewer_claims_does_not_help(stage: Stage) -> None:
    people = People(stage)
    for number in range(4):
        assert people.order(DECLINED, f"198.51.100.{number}, {TESTER}, {CDN}") == "failed"
    assert people.order(GOOD, f"198.51.100.77, {TESTER}, {CDN}") == "payment-velocity"


def test_a_household_is_one_address_in_ipv6_too(stage: Stage) -> None:
    people = People(stage)
    for number in range(4):
        assert people.order(DECLINED, f"2001:db8:1:2::{number}, {CDN}") == "failed"
    assert people.order(GOOD, f"2001:db8:1:2:ffff::1, {CDN}") == "payment-velocity"
    assert people.order(GOOD, f"2001:db8:1:3::1, {CDN}") == "completed"


def test_an_office_whose_cards_mostly_pay_goes_on_buying(stage: Stage) -> None:
    people = People(stage)
    for _ in range(6):
        assert people.order(DECLINED, f"{TESTER}, {CDN}") == "failed"
        assert [people.order(GOOD, f"{TESTER}, {CDN}") for _ in range(2)] == ["completed"] * 2


def test_without_a_cdn_in_front_nobody_has_an_address(stage: Stage) -> None:
    """As on a laptop, where all are 127.0.0.1."""
    people = People(stage)
    assert [people.order(DECLINED, "127.0.0.1") for _ in range(6)] == ["failed"] * 6


def test_a_declined_card_counts_once_however_often_its_order_is_failed(stage: Stage) -> None:
    people = People(stage)
    stage.world.twice = 1.0
    assert [people.order(DECLINED, f"{TESTER}, {CDN}") for _ in range(3)] == ["failed"] * 3
    stage.world.twice = 0.0
    assert people.order(GOOD, f"{TESTER}, {CDN}") == "completed"


def test_the_address_is_forgotten_when_the_order_ends(stage: Stage) -> None:
    people = People(stage)
    for card in (DECLINED, GOOD):
        people.order(card, f"{TESTER}, {CDN}")
    assert not any("address" in item for item in stage.world.tables.scan("orders"))
