"""The guards that keep seats from being sold twice, each with a way to take it out.

A simulation counts only if it notices: with any one of these gone, it must find a sale that went wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest import mock

from pynamodb.expressions.condition import Condition

from inventory import claims, holding, leases, rows, sell_seats, snapshots, writes
from inventory.claims import Claim
from inventory.holds import Hold
from inventory.seats import parse_all
from inventory.writes import NotWritten
from tests.simulation.sale import Weather

Patch = Any
ALWAYS = "{seat} <> :held OR {seat} = :held"


def rows_are_taken_whatever_stands_there() -> Patch:
    return mock.patch.object(rows, "TAKE", f"{ALWAYS} OR {rows.UNCLAIMED}")


def rows_are_taken_from_leases_that_run() -> Patch:
    free = "{seat} < :asker OR {seat} >= :lease OR {seat} < :now"
    return mock.patch.object(rows, "TAKE", f"{{seat}} = :held OR {free}")


def no_marks_on_free_seats() -> Patch:
    free = "{seat} < :lease OR {seat} < :now OR {seat} < :asker"
    return mock.patch.object(rows, "TAKE", f"{{seat}} = :held OR {free}")


def marks_of_when_a_hold_began_instead_of_when_it_ended() -> Patch:
    return mock.patch("inventory.release_hold.end_mark", lambda hold_id, now: hold_id)


def a_hold_tried_again_does_not_know_its_own_value() -> Patch:
    return mock.patch.object(rows, "TAKE", rows.UNCLAIMED)


def a_sale_tried_again_does_not_know_its_own_value() -> Patch:
    return mock.patch.multiple(rows, SELL="{seat} = :extended", CONFIRM_SOLD="{seat} <> :sold AND {seat} = :sold")


def orders_are_accepted_up_to_the_last_moment() -> Patch:
    """By clocks that run behind, after clocks that run ahead gave the seats to somebody else."""
    pin = claims.pin

    def without_a_margin(*arguments: Any) -> None:
        with mock.patch.object(claims, "SKEW", timedelta()):
            pin(*arguments)

    return mock.patch.object(claims, "pin", without_a_margin)


def a_hold_is_over_by_any_clock() -> Patch:
    """So that the next one does not replace it, though by other clocks it has its seats still."""
    hasty = SimpleNamespace(**(vars(claims) | {"SKEW": timedelta()}))
    return mock.patch.object(holding, "claims", hasty)


def a_replacement_takes_whatever_stands_there() -> Patch:
    return mock.patch.object(rows, "REPLACE_TAKEN", f"{ALWAYS} OR {{seat}} = :before OR {rows.UNCLAIMED}")


def a_replacement_leaves_whatever_stands_there() -> Patch:
    return mock.patch.object(rows, "REPLACE_LEFT", "{seat} <> :before OR {seat} = :before OR {seat} < :asker")


def a_release_frees_whatever_stands_there() -> Patch:
    return mock.patch.object(rows, "GIVE_BACK", f"{ALWAYS} OR {{seat}} < :free")


def a_failed_order_frees_whatever_stands_there() -> Patch:
    everything = "{seat} <> :held OR {seat} = :held OR {seat} = :extended OR {seat} = :sold OR {seat} < :free"
    return mock.patch.object(rows, "UNDO", everything)


def a_failed_order_keeps_what_was_sold() -> Patch:
    """As if its seats had never got so far."""
    undo = rows.undo

    def forgets_sold(event_id: str, seats: Any, hold_id: str, order_id: str, until: Any, free: bytes) -> None:
        undo(event_id, seats, hold_id, "ord_0000000000000000", until, free)

    return mock.patch.object(rows, "undo", forgets_sold)


def a_deadline_goes_over_whatever_stands_there() -> Patch:
    return mock.patch.object(rows, "EXTEND", "{seat} <> :held OR {seat} = :held OR {seat} = :extended")


def a_sale_goes_over_whatever_stands_there() -> Patch:
    return mock.patch.object(rows, "SELL", "{seat} <> :extended OR {seat} = :extended OR {seat} = :sold")


def a_sale_after_the_deadline() -> Patch:
    return mock.patch.object(rows, "CONFIRM_SOLD", "{seat} = :sold OR {seat} = :extended")


def rows_one_by_one_instead_of_together() -> Patch:
    def one_by_one(requests: Sequence[dict[str, Any]]) -> None:
        for request in requests:
            writes.send("update_item", request)

    return mock.patch.object(rows, "write", one_by_one)


def rows_before_the_claim() -> Patch:
    claim, take = claims.claim, rows.take

    def rows_first(hold: Hold, limit: int, now: datetime) -> Claim | None:
        take(hold.event_id, parse_all(hold.seat_ids), hold.hold_id, hold.held_until, now)
        return claim(hold, limit, now)

    return mock.patch.object(claims, "claim", rows_first)


def a_claim_is_lowered_though_nobody_knows() -> Patch:
    """A write without an answer counts as not done."""
    return mock.patch.object(NotWritten, "certain", property(lambda self: True, lambda self, value: None), create=True)


def a_request_does_not_know_that_it_was_repeated() -> Patch:
    return mock.patch.object(claims, "repeat", lambda hold: True)


def no_limit() -> Patch:
    return mock.patch.object(claims, "_within", lambda limit, hold: _anything())


def _anything() -> Any:
    return Claim.pk.exists() | Claim.pk.does_not_exist()


def _without(names: Sequence[str], gone: Callable[[str], bool]) -> Patch:
    """Some of the claim's writes, with the conditions that `gone` names left out."""
    update = claims._update
    here = threading.local()

    def weaker(person: str, event: str, actions: Any, condition: Condition) -> Any:
        if getattr(here, "inside", False):
            left = _prune(condition, gone)
            condition = _anything() if left is None else left
        return update(person, event, actions, condition)

    def pruned(original: Callable[..., Any], *arguments: Any) -> Any:
        here.inside = True
        try:
            return original(*arguments)
        finally:
            here.inside = False

    patches = ExitStack()
    patches.enter_context(mock.patch.object(claims, "_update", weaker))
    for name in names:
        patches.enter_context(mock.patch.object(claims, name, partial(pruned, getattr(claims, name))))
    return patches


