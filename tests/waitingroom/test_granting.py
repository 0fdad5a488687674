"""The grant rule by itself, under whatever it may see."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bench.onsale_people import EVENT, populate
from tests.bench.onsale_sale import Crowd as Behaviour
from tests.bench.onsale_sale import Weather, run
from tests.bench.waitingroom import POLL_SECONDS, POLLERS, origin_polls
from tests.waitingroom.crowd import Crowd
from waitingroom import ranks, readiness, waits
from waitingroom.granting import Sight, arrivals_due, decide
from waitingroom.room import Batch, Grant, Room

START = 1_900_000_000_000
PEOPLE = 5_000


def a_room(**changes: object) -> Room:
    room = Room(
        event_id=EVENT,
        opened_at=START - 600_000,
        draw_at=START - 1,
        secret="00" * 32,
        beacon_round=1,
        capacity=50,
        rate=7,
        phase="serving",
        registered=PEOPLE,
        seed=sha256(b"seed").hexdigest(),
        tick_at=START,
    )
    return msgspec.structs.replace(room, **changes)


def ready(number: int) -> list[Grant]:
    """So many who are ready, in the order of rank."""
    people = (f"p{person}" for person in range(number))
    return sorted(Grant(ranks.draw_rank(b"seed", EVENT, person), person) for person in people)


sights = st.lists(
    st.tuples(
        st.integers(-500, 5_000),  # milliseconds since the last tick: clocks may go back
        st.integers(0, 80),  # live
        st.integers(0, 30),  # ready
        st.integers(0, 400),  # late
        st.sampled_from([None, 0, 40]),  # seats left
    ),
    max_size=25,
)


@given(sights, st.booleans())
@example([(10, 0, 30, 0, None)] * 6, False)
@example([(1_000, 50, 30, 0, None)], False)
@example([(1_000, 0, 0, 0, None), (1_000, 0, 30, 0, None)], False)
@example([(1_000, 0, 20, 0, 0)], False)
@example([(1_000, 0, 20, 0, None)], True)
def test_whatever_a_tick_sees(world: list[tuple[int, int, int, int, int | None]], paused: bool) -> None:
    room, now_ms, granted_since, began = a_room(paused=paused), START, 0, START
    for passed, live, waiting, late, left in world:
        now_ms += passed
        line = ready(waiting)
        after = decide(room, Sight(live, line[: room.rate], waiting, late, left), now_ms)
        assert len(after.grants) <= min(room.rate, max(0, room.capacity - live), waiting)
        assert list(after.grants) == line[: len(after.grants)]
        assert after.called >= room.called
        assert after.tick == room.tick + 1
        if paused or left == 0:
            assert not after.grants and after.called == room.called
        granted_since += len(after.grants)
        room, now_ms = after, max(now_ms, room.tick_at)
    # However ticks bunch up or fail, the rate holds over the whole time, but for one second's worth.
    assert granted_since <= room.rate * ((room.tick_at - began) / 1000 + 1)


@given(st.integers(1, 60_000), st.integers(0, 49), st.integers(1, 30), st.integers(1, 500))
@example(1_000, 49, 1, 500)
def test_with_free_places_and_people_ready_somebody_goes_in_within_two_ticks(
    late_ms: int, live: int, waiting: int, rate: int
) -> None:
    room, granted = a_room(rate=rate), 0
    for number in range(2):
        now_ms = START + late_ms + number * 1_000
        room = decide(room, Sight(live, ready(waiting)[:rate], waiting), now_ms)
        granted += len(room.grants)
    assert granted


def test_whoever_comes_after_a_long_registration_finds_a_place_in_seconds() -> None:
    room = a_room(opened_at=START - 7 * 24 * 3_600_000, draw_at=START - 60_000, registered=5)
    rank = ranks.late_rank(EVENT, "late", START + 10_000)
    for second in range(1, 16):
        now_ms = START + second * 1_000
        counted = int(second >= 10) if arrivals_due(room, now_ms) else None
        room = decide(room, Sight(live=0, ready=[], waiting=0, late=counted), now_ms)
    assert rank <= room.called


def test_the_first_of_the_late_has_nobody_but_the_draw_ahead() -> None:
    room = a_room(opened_at=START - 3_600_000, draw_at=START - 60_000)
    room = decide(room, Sight(live=50, ready=[], waiting=0, late=1_000), START + 1_000)
    assert waits.ahead(room, ranks.late_rank(EVENT, "first", START - 60_000)) == PEOPLE


def test_batches_are_let_in_when_they_are_due_and_no_more_of_them_than_was_set() -> None:
    room, granted = a_room(batch=Batch(people=10, every_seconds=30), capacity=1_000, rate=7), []
    for second in range(1, 61):
        room = decide(room, Sight(0, ready(30)[: room.rate], 30), START + second * 1_000)
        granted.append(len(room.grants))
    assert granted == [7, 3, *[0] * 28] * 2
    steady = decide(msgspec.structs.replace(room, batch=None), Sight(0, ready(7), 7), START + 61_000)
    assert len(steady.grants) == 7


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_position_never_rises(own: float, called: float, later: float) -> None:
    rank = ranks.at_fraction(own)
    low, high = sorted((called, later))
    before, after = (waits.ahead(a_room(called=ranks.at_fraction(part)), rank) for part in (low, high))
    assert before is not None and after is not None and after <= before


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_whoever_comes_earlier_ranks_lower_and_the_draw_before_all(first: int, second: int) -> None:
    early, late = ranks.late_rank(EVENT, "b", min(first, second)), ranks.late_rank(EVENT, "a", max(first, second) + 1)
    assert ranks.draw_rank(b"any seed", EVENT, "c") <= ranks.END_OF_DRAW < early < late < ranks.EVERYBODY
    assert ranks.came_ms(early) == min(first, second)


@pytest.mark.parametrize("show_rate", [0.1, 1.0])
def test_no_shows_cost_no_capacity(show_rate: float) -> None:
    seed = sha256(b"no-shows").digest()
    *_, everybody = populate(seed, 30_000, 600, 1.0, 1)
    room = a_room(capacity=200, rate=500, registered=30_000, seed=seed.hex())
    sale = run(room, everybody.drawn, 10**6, Behaviour(show_rate=show_rate), Weather(), 600)
    assert sale.utilisation >= 0.95
    assert max(sale.curve.live) <= 200
    assert max(sale.curve.waiting[60:]) < 100  # nobody stands ready for minutes


@pytest.mark.parametrize(("paused", "left"), [(True, 500), (False, 0), (False, 500)])
def test_a_quiet_time_does_not_teach_that_nobody_comes(paused: bool, left: int) -> None:
    room = a_room(capacity=1_000, rate=500, draw_at=None, registered=0, paused=paused)
    for second in range(1, 601):
        room = decide(room, Sight(0, [], 0, late=0, seats_left=left), START + second * 1_000)
    resumed = msgspec.structs.replace(room, paused=False)
    room = decide(resumed, Sight(0, [], 0, late=100_000, seats_left=500), START + 602_000)
    assert 100_000 - 2 * room.capacity <= waits.length(room) < 100_000


def test_the_origin_hears_of_one_look_a_second_however_many_look() -> None:
    assert origin_polls() * POLLERS / 1_000 <= POLL_SECONDS + 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**6)), max_size=120, unique=True), st.integers(1, 40))
def test_the_lowest_are_found_however_they_lie_in_the_shards(line: list[tuple[int, int]], most: int) -> None:
    shards = [sorted(Grant(f"{rank:07}-{at}", "p") for at, rank in line if at == shard) for shard in range(4)]
    patch = pytest.MonkeyPatch()
    with patch.context() as patched, ThreadPoolExecutor(1) as pool:
        patched.setattr(readiness, "SHARDS", 4)
        patched.setattr(readiness, "LOOK_MIN", 2)
        patched.setattr(readiness, "LOOK_SECONDS", 1)
        patched.setattr(readiness, "_head", lambda _event, shard, upto: shards[shard][:upto])
        found, seen = readiness.lowest(EVENT, most, pool)
    assert found == sorted(grant for shard in shards for grant in shard)[:most]
    assert len(found) <= seen <= len(line)


def test_a_turn_that_is_over_does_not_come_back_after_a_long_pause() -> None:
    room = decide(a_room(), Sight(0, [], 0), START + 1_000)
    missed, resumed_ms = room.called, START + 20 * 60_000
    assert room.called_long_ago(missed, resumed_ms)
    for second in range(2):
        room = decide(room, Sight(0, [], 0), resumed_ms + second * 1_000)
        room = msgspec.structs.replace(room, drain_until=0)
    assert room.called > missed and room.called_long_ago(missed, resumed_ms + 2_000)


def test_claiming_twice_is_the_same_admission() -> None:
    crowd = Crowd()
    crowd.admit("ada")
    tick = crowd.room.tick
    first, second = crowd.status("ada"), crowd.ready("ada")
    assert first["accessEndsAt"] == second["accessEndsAt"]
    crowd.tick(3)
    assert crowd.room.live == 1
    assert crowd.room.tick == tick + 3
