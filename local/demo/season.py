"""A season at five invented venues: who plays what, when from today, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from local.demo.houses import House

TYPES = [
    {"id": "adult", "label": "Adult"},
    {"id": "child", "label": "Child (under 15)"},
    {"id": "concession", "label": "Concession"},
]
SHARES = {"adult": 100, "child": 50, "concession": 80}
"""Percent of the adult price."""
PRESALE_CODE = "FRONT-ROW-CLUB"
"""Opens what has a presale before its sale opens."""


@dataclass(frozen=True)
class Show:
    """An event, so many days from today at a local hour; `factor` scales the house's prices.

    On several dates, a week apart, it is a series; one that is `moved_by` days was announced for another date first.
    """

    house: str
    name: str
    artist: str
    category: str
    days: int
    starts: time
    description: str
    factor: float = 1.0
    on_sale_in_days: int = -7
    dates: int = 1
    presale: bool = False
    waiting_room: bool = False
    moved_by: int = 0
    weekday: Literal["Saturday", "Sunday"] | None = None
    """The first one from that day on, where its name says so."""


SHOWS = (
    Show(
        "arena",
        "Northbound Lights Tour",
        "Kestrel Avenue",
        "music",
        24,
        time(19, 30),
        "Two hours of guitars and a light show that fills the bowl.",
    ),
    Show(
        "theatre",
        "The Debt of Hours",
        "Lindenhof Ensemble",
        "theatre",
        9,
        time(19),
        "A new play about time, money and one very old clock.",
    ),
    Show(
        "club", "Late Set", "Odile Marchetti Trio", "jazz", 4, time(21), "Piano, bass and drums until the last train."
    ),
    Show(
        "arena",
        "Symphony of Machines",
        "Velvet Cartographers",
        "music",
        38,
        time(20),
        "Forty synthesizers, one orchestra.",
        0.8,
    ),
    Show(
        "meadow",
        "Weir Festival, Saturday",
        "Saltmarsh Brass Union",
        "festival",
        96,
        time(15),
        "Nine bands, two stages, one river.",
        weekday="Saturday",
    ),
    Show(
        "theatre",
        "Winterreise",
        "Halvard Brenn and Mirja Tolvanen",
        "classical",
        31,
        time(19, 30),
        "Voice and piano, without an interval.",
        0.8,
    ),
    Show(
        "hall",
        "Strings by the Sea",
        "Umikaze Chamber Orchestra",
        "classical",
        45,
        time(18, 30),
        "An evening of serenades.",
    ),
    Show(
        "arena",
        "One Night Only",
        "Tamsin Okoro",
        "music",
        67,
        time(20),
        "Her first arena show in six years.",
        1.4,
        3,
        presale=True,
    ),
    Show(
        "club",
        "Sunday Brushes",
        "Ruben Castellane Quartet",
        "jazz",
        18,
        time(20),
        "Quiet enough to hear the ice.",
        dates=3,
        weekday="Sunday",
    ),
    Show(
        "theatre",
        "Magic, Badly Explained",
        "Perrin Vale",
        "comedy",
        52,
        time(20),
        "An evening of tricks that mostly work.",
    ),
    Show(
        "hall",
        "Four Thousand Lanterns",
        "Nagisa Dance Company",
        "dance",
        80,
        time(19),
        "Seventeen dancers in a sea of light.",
    ),
    Show(
        "meadow",
        "Weir Festival, Sunday",
        "The Ferryman's Daughters",
        "festival",
        97,
        time(14),
        "The quieter day, with food from ten villages.",
        0.9,
        weekday="Sunday",
    ),
)
SMALL = (SHOWS[0], SHOWS[1], SHOWS[7])
SPECIAL = (
    Show(
        "club",
        "Midnight at the Cellar",
        "Tamsin Okoro",
        "music",
        6,
        time(23, 30),
        "A hundred places and one piano. It opens by way of the waiting room alone.",
        1.5,
        waiting_room=True,
    ),
    Show(
        "club",
        "Fireside Songs",
        "Wren and Alder",
        "music",
        11,
        time(20, 30),
        "Two voices, one guitar. The chimney was swept late, so it is a fortnight later than planned.",
        moved_by=14,
    ),
)
"""What is not a plain sale; the quick start of tests does without."""


@dataclass(frozen=True)
class Act:
    """An artist with a page: what it says."""

    name: str
    description: str
    picture: str


ACTS = (
    Act(
        "Ruben Castellane Quartet",
        "Four people who have played together on Sundays since they shared a rehearsal room with a bakery. Brushes "
        "instead of sticks, a double bass older than the club, and no two evenings alike.",
        "cymbals",
    ),
    Act(
        "Tamsin Okoro",
        "A voice, a loop station and a choir of thirty that she brings along only where it fits on the stage. After "
        "six years of clubs she is back under the big lights, and still plays a cellar at midnight when she can.",
        "lights",
    ),
)


def dates_of(show: Show) -> Iterator[Show]:
    """The show on each of its dates."""
    for week in range(show.dates):
        yield replace(show, days=show.days + 7 * week)


def event(show: Show, house: House, venue_id: str, chart_hash: str, now: datetime) -> dict[str, Any]:
    """The show as the API takes it, its artist and series by name alone."""
    on_sale_at = now + timedelta(days=show.on_sale_in_days)
    presale = {"id": "club", "name": "Front Row Club", "startsAt": now.isoformat(), "endsAt": on_sale_at.isoformat()}
    prices = {category: price * show.factor for category, price in house.prices.items()}
    return {
        "name": show.name,
        "artist": show.artist,
        "category": show.category,
        "description": show.description,
        "venueId": venue_id,
        "chartHash": chart_hash,
        "startsAt": starts_at(show, house, now).isoformat(),
        "onSaleAt": on_sale_at.isoformat(),
        "pricing": pricing(house.currency, house.minor_units, prices, house.fees, house.tax),
        "refundPolicy": {"untilHoursBeforeStart": 48, "feesReturned": False},
        "waitingRoom": show.waiting_room,
        "presales": [presale] if show.presale else [],
    }


def starts_at(show: Show, house: House, now: datetime) -> datetime:
    """At its hour by the house's clock."""
    zone = ZoneInfo(house.venue["timezone"])
    day = now.astimezone(zone).date() + timedelta(days=show.days)
    while show.weekday and f"{day:%A}" != show.weekday:
        day += timedelta(days=1)
    return datetime.combine(day, show.starts, zone).astimezone(UTC)


def pricing(
    currency: str, minor_units: int, prices: Mapping[str, float], fees: list[dict[str, Any]], tax: dict[str, Any]
) -> dict[str, Any]:
    """A price list from adult prices in major units."""
    return {
        "currency": currency,
        "ticketTypes": TYPES,
        "prices": {
            category: {name: round(price * share / 100) * minor_units for name, share in SHARES.items()}
            for category, price in prices.items()
        },
        "fees": fees,
        "tax": tax,
    }