def _prune(condition: Any, gone: Callable[[str], bool]) -> Any:
    if condition.operator in ("AND", "OR"):
        kept = [part for part in (_prune(value, gone) for value in condition.values) if part is not None]
        if len(kept) < 2:
            return kept[0] if kept else None
        return kept[0] & kept[1] if condition.operator == "AND" else kept[0] | kept[1]
    return None if gone(str(condition)) else condition


def an_earlier_claim_comes_back() -> Patch:
    return _without(["claim"], lambda text: text.startswith(("last", "attribute_not_exists (last)")))


def a_claim_whose_order_runs_is_replaced_when_its_lease_ends() -> Patch:
    return _without(["claim"], lambda text: "order_id" in text)


def a_claim_is_lowered_though_an_order_has_it() -> Patch:
    return _without(["lower", "give_back"], lambda text: "order_id" in text)


def a_claim_is_lowered_for_another_hold() -> Patch:
    return _without(["lower", "give_back"], lambda text: True)


def a_replacement_of_a_claim_that_has_an_order() -> Patch:
    return _without(["replacement"], lambda text: True)


def sold_seats_are_not_counted() -> Patch:
    return mock.patch.object(claims, "settle_sold", lambda *_: None)


def seats_are_counted_before_they_are_sold() -> Patch:
    sell = sell_seats._sell

    def count_first(purchase: Any, now: datetime) -> None:
        claims.settle_sold(
            purchase.person_id, purchase.event_id, purchase.order_id, purchase.seat_ids, purchase.hold_id
        )
        sell(purchase, now)

    return mock.patch.object(sell_seats, "_sell", count_first)


