"""A season at five invented venues: what is on, when from today, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from catalog.charts import Chart
from local.demo.arena import arena
from local.demo.small_venues import club, meadow
from local.demo.theatre import theatre

TYPES = [
    {"id": "adult", "label": "Adult"},
    {"id": "child", "label": "Child (under 15)"},
    {"id": "concession", "label": "Concession"},
]
SHARES = {"adult": 100, "child": 50, "concession": 80}
"""Percent of the adult price."""


@dataclass(frozen=True)
class House:
    """A venue with its chart, and what its events have in common. Prices by category, in major units."""

    venue: dict[str, Any]
    chart: Chart
    currency: str
    minor_units: int
    prices: dict[str, int]
    fees: list[dict[str, Any]]
    tax: dict[str, Any]


@dataclass(frozen=True)
class Show:
    """An event, so many days from today at a local hour; `factor` scales the house's prices."""

    house: str
    name: str
    artist: str
    category: str
    days: int
    starts: time
    description: str
    factor: float = 1.0
    on_sale_in_days: int = -7


def houses() -> dict[str, House]:
    """The venues by a short name."""
    booking = {"code": "booking", "label": "Booking fee", "per": "ticket"}
    order = {"code": "order", "label": "Order fee", "per": "order"}
    seated = {"premium": 92, "stalls": 68, "first": 54, "second": 36, "box": 110}
    bowl = {"pit": 95, "floor": 78, "lower": 88, "lowerend": 72, "upper": 49, "restricted": 38}
    return {
        "arena": House(
            _venue("Granary Arena", "Manchester", "GB", "Europe/London", 53.4631, -2.2913, "1 Granary Quay"),
            arena(),
            "GBP",
            100,
            bowl,
            [booking | {"basisPoints": 900}, {**order, "amount": 275}],
            {"label": "VAT", "basisPoints": 2000, "included": True},
        ),
        "theatre": House(
            _venue("Lindenhof Theatre", "Vienna", "AT", "Europe/Vienna", 48.2034, 16.3556, "Lindenhofgasse 4"),
            theatre("Lindenhof Theatre"),
            "EUR",
            100,
            seated,
            [booking | {"amount": 290}, {**order, "amount": 150}],
            {"label": "VAT", "basisPoints": 1300, "included": True},
        ),
        "club": House(
            _venue("Cellar Nine", "New York", "US", "America/New_York", 40.7291, -73.9995, "9 Cooper Mews"),
            club(),
            "USD",
            100,
            {"front": 55, "back": 42, "bar": 30},
            [booking | {"basisPoints": 1200}],
            {"label": "Sales tax", "basisPoints": 888, "included": False},
        ),
        "meadow": House(
            _venue("Weir Meadow", "Munich", "DE", "Europe/Berlin", 48.1208, 11.5532, "Am Wehr 12"),
            meadow(),
            "EUR",
            100,
            {"front": 74, "meadow": 52, "stand": 89},
            [booking | {"basisPoints": 800}, {**order, "amount": 200}],
            {"label": "VAT", "basisPoints": 700, "included": True},
        ),
        "hall": House(
            _venue("Umikaze Hall", "Yokohama", "JP", "Asia/Tokyo", 35.4542, 139.6390, "2-7 Umikaze-dori, Naka-ku"),
            theatre("Umikaze Hall"),
            "JPY",
            1,
            {category: price * 150 for category, price in seated.items()},
            [booking | {"amount": 330}],
            {"label": "Consumption tax", "basisPoints": 1000, "included": True},
        ),
    }


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
        "arena", "One Night Only", "Tamsin Okoro", "music", 67, time(20), "Her first arena show in six years.", 1.4, 3
    ),
    Show("club", "Sunday Brushes", "Ruben Castellane Quartet", "jazz", 18, time(20), "Quiet enough to hear the ice."),
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
    ),
)
SMALL = (SHOWS[0], SHOWS[1], SHOWS[7])


def event(show: Show, house: House, venue_id: str, chart_hash: str, now: datetime) -> dict[str, Any]:
    """The show as the API takes it."""
    zone = ZoneInfo(house.venue["timezone"])
    day = now.astimezone(zone).date() + timedelta(days=show.days)
    starts_at = datetime.combine(day, show.starts, zone).astimezone(UTC)
    prices = {category: price * show.factor for category, price in house.prices.items()}
    return {
        "name": show.name,
        "artist": show.artist,
        "category": show.category,
        "description": show.description,
        "venueId": venue_id,
        "chartHash": chart_hash,
        "startsAt": starts_at.isoformat(),
        "onSaleAt": (now + timedelta(days=show.on_sale_in_days)).isoformat(),
        "pricing": pricing(house.currency, house.minor_units, prices, house.fees, house.tax),
        "refundPolicy": {"untilHoursBeforeStart": 48, "feesReturned": False},
    }


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


def _venue(
    name: str, city: str, country: str, timezone: str, latitude: float, longitude: float, address: str
) -> dict[str, Any]:
    return {
        "name": name,
        "city": city,
        "countryCode": country,
        "timezone": timezone,
        "latitude": latitude,
        "longitude": longitude,
        "address": address,
    }
