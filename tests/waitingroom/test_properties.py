"""The 23 properties of the waiting room: the test that checks each, and what must break it.

Every mutation is applied to the product's own code, and its test must then fail; the schedules' own mutations are in
`test_campaign`. `-v` prints the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest
from hypothesis import Phase, settings

from infra.edge_functions import code
from tests.bench import waitingroom as bench
from tests.local import edge_world
from tests.waitingroom import test_campaign as campaign
from tests.waitingroom import test_degraded as degraded
from tests.waitingroom import test_draw as draw
from tests.waitingroom import test_edge_functions as edge
from tests.waitingroom import test_gate as gate
from tests.waitingroom import test_granting as granting
from tests.waitingroom import test_lining_up as lining_up
from tests.waitingroom.crowd import Crowd
from tests.waitingroom.mutations import Mutation, without
from waitingroom import readiness, register, waits
from waitingroom.room import Room

Check = Callable[[], object]


def the_shown_position_never_rises() -> None:
    crowd = Crowd(capacity=1)
    for person in ("ada", "bob", "cyd"):
        crowd.join(person)
        crowd.later(seconds=1)
    crowd.tick(4)
    before = crowd.status("cyd")["position"]
    for person in ("dan", "eve", "fay"):
        crowd.join(person)
    crowd.tick(4)
    assert crowd.status("cyd")["position"] <= before


def whoever_is_in_is_let_in_once() -> None:
    """Somebody's "I am here" may arrive a second time, late."""
    crowd = Crowd()
    crowd.admit("ada")
    token = gate.token_of(crowd, "ada")
    readiness.add(crowd.event_id, crowd.status("ada")["rank"], "ada", crowd.now)
    assert crowd.tick(2).live == 1
    assert gate.hold(crowd, "ada", token)[0] == 201


def leaving_and_coming_back_passes_nobody() -> None:
    crowd = Crowd(capacity=1)
    crowd.later(minutes=1)
    first = lining_up.receipt(crowd, "ada", seconds=-30)
    crowd.join("ada", first)
    crowd.join("bob")
    crowd.later(seconds=5)
    crowd.leave("ada")
    crowd.later(seconds=1)
    assert crowd.join("ada", first)["rank"] > crowd.status("bob")["rank"]


def script(old: str, new: str) -> Mutation:
    """The edge's JavaScript, with a piece replaced."""

    def altered(name: str, keys: str = "") -> str:
        source = code(name, keys)
        assert old in source, old
        return source.replace(old, new)

    return lambda patch: patch.setattr(edge, "code", altered)


def announce_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Room, "announced", property(lambda room: True))


