"""The checker itself: what it takes for a possible history, and what it refuses."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from tests.simulation.linearizable import FREE, Act, State, after, explains

ADA_TAKES = Act("take", 0, 2, "ada", "h1")
BOB_TAKES = Act("take", 1, 3, "bob", "h2")
POSSIBLE = {
    "refused while it was being given back": [
        ADA_TAKES,
        Act("give back", 3, 5, "ada", "h1"),
        Act("refused", 4, 9, "bob"),
        Act("take", 10, 11, "cyd", "h3"),
    ],
    "one takes, the other is refused": [ADA_TAKES, Act("refused", 1, 3, "bob")],
    "given back in between": [ADA_TAKES, Act("give back", 3, 4, "ada", "h1"), Act("take", 3, 5, "bob", "h2")],
    "refused by a hold that nobody answered": [
        Act("take", 0, math.inf, "ada", "h1", sure=False),
        Act("refused", 5, 6, "bob"),
    ],
    "an unanswered hold never came": [
        Act("take", 0, math.inf, "ada", "h1", sure=False),
        Act("take", 5, 6, "bob", "h2"),
    ],
    "a lease ended": [ADA_TAKES, Act("lapse", 9, 11, "ada", "h1"), Act("take", 10, 12, "bob", "h2")],
    "replaced by the same person": [ADA_TAKES, Act("take", 3, 4, "ada", "h2"), Act("refused", 5, 6, "bob")],
    "a sale that was repeated": [ADA_TAKES, *[Act("sell", t, t + 1, "ada", "h1", "o1") for t in (3, 5)]],
    "a failed order": [
        ADA_TAKES,
        Act("extend", 3, 4, "ada", "h1"),
        Act("undo", 5, 6, "ada", "h1", "o1"),
        Act("take", 6, 7, "bob", "h2"),
    ],
}
IMPOSSIBLE = {
    "both were given it": [ADA_TAKES, BOB_TAKES],
    "refused though it was free": [Act("refused", 1, 3, "bob")],
    "refused after it was given back": [ADA_TAKES, Act("give back", 3, 4, "ada", "h1"), Act("refused", 5, 6, "bob")],
    "taken before the lease ended": [ADA_TAKES, Act("lapse", 9, 11, "ada", "h1"), Act("take", 7, 8, "bob", "h2")],
    "refused long after the lease ended": [ADA_TAKES, Act("lapse", 9, 11, "ada", "h1"), Act("refused", 12, 13, "bob")],
    "taken from an order": [ADA_TAKES, Act("extend", 3, 4, "ada", "h1"), Act("take", 5, 6, "ada", "h2")],
    "sold to two": [
        ADA_TAKES,
        Act("sell", 3, 4, "ada", "h1", "o1"),
        Act("sell", 3, 5, "bob", "h2", "o2"),
    ],
    "sold, and taken again": [ADA_TAKES, Act("sell", 3, 4, "ada", "h1", "o1"), Act("take", 5, 6, "bob", "h2")],
    "an unanswered hold took effect twice": [
        Act("take", 0, math.inf, "ada", "h1", sure=False),
        Act("refused", 1, 2, "bob"),
        Act("give back", 3, 4, "ada", "h1"),
        Act("refused", 5, 6, "bob"),
    ],
    "somebody else's in the end": [ADA_TAKES, Act("seen held", 5, 5, hold="h2")],
}


@pytest.mark.parametrize("name", POSSIBLE)
def test_possible(name: str) -> None:
    assert explains(POSSIBLE[name])


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible(name: str) -> None:
    assert not explains(IMPOSSIBLE[name])


@pytest.mark.parametrize("seed", range(60))
def test_it_agrees_with_trying_every_order(seed: int) -> None:
    """Short random histories, against the definition itself."""
    dice = random.Random(seed)
    acts = []
    for _ in range(5):
        begin, sure = dice.randrange(10), dice.random() < 0.8
        person = dice.choice("ab")
        kind = dice.choice(["take", "take", "refused", "give back", "leave", "sell", "undo"])
        end = begin + dice.randrange(4) if sure else math.inf
        acts.append(Act(kind, begin, end, person, f"h{person}{dice.randrange(2)}", "o", sure or kind == "refused"))
    acts = [act for act in acts if act.sure == (act.end < math.inf)]
    assert explains(acts) == any(_holds(order) for order in _orders(acts))


def _orders(acts: list[Act]) -> list[tuple[Act, ...]]:
    unsure = [act for act in acts if not act.sure]
    sure = [act for act in acts if act.sure]
    some = itertools.chain.from_iterable(itertools.combinations(unsure, n) for n in range(len(unsure) + 1))
    return [order for chosen in some for order in itertools.permutations([*sure, *chosen])]


def _holds(order: tuple[Act, ...]) -> bool:
    state: State = FREE
    for place, act in enumerate(order):
        new = after(act, state)
        if new is None or any(later.end < act.begin for later in order[place + 1 :]):
            return False
        state = new
    return True
