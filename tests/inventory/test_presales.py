"""Before the sale opens: who has a code of an open presale may hold, as often as the code is meant for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from catalog import Presale
from inventory import holding
from kit import settings
from tests import harness
from tests.inventory.house import NOON, hold, open_event, word

OPENS = NOON + timedelta(days=2)
FANS = Presale("fans", "Fan club", NOON - timedelta(hours=1), NOON + timedelta(hours=1))
CARDS = Presale("cards", "Card holders", NOON + timedelta(hours=1), NOON + timedelta(hours=2))
TWO, OTHERS, REST = ["stalls-0-4", "stalls-0-5"], ["stalls-0-0", "stalls-0-1"], ["stalls-0-8", "stalls-0-9"]


def presold() -> str:
    """An event that has its seats; at noon its fan club may buy, in two days everybody."""
    return open_event(on_sale_at=OPENS, presales=[FANS, CARDS])


def codes(event_id: str, **wanted: Any) -> list[str]:
    status, answer, _ = harness.call(
        "inventory.add_presale_codes",
        path={"eventId": event_id},
        body={"presaleId": "fans"} | wanted,
        person="olga",
        groups=["organizer"],
    )
    assert status == 201, answer
    return list(answer["codes"])


def test_without_a_code_the_sale_has_not_started() -> None:
    event_id = presold()
    status, problem = hold(event_id, TWO)
    assert (status, word(problem), problem["onSaleAt"]) == (409, "not-on-sale-yet", "2030-05-06T12:00:00.000Z")
    assert hold(event_id, TWO, now=OPENS)[0] == 201


def test_a_code_opens_its_presale_alone() -> None:
    event_id = presold()
    [fan], [holder] = codes(event_id, count=1), codes(event_id, presaleId="cards", count=1)
    status, problem = hold(event_id, TWO, presaleCode=holder)
    assert (status, word(problem)) == (403, "presale-code-invalid")
    assert hold(event_id, TWO, presaleCode="fan-club-2030")[0] == 403
    assert hold(event_id, TWO, presaleCode=fan)[0] == 201
    between = FANS.ends_at
    assert word(hold(event_id, OTHERS, person="bob", presaleCode=fan, now=between)[1]) == "presale-code-invalid"
    assert hold(event_id, OTHERS, person="bob", presaleCode=holder, now=between)[0] == 201
    assert word(hold(event_id, REST, person="eve", presaleCode=holder, now=CARDS.ends_at)[1]) == "not-on-sale-yet"


def test_a_code_is_good_for_as_many_people_as_it_is_meant_for() -> None:
    """Each may hold again, and a hold that comes to nothing takes nobody's place."""
    event_id = presold()
    [code] = codes(event_id, codes=["Summer Club 30"], peoplePerCode=2)
    assert hold(event_id, TWO, person="ada", presaleCode=code)[0] == 201
    assert word(hold(event_id, TWO, person="bob", presaleCode="summerclub-30")[1]) == "seats-unavailable"
    assert word(hold(event_id, ["stalls-9-9"], person="dan", presaleCode=code)[1]) == "unknown-seat"
    assert hold(event_id, OTHERS, person="eve", presaleCode=code)[0] == 201
    status, problem = hold(event_id, REST, person="bob", presaleCode=code)
    assert (status, word(problem)) == (403, "presale-code-invalid")
    assert hold(event_id, REST, person="ada", presaleCode=code)[0] == 201
    codes(event_id, codes=["SUMMERCLUB30"], peoplePerCode=9)
    assert hold(event_id, TWO, person="bob", presaleCode=code)[0] == 403, "adding it again gives it no more uses"


def test_of_two_who_want_the_last_place_at_once_one_gives_the_seats_back(monkeypatch: pytest.MonkeyPatch) -> None:
    event_id = presold()
    [code] = codes(event_id, codes=["SUMMERCLUB30"], peoplePerCode=1)
    place = holding.place

    def while_another_holds(*arguments: Any) -> Any:
        monkeypatch.setattr(holding, "place", place)
        assert hold(event_id, OTHERS, person="bob", presaleCode=code)[0] == 201
        return place(*arguments)

    monkeypatch.setattr(holding, "place", while_another_holds)
    assert word(hold(event_id, TWO, presaleCode=code)[1]) == "presale-code-invalid"
    assert hold(event_id, TWO, person="bob", presaleCode=code)[0] == 201


def test_a_club_uses_its_code_in_two_presales() -> None:
    event_id = presold()
    codes(event_id, codes=["SUMMERCLUB30"])
    [code] = codes(event_id, presaleId="cards", codes=["SUMMERCLUB30"])
    assert hold(event_id, TWO, presaleCode=code)[0] == 201
    assert hold(event_id, OTHERS, person="bob", presaleCode=code, now=FANS.ends_at)[0] == 201


def test_one_code_may_be_for_everybody() -> None:
    event_id = presold()
    [code] = codes(event_id, codes=["OPEN-HOUSE"])
    for person, seats in (("ada", TWO), ("bob", OTHERS), ("eve", REST)):
        assert hold(event_id, seats, person=person, presaleCode=code)[0] == 201


def test_codes_are_of_one_event_and_are_not_kept() -> None:
    event_id, other = presold(), presold()
    many = codes(event_id, count=3)
    assert len(set(many)) == 3
    assert word(hold(other, TWO, presaleCode=many[0])[1]) == "presale-code-invalid"
    items = settings.client("dynamodb").scan(TableName="test-inventory")["Items"]
    assert not [item for item in items if many[0] in str(item) or many[0].replace("-", "") in str(item)]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"presaleId": "friends", "count": 1}, "unknown-presale"),
        ({"presaleId": "fans"}, "invalid"),
        ({"presaleId": "fans", "count": 1, "codes": ["SUMMER"]}, "invalid"),
        ({"presaleId": "fans", "count": 0}, "invalid"),
        ({"presaleId": "fans", "count": 201}, "invalid"),
        ({"presaleId": "fans", "codes": ["short"]}, "invalid"),
        ({"presaleId": "fans", "count": 1, "peoplePerCode": 0}, "invalid"),
    ],
)
def test_codes_are_asked_for_properly(wanted: dict[str, Any], said: str) -> None:
    where = {"eventId": presold()}
    groups = ["organizer"]
    status, problem, _ = harness.call(
        "inventory.add_presale_codes", path=where, body=wanted, person="olga", groups=groups
    )
    assert (status, word(problem)) == (422, said)
