"""Could one seat have had this history? A check of what many askers recorded, each by his own watch.

A seat is nobody's, a hold's, or an order's. Every act on it takes effect at one instant between its beginning and
its end; one that nobody answered takes effect once at some later time, or never. Some order of the instants must
explain every answer: whoever was given the seat found it free or his own, whoever was refused found it another's, or
his own by a later request.

Accepted, besides: a hold is replaced by a later one of the same person unless an order has it; a lease ends by
itself, within the clocks' skew of the end that was told, and then the seat is free whether or not that was written.
Not accepted: the same unanswered act taking effect twice.

The search goes through the ends of acts in the order of time and keeps every state that the seat may be in, with
the pending acts that led to it (Lowe, "Testing for linearizability", 2017): few, since few acts of one seat overlap.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

FREE = ("free", "", "")
State = tuple[str, str, str]
"""`free`, `held`, `extended` by an order, `kept` when that failed, or `sold`; the hold or order, and the person."""


LOOKS_MAX = 40_000
"""Some seconds. Few seats have so many acts of unknown outcome at once."""
LOOKS = {"refused", "seen free", "seen held", "seen sold"}


class Undecided(Exception):
    """The search gave up: nothing is said about this seat."""


class Act(NamedTuple):
    """What somebody did to the seat, or was told about it. Seconds; `end` is infinite if nobody answered."""

    kind: str
    begin: float
    end: float
    person: str = ""
    hold: str = ""
    order: str = ""
    sure: bool = True
    """Took effect. Otherwise it may have."""


class Reached(NamedTuple):
    """A state the seat may be in, the pending acts that surely happen and did, and those that need not have."""

    state: State
    done: frozenset[int]
    used: frozenset[int]


def explains(acts: Iterable[Act], first: State = FREE) -> bool:
    """Whether some order of the acts explains all of them. Raises Undecided."""
    acts = list(acts)
    events = sorted(
        [(act.begin, 0, number) for number, act in enumerate(acts)]
        + [(act.end, 1, number) for number, act in enumerate(acts) if act.end < math.inf]
    )
    pending: set[int] = set()
    possible, looks = [Reached(first, frozenset(), frozenset())], iter(range(LOOKS_MAX))
    for _, is_end, number in events:
        if not is_end:
            pending.add(number)
            continue
        act, this = acts[number], {number}
        possible = [
            Reached(state, done - this, used - this)
            for state, done, used in _reachable(possible, pending, acts, looks)
            if not act.sure or number in done
        ]
        pending.remove(number)
        if not possible:
            return False
    return True


def _reachable(possible: list[Reached], pending: set[int], acts: list[Act], looks: Iterator[int]) -> list[Reached]:
    """Those, and what pending acts can make of them. What only looks has happened as soon as it can have.

    Of two ways to the same state, the one that used up fewer unanswered acts leaves more to come: it is kept alone.
    """
    found: dict[tuple[State, frozenset[int]], list[frozenset[int]]] = {}
    unseen = list(possible)
    while unseen:
        if next(looks, None) is None:
            raise Undecided
        state, done, used = unseen.pop()
        waiting = sorted(pending - done - used, key=lambda one: acts[one].end)
        done |= {one for one in waiting if acts[one].kind in LOOKS and after(acts[one], state)}
        others = found.setdefault((state, done), [])
        if any(other <= used for other in others):
            continue
        others[:] = [*(other for other in others if not used <= other), used]
        tried = set()
        for number in waiting:
            act = acts[number]
            new = after(act, state)
            same = (act.kind, act.person, act.hold, act.order, act.sure)
            if number in done or new is None or (not act.sure and (new == state or same in tried)):
                continue
            tried.add(same)
            more = Reached(new, done | {number}, used) if act.sure else Reached(new, done, used | {number})
            unseen.append(more)
    return [Reached(state, done, used) for (state, done), uses in found.items() for used in uses]


def after(act: Act, state: State) -> State | None:
    """What the act makes of the seat. None: it cannot have happened in this state."""
    kind, holder, person = state
    unpinned = kind in ("held", "kept")
    mine, of_hold = unpinned and person == act.person, holder == act.hold and kind != "sold"
    match act.kind:
        case "take":
            held = ("held", act.hold, act.person)
            return state if of_hold else held if state == FREE or mine else None
        case "refused":
            return None if state == FREE or (mine and holder <= act.hold) else state
        case "leave":
            return FREE if mine and not of_hold else state
        case "give back":
            return FREE if unpinned and of_hold else state
        case "lapse":
            return FREE if kind == "held" and of_hold else state
        case "extend":
            return ("extended", holder, person) if of_hold else None
        case "keep":
            return ("kept", holder, person) if kind == "extended" and of_hold else state
        case "lapse of the order":
            return FREE if kind in ("extended", "kept") and of_hold else state
        case "sell":
            sold = ("sold", act.order, act.person)
            return sold if state == sold or of_hold else None
        case "undo":
            return FREE if of_hold or (kind, holder) == ("sold", act.order) else state
        case "seen free":
            return state if state == FREE else None
        case "seen held":
            return state if of_hold else None
        case "seen sold":
            return state if (kind, holder) == ("sold", act.order) else None
    raise ValueError(act.kind)