def position_by_length(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(waits, "ahead", lambda room, rank: None if rank is None else waits.length(room))


def forget_who_left(patch: pytest.MonkeyPatch) -> None:
    def leave(event_id: str, buckets: int, place: register.Place, _now: object) -> None:
        register.Item(*register._key(event_id, buckets, place.person_id)).delete()

    patch.setattr(register, "leave", leave)


def keep_a_copy_for_each_address(patch: pytest.MonkeyPatch) -> None:
    policy = partial(edge_world.cache_policy, queries={"QueryStringBehavior": "all"})
    patch.setattr(bench, "cache_policy", policy)


def a_lot_for_each_request(patch: pytest.MonkeyPatch) -> None:
    real = degraded.admitted
    patch.setattr(degraded, "admitted", lambda draws_a_person: real(draws_a_person * 10))


def both(*mutations: Mutation) -> Mutation:
    def mutate(patch: pytest.MonkeyPatch) -> None:
        for each in mutations:
            each(patch)

    return mutate


def with_patch(check: Callable[[pytest.MonkeyPatch], object]) -> Check:
    def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            check(patch)

    return run


@pytest.fixture
def _no_shrinking() -> Iterator[None]:
    """Any example that fails will do, after however many: what is drawn hangs on the modules that are loaded."""
    settings.register_profile(
        "caught",
        phases=[Phase.explicit, Phase.generate],
        max_examples=1_000,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
    )
    settings.load_profile("caught")
    yield
    settings.load_profile("default")


@dataclass(frozen=True)
class Property:
    """`checks` by the mutation that each must catch; `schedules` names those of `test_campaign.MUTATIONS`."""

    words: str
    caught: dict[str, tuple[Check, Mutation]] = field(default_factory=dict)
    schedules: tuple[str, ...] = ()


DECIDE = "waitingroom.granting.decide"
ADMIT = "waitingroom.lining_up._admit"
RENEW = "waitingroom.sessions.renew"
RENEWED = "min(int(session.ends), to_ms(now) + IDLE_MS)"
REQUIRE = "waitingroom.gate.require_admission"
any_tick = granting.test_whatever_a_tick_sees
arrival_order = granting.test_whoever_comes_earlier_ranks_lower_and_the_draw_before_all
idle = lining_up.test_an_idle_admission_ends_and_a_used_one_does_not_come_back
ended_by_idling = partial(gate.test_an_ended_admission_holds_nothing_new_but_its_hold_stands, "idle")

PROPERTIES = {
    1: Property(
        "live sessions never exceed capacity, crashes and stale reads included",
        {"one too many": (any_tick, without(DECIDE, ("room.capacity - sight.live", "room.capacity + 1 - sight.live")))},
        ("first_page_only", "count_behind", "count_claims"),
    ),
    2: Property(
        "grants per tick stay below the rate, and catching up is bounded",
        {
            "as many as are free": (
                any_tick,
                without(DECIDE, ("min(int(credit), room", "min(room")),
            ),
            "a second's worth each tick": (
                any_tick,
                without("waitingroom.granting._allowed", ("pace.credit + room.rate * elapsed", "float(room.rate)")),
            ),
        },
    ),
    3: Property(
        "a tick commits at most once, and replaying it makes no extra session",
        schedules=("write_again", "commit_unconditionally"),
    ),
    4: Property(
        "the call never goes back",
        {
            "as far as is wanted now": (
                any_tick,
                both(
                    without("waitingroom.granting._further", ("if people <= 0:", "if people == 0:")),
                    without(
                        "waitingroom.granting._call",
                        ("max(0.0, wanted - pace.ready - coming)", "(wanted - pace.ready - coming)"),
                        ("max(room.called, _further(room, people))", "_further(room, people)"),
                    ),
                ),
            )
        },
    ),
    5: Property(
        "a shown position never rises",
        {"the length of the line": (the_shown_position_never_rises, position_by_length)},
    ),
    6: Property(
        "nobody goes in while a lower rank was ready",
        {
            "the last first": (any_tick, without(DECIDE, ("sight.ready[:", "sight.ready[::-1][:"))),
            "no second look into a shard": (
                granting.test_the_lowest_are_found_however_they_lie_in_the_shards,
                without("waitingroom.readiness.lowest", ("if short:", "if not short:")),
            ),
        },
    ),
    7: Property(
        "of the late, whoever came earlier ranks lower",
        {"no time": (arrival_order, without("waitingroom.ranks.late_rank", ("{came_ms:0", "{0:0")))},
    ),
    8: Property(
        "every rank of the draw precedes every late one",
        {"among the drawn": (arrival_order, without("waitingroom.ranks.late_rank", ('f"1{', 'f"0{')))},
    ),
    9: Property(
        "ranks of the draw do not depend on arrival",
        {
            "by account number": (
                draw.test_draw_ranks_do_not_depend_on_when_somebody_came,
                without("waitingroom.ranks.draw_rank", ('"0" +', '"0" + person_id[-5] +'), ("[:DIGITS]", "[1:DIGITS]")),
            )
        },
    ),
    10: Property(
        "the seed is what was committed to, and nothing can be derived before the draw",
        {
            "no beacon": (
                draw.test_what_was_committed_to_is_what_was_drawn,
                without("waitingroom.draws.seed", ("secret + beacon", "secret")),
            ),
            "told at once": (draw.test_nothing_can_be_derived_before_the_draw, announce_at_once),
            "a beacon known before the root": (
                draw.test_a_root_that_comes_late_names_a_later_round,
                without(
                    "waitingroom.ticking._with_root",
                    ("max(room.beacon_round, beacon.first_round_after(to_ms(now)))", "room.beacon_round"),
                ),
            ),
            "whatever a relay says": (
                with_patch(draw.test_no_draw_of_what_the_beacon_did_not_sign),
                without("waitingroom.beacon.signature", ("if not is_signed(", "if False and (")),
            ),
        },
    ),
    11: Property("joining many times at once gives one place", schedules=("register_unconditionally",)),
    12: Property(
        "joining again never improves a rank",
        {
            "as if half a minute ago": (
                lining_up.test_joining_again_takes_the_present_time,
                without("waitingroom.lining_up.join", ("max(to_ms(now), place.came + 1)", "to_ms(now) - 30_000")),
            )
        },
    ),
    13: Property(
        "one live session for a person and an event",
        {
            "a later tick begins another": (
                whoever_is_in_is_let_in_once,
                without("waitingroom.sessions._begin", (" & (Session.until < at_ms)", "")),
            )
        },
    ),
    14: Property(
        "a place is used once, and claiming again is the same admission",
        {
            "never used up": (
                idle,
                without("waitingroom.lining_up._admit", ("if place.used != tick and", "if False and")),
            )
        },
    ),
    15: Property(
        "altered, expired and other people's tokens are refused, at the edge and at the API; two keys are good",
        {
            "edge: any mac": (
                edge.test_an_admission_is_checked_at_the_edge_before_anybody_is_asked,
                script("return different === 0", "return true"),
            ),
            "edge: for ever": (
                edge.test_an_admission_is_checked_at_the_edge_before_anybody_is_asked,
                script("claims.exp * 1000 <= nowMs", "false"),
            ),
            "edge: any key of the past": (edge.test_rotation_accepts_exactly_two_keys, script(".slice(0, 2)", "")),
            "API: anybody's": (
                gate.test_nobody_else_may,
                without(REQUIRE, ("(admission.event, admission.sub) != (event_id, caller.person_id)", "False")),
            ),
            "API: for ever": (
                gate.test_an_expired_token_is_renewed_and_not_accepted,
                without("kit.sealed.unseal", ("<= now.timestamp()", "<= 0")),
            ),
            "API: any device": (
                gate.test_a_second_device_may_not_use_the_first_ones_admission,
                without(
                    REQUIRE,
                    ("if admission.device != caller.session_id:", "if False:"),
                    ("if session.sign_in != caller.session_id:", "if False:"),
                ),
            ),
        },
    ),
    16: Property(
        "an admission that ended holds nothing new, and its hold stands",
        {"the token suffices": (ended_by_idling, without(REQUIRE, (" or not session.is_live(now)", "")))},
    ),
    17: Property(
        "no admission outlives half an hour, and an idle one is free in time",
        {
            "renewed for ever": (
                lining_up.test_no_admission_outlives_half_an_hour,
                without(RENEW, (RENEWED, "to_ms(now) + IDLE_MS")),
            ),
            "never idle": (
                idle,
                without(RENEW, (RENEWED, "int(session.ends)")),
            ),
        },
    ),
    18: Property(
        "with free places and people ready, somebody goes in within two ticks",
        {
            "the last place stays empty": (
                granting.test_with_free_places_and_people_ready_somebody_goes_in_within_two_ticks,
                without(DECIDE, ("room.capacity - sight.live", "room.capacity - 1 - sight.live")),
            )
        },
    ),
    19: Property(
        "no-shows cost no capacity",
        {
            "everybody is expected": (
                partial(granting.test_no_shows_cost_no_capacity, 0.1),
                without(
                    "waitingroom.granting._call",
                    ("- coming) / pace.show_rate", "- coming)"),
                    ("call.people * pace.show_rate * (", "call.people * ("),
                ),
            )
        },
    ),
    20: Property(
        "leaving moves nobody else back",
        {"no tombstone": (leaving_and_coming_back_passes_nobody, forget_who_left)},
    ),
    21: Property(
        "what reaches the origin does not depend on how many look",
        {
            "a copy for each address": (
                granting.test_the_origin_hears_of_one_look_a_second_however_many_look,
                keep_a_copy_for_each_address,
            )
        },
    ),
    22: Property(
        "degraded: one lot for a person and five minutes, the capacity in expectation, and a drain before grants",
        {
            "a lot for each request": (
                degraded.test_the_capacity_holds_in_expectation,
                a_lot_for_each_request,
            ),
            "no drain": (
                degraded.test_recovery_drains_before_anybody_is_granted,
                without(DECIDE, ("now_ms >= drain_until", "True")),
            ),
            "no drain at the first tick": (
                degraded.test_a_first_tick_that_is_late_drains_too,
                without(DECIDE, ("> DEAD_AFTER_MS:", "> DEAD_AFTER_MS and room.tick:")),
            ),
            "a second turn": (
                degraded.test_whoever_left_or_had_their_turn_wins_no_lot,
                without("waitingroom.gate._admitted_by_lot", ("return waits and", "return")),
            ),
        },
    ),
    23: Property(
        "after sell-out or pause nobody is let in or called",
        {
            "paused": (any_tick, without(DECIDE, ("not room.paused and ", ""))),
            "paused: lots go on": (
                degraded.test_a_pause_ends_admissions_by_lot,
                without("waitingroom.degraded.admits_by_lot", ("not room.paused and ", "")),
            ),
            "sold out": (any_tick, without(DECIDE, ("sight.seats_left != 0 and ", ""))),
        },
    ),
}


APPLIED = [
    pytest.param(*how, id=f"{number}: {name}")
    for number, each in PROPERTIES.items()
    for name, how in each.caught.items()
]


def test_every_property_has_its_test_and_its_mutation() -> None:
    assert list(PROPERTIES) == list(range(1, 24))
    named = {mutation.__name__ for mutation in campaign.MUTATIONS}
    for number, each in PROPERTIES.items():
        assert each.caught or each.schedules, number
        assert set(each.schedules) <= named, number


@pytest.mark.parametrize(
    "check", [the_shown_position_never_rises, whoever_is_in_is_let_in_once, leaving_and_coming_back_passes_nobody]
)
def test_it_holds(check: Check) -> None:
    check()


@pytest.mark.usefixtures("_no_shrinking")
@pytest.mark.parametrize(("check", "mutate"), APPLIED)
def test_a_mutation_is_caught(check: Check, mutate: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check()
