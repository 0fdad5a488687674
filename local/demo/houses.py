"""Five invented venues: where they are, their charts, and what all their events have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.charts import Chart
from local.demo.arena import arena
from local.demo.small_venues import club, meadow
from local.demo.theatre import theatre


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