def failed_seats_still_count() -> Patch:
    return mock.patch.object(claims, "settle_failed", lambda *_: None)


def the_map_goes_back_to_older_rows() -> Patch:
    newer = snapshots._newer_rows

    def any_rows(*arguments: Any) -> Mapping[str, Any]:
        request = newer(*arguments)
        del request["ConditionExpression"]
        request["ExpressionAttributeValues"] = {
            name: value for name, value in request["ExpressionAttributeValues"].items() if name.startswith(":r")
        }
        return request

    return mock.patch.object(snapshots, "_newer_rows", any_rows)


def nobody_says_that_a_lease_has_ended() -> Patch:
    return mock.patch.object(leases, "announce", lambda ends, now: None)


class Missed(NamedTuple):
    """A sale in which the guard's absence is found. The search for another begins there."""

    weather: Weather
    seed: int


GUARDS: dict[Callable[[], Patch], Missed] = {
    rows_are_taken_whatever_stands_there: Missed(Weather.ANY, 0),
    rows_are_taken_from_leases_that_run: Missed(Weather.ANY, 0),
    no_marks_on_free_seats: Missed(Weather.ECHOES, 0),
    marks_of_when_a_hold_began_instead_of_when_it_ended: Missed(Weather.ECHOES, 17),
    a_hold_tried_again_does_not_know_its_own_value: Missed(Weather.ANY, 0),
    a_sale_tried_again_does_not_know_its_own_value: Missed(Weather.ANY, 0),
    orders_are_accepted_up_to_the_last_moment: Missed(Weather.LAST_MOMENTS, 14),
    a_hold_is_over_by_any_clock: Missed(Weather.LAST_MOMENTS, 6),
    a_replacement_takes_whatever_stands_there: Missed(Weather.ANY, 0),
    a_replacement_leaves_whatever_stands_there: Missed(Weather.ANY, 0),
    a_release_frees_whatever_stands_there: Missed(Weather.ANY, 0),
    a_failed_order_frees_whatever_stands_there: Missed(Weather.ANY, 1),
    a_failed_order_keeps_what_was_sold: Missed(Weather.ANY, 0),
    a_deadline_goes_over_whatever_stands_there: Missed(Weather.ANY, 0),
    a_sale_goes_over_whatever_stands_there: Missed(Weather.ANY, 0),
    a_sale_after_the_deadline: Missed(Weather.ANY, 42),
    rows_one_by_one_instead_of_together: Missed(Weather.ANY, 0),
    rows_before_the_claim: Missed(Weather.ANY, 0),
    a_claim_is_lowered_though_nobody_knows: Missed(Weather.SILENCE, 3),
    a_request_does_not_know_that_it_was_repeated: Missed(Weather.LAST_MOMENTS, 35),
    no_limit: Missed(Weather.ANY, 2),
    an_earlier_claim_comes_back: Missed(Weather.ECHOES, 3),
    a_claim_whose_order_runs_is_replaced_when_its_lease_ends: Missed(Weather.SILENCE, 0),
    a_claim_is_lowered_though_an_order_has_it: Missed(Weather.TWO_WINDOWS, 7),
    a_claim_is_lowered_for_another_hold: Missed(Weather.TWO_WINDOWS, 1),
    a_replacement_of_a_claim_that_has_an_order: Missed(Weather.TWO_WINDOWS, 10),
    sold_seats_are_not_counted: Missed(Weather.ANY, 0),
    seats_are_counted_before_they_are_sold: Missed(Weather.TWO_WINDOWS, 0),
    failed_seats_still_count: Missed(Weather.ANY, 0),
    the_map_goes_back_to_older_rows: Missed(Weather.ANY, 0),
    nobody_says_that_a_lease_has_ended: Missed(Weather.ANY, 1),
}
