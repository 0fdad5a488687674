"""Everybody who wants in, made by several processes: when they come, and the rank the product's function gives.

Nobody is kept but those whom a sale could ever reach; of all others only tables are left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field

import numpy as np

from waitingroom import ranks

CHUNK = 250_000
DECILES = 10
FREEDOM = (DECILES - 1) ** 2
"""Degrees of freedom of a table with both margins given."""
FAVOUR = 0.1
EVENT = "evt_000000000000sale"


@dataclass(frozen=True)
class Chunk:
    """People numbered from `first`, who come by the pre-registration's curve over so many seconds."""

    seed: bytes
    first: int
    people: int
    registration_seconds: int
    reach: float
    """The part of the draw that the sale can get to."""


@dataclass
class Population:
    """What is left of everybody: `drawn` are (rank, number) within reach."""

    arrivals: np.ndarray
    """People who came in each second of pre-registration."""
    fairness: np.ndarray = field(default_factory=lambda: np.zeros((DECILES, DECILES), np.int64))
    """Decile of arrival against decile of rank."""
    control: np.ndarray = field(default_factory=lambda: np.zeros((DECILES, DECILES), np.int64))
    """The same under ranks that favour the first tenth of all who come: a test that lets them pass is none."""
    drawn: list[tuple[str, int]] = field(default_factory=list)


def person(number: int) -> str:
    return f"person-{number:09}"


def populate(seed: bytes, people: int, registration_seconds: int, reach: float, workers: int) -> Iterator[Population]:
    """One population that grows; yielded after each chunk, for progress."""
    whole = Population(np.zeros(registration_seconds, np.int64))
    chunks = [
        Chunk(seed, first, min(CHUNK, people - first), registration_seconds, reach) for first in range(0, people, CHUNK)
    ]
    with ProcessPoolExecutor(workers) as pool:
        for done in as_completed([pool.submit(make, chunk) for chunk in chunks]):
            part = done.result()
            whole.arrivals += part.arrivals
            whole.fairness += part.fairness
            whole.control += part.control
            whole.drawn += part.drawn
            yield whole
    whole.drawn.sort()


def make(chunk: Chunk) -> Population:
    """A quarter come in the first twentieth of the time, the rest evenly; ranks are the product's function, called."""
    numbers = range(chunk.first, chunk.first + chunk.people)
    dice = np.random.default_rng(chunk.first)
    came = np.where(
        dice.random(chunk.people) < 0.25,
        dice.random(chunk.people) * 0.05,
        dice.random(chunk.people),
    )
    drawn = [ranks.draw_rank(chunk.seed, EVENT, person(number)) for number in numbers]
    places = np.fromiter((int(rank[1:9], 16) for rank in drawn), np.uint32, chunk.people) / 2**32
    order = came.argsort().argsort() * DECILES // chunk.people
    fairness, control = np.zeros((2, DECILES, DECILES), np.int64)
    np.add.at(fairness, (order, (places * DECILES).astype(int)), 1)
    favoured = np.where(order == 0, places * (1 - FAVOUR), places)
    np.add.at(control, (order, (favoured * DECILES).astype(int)), 1)
    seconds = (came * chunk.registration_seconds).astype(int)
    arrivals = np.bincount(seconds, minlength=chunk.registration_seconds)
    within = np.flatnonzero(places <= chunk.reach)
    return Population(arrivals, fairness, control, [(drawn[index], numbers[index]) for index in within])


def chi_square(table: np.ndarray) -> float:
    """How far the table is from one in which rank does not depend on arrival."""
    expected = table.sum(0, keepdims=True) * table.sum(1, keepdims=True) / table.sum()
    return float(((table - expected) ** 2 / expected).sum())


def by_chance(chi: float) -> float:
    """How often independent tables lie at least this far off: the chi-square distribution of 81 degrees of freedom."""
    half = chi / 2
    terms = (math.exp((k + 0.5) * math.log(half) - half - math.lgamma(k + 1.5)) for k in range(FREEDOM // 2))
    return math.erfc(math.sqrt(half)) + math.fsum(terms)
