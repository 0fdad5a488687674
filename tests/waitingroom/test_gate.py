"""No new hold of a gated event without a live admission; a hold that stands is its person's to order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from kit.sealed import seal
from tests import harness
from tests.inventory import house
from tests.inventory.house import open_event, word
from tests.waitingroom.crowd import Crowd
from waitingroom import passes

SEATS = ["stalls-0-4"]


def hold(crowd: Crowd, person: str, token: str | None, **more: Any) -> tuple[int, Any]:
    status, answer, _ = harness.call(
        "inventory.hold_seats",
        body={"eventId": crowd.event_id, "seatIds": more.pop("seats", SEATS)},
        person=person,
        headers={**({"x-admission-token": token} if token else {}), **more},
        now=crowd.now,
    )
    return status, answer


def token_of(crowd: Crowd, person: str) -> str:
    return str(crowd.status(person)["accessToken"])


def test_whoever_is_in_may_hold() -> None:
    crowd = Crowd()
    crowd.admit("ada")
    assert hold(crowd, "ada", token_of(crowd, "ada"))[0] == 201


def test_nobody_else_may() -> None:
    crowd, elsewhere = Crowd(), Crowd()
    crowd.admit("ada")
    elsewhere.admit("ada", "eve")
    token = token_of(crowd, "ada")
    wrong = {
        "none": None,
        "another person's": token,
        "another event's": token_of(elsewhere, "eve"),
        "no token at all": "nonsense",
        "another kind of seal": seal(passes.QUEUE, passes.open_admission(token, crowd.now)),
    }
    for name, shown in wrong.items():
        status, problem = hold(crowd, "eve", shown)
        assert (status, word(problem), problem.get("waitingRoom")) == (
            403,
            "admission-required",
            f"/queue/{crowd.event_id}",
        ), name
    assert hold(crowd, "ada", token[:-1] + ("A" if token[-1] != "A" else "B"))[0] == 403


def test_an_expired_token_is_renewed_and_not_accepted() -> None:
    crowd = Crowd()
    crowd.admit("ada")
    old = token_of(crowd, "ada")
    crowd.later(seconds=121)
    assert word(hold(crowd, "ada", old)[1]) == "admission-required"
    assert hold(crowd, "ada", token_of(crowd, "ada"))[0] == 201


def test_a_second_device_may_not_use_the_first_ones_admission() -> None:
    crowd = Crowd()
    crowd.admit("ada")
    token = token_of(crowd, "ada")
    phone = f"Bearer {harness.access_token('ada', origin_jti='the-phone')}"
    status, problem = hold(crowd, "ada", token, authorization=phone)
    assert (status, word(problem)) == (403, "token-bound")


@pytest.mark.parametrize("ending", ["left", "idle"])
def test_an_ended_admission_holds_nothing_new_but_its_hold_stands(ending: str) -> None:
    crowd = Crowd()
    crowd.admit("ada")
    _, held = hold(crowd, "ada", token_of(crowd, "ada"))
    if ending == "left":
        token = token_of(crowd, "ada")
        crowd.leave("ada")
    else:
        claims = passes.open_admission(token_of(crowd, "ada"), crowd.now)
        crowd.later(minutes=4)
        token = seal(passes.ADMISSION, msgspec.structs.replace(claims, exp=int(crowd.now.timestamp()) + 60))
    status, problem = hold(crowd, "ada", token, seats=["stalls-0-5"])
    assert (status, word(problem)) == (403, "admission-required")
    shown = house.show(held["holdId"], now=crowd.now)
    assert (shown[0], shown[1]["heldUntil"]) == (200, held["heldUntil"])
    ordered, _, _ = harness.call(
        "orders.start_purchase",
        body={"holdId": held["holdId"], "paymentInfo": {"paymentMethodId": "pm_card_visa"}},
        headers={"idempotency-key": f"after-{ending}"},
        person="ada",
        now=crowd.now,
    )
    assert ordered == 202


def test_keys_change_without_refusing_anybody_and_two_at_most_are_good(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd()
    crowd.admit("ada")
    token = token_of(crowd, "ada")
    today = harness.SECRETS["SECRET_EDGE"].split()[0]
    for keys, accepted in ((f"newer {today}", True), (f"newest newer {today}", False)):
        monkeypatch.setattr("kit.settings.secret", lambda name, keys=keys: _secret(name, keys))
        assert (hold(crowd, "ada", token)[0] == 201) is accepted


def _secret(name: str, edge_keys: str) -> str:
    return edge_keys if name == "SECRET_EDGE" else harness.SECRETS[name]


def test_the_map_of_a_gated_event_points_to_the_room() -> None:
    crowd = Crowd()
    _, gated, _ = harness.call("inventory.show_seatmap", path={"eventId": crowd.event_id}, now=crowd.now)
    _, free, _ = harness.call("inventory.show_seatmap", path={"eventId": open_event()}, now=crowd.now)
    assert (gated["waitingRoom"], free["waitingRoom"]) == (f"/queue/{crowd.event_id}", None)


def test_the_inventory_tells_the_room_what_is_left_and_sold_out_ends_it() -> None:
    crowd = Crowd()
    crowd.admit("ada")
    before = house.rows_now()
    hold(crowd, "ada", token_of(crowd, "ada"))
    house.project(house.records(before, house.rows_now()), crowd.now)
    crowd.tick()
    assert crowd.document()["seatsLeft"] == 85
    from waitingroom import record_stock

    record_stock(crowd.event_id, 0)
    crowd.join("bob")
    called = crowd.tick(6).called
    assert crowd.tick(6).called == called
    assert crowd.status("bob")["outOfReach"] is True


def test_a_hold_of_an_ordinary_event_asks_for_nothing() -> None:
    assert house.hold(open_event(), SEATS)[0] == 201


def test_an_admission_lasts_no_longer_than_two_minutes_without_renewal() -> None:
    crowd = Crowd()
    crowd.admit("ada")
    claims = passes.open_admission(token_of(crowd, "ada"), crowd.now)
    assert claims.exp <= (crowd.now + timedelta(seconds=120)).timestamp()
