"""What a position tells: its time zone, and the country of that; and what a country tells: its currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt
from statistics import median

from timezonefinder import TimezoneFinder

EARTH_RADIUS_KM = 6371.0
ONE_CITY_KM, ONE_CITY_SHARE = 100.0, 0.9
"""Where fewer of the venues than that lie so near to their middle, several cities have one name."""
NO_CURRENCY = "XXX"
"""ISO 4217's own word for none."""
EURO = "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC MT NL PT SI SK"
CURRENCIES = dict.fromkeys(EURO.split(), "EUR") | {
    "AE": "AED",
    "AU": "AUD",
    "BR": "BRL",
    "CA": "CAD",
    "CH": "CHF",
    "CZ": "CZK",
    "DK": "DKK",
    "GB": "GBP",
    "HU": "HUF",
    "IL": "ILS",
    "IN": "INR",
    "IS": "ISK",
    "JP": "JPY",
    "KR": "KRW",
    "MX": "MXN",
    "NO": "NOK",
    "NZ": "NZD",
    "PL": "PLN",
    "RO": "RON",
    "SE": "SEK",
    "SG": "SGD",
    "TR": "TRY",
    "US": "USD",
    "ZA": "ZAR",
}
WITHOUT_MINOR_UNITS = dict.fromkeys(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"], 0
)
WITH_THOUSANDTHS = dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)

Position = tuple[float, float]


def timezone_at(position: Position) -> str:
    """The IANA time zone there; empty at sea."""
    zone = _finder().timezone_at(lat=position[0], lng=position[1]) or ""
    return "" if zone.startswith("Etc/") else zone


@cache
def _finder() -> TimezoneFinder:
    return TimezoneFinder()


@cache
def _countries() -> dict[str, str]:
    """By the time zone; the zone database's own table."""
    lines = files("tzdata").joinpath("zoneinfo/zone.tab").read_text().splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {zone: country for country, _, zone, *_ in rows}


def country_of(timezone: str) -> str:
    """Two letters; empty for a zone that belongs to no country."""
    return _countries().get(timezone, "")


def minor_digits(currency: str) -> int:
    """How many decimals its amounts have."""
    return 0 if currency in WITHOUT_MINOR_UNITS else 3 if currency in WITH_THOUSANDTHS else 2


def distance_km(one: Position, other: Position) -> float:
    """Along the ground."""
    (south, west), (north, east) = ((radians(degrees) for degrees in place) for place in (one, other))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(half, 1)))


def middle(positions: Sequence[Position]) -> Position | None:
    """Where a city is whose venues are these; None where they are too far apart to be of one."""
    if not positions:
        return None
    there = (median(place[0] for place in positions), median(place[1] for place in positions))
    near = sum(distance_km(there, place) <= ONE_CITY_KM for place in positions)
    return there if near >= ONE_CITY_SHARE * len(positions) else None


def middles(venues: Iterable[tuple[str, Position]]) -> dict[str, Position | None]:
    """The middle of each city that is named with positions."""
    by_city: dict[str, list[Position]] = {}
    for city, position in venues:
        by_city.setdefault(city, []).append(position)
    return {city: middle(positions) for city, positions in by_city.items()}
