"""A season to search: a hundred thousand generated events, and questions whose right answers are known."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalog import PriceRange, Venue
from kit.money import Money
from search.listing import EventSummary
from search.words import fold

SHARED = Path(os.environ.get("BOXOFFICE_SHARED", Path(__file__).parents[3] / "shared"))
REAL_VENUES = SHARED / "data/catalog/songkick_venues.csv"
"""Names as dirty as they come; without the file the venues are generated as well."""
NOW = datetime(2027, 3, 5, 15, tzinfo=UTC)
ONSETS = (
    "b",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "qu",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
)
VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou", "é", "ö", "ü", "á", "í", "ø")
CODAS = ("", "", "", "n", "r", "s", "l", "x", "nd", "rk", "tt", "m")
ADJECTIVES = (
    "Velvet",
    "Broken",
    "Electric",
    "Silent",
    "Golden",
    "Midnight",
    "Paper",
    "Crystal",
    "Wild",
    "Northern",
    "Hollow",
    "Burning",
)
NOUNS = (
    "Foxes",
    "Rivers",
    "Machines",
    "Lanterns",
    "Wolves",
    "Harbour",
    "Echoes",
    "Satellites",
    "Orchids",
    "Thieves",
    "Kings",
    "Mirrors",
)
TOURS = (
    "World Tour",
    "Live",
    "An Evening with",
    "Farewell Tour",
    "Unplugged",
    "Summer Nights",
    "Release Party",
    "in Concert",
)
ELSEWHERE = (
    "Кино Мумий Сплин Земфира Звери",
    "東京 椎名 林檎 電気 グルーヴ",
    "Σωκράτης Μάλαμας Χάρις",
    "דודו טסה הדג",
    "방탄 소년단 새소년",
)
CATEGORIES = ("music", "theatre", "comedy", "sports", "dance", "family", "festival", "classical", "jazz", "opera")
HALLS = ("Hall", "Theatre", "Arena", "Club", "Ballroom", "Stadium", "Garden", "Palace", "Lounge", "Forum")
PLACES = (
    ("Wien", "AT", "Europe/Vienna", 48.21, 16.37),
    ("Berlin", "DE", "Europe/Berlin", 52.52, 13.4),
    ("Kraków", "PL", "Europe/Warsaw", 50.06, 19.94),
    ("São Paulo", "BR", "America/Sao_Paulo", -23.55, -46.63),
    ("New York", "US", "America/New_York", 40.71, -74.0),
    ("Los Angeles", "US", "America/Los_Angeles", 34.05, -118.24),
    ("Chicago", "US", "America/Chicago", 41.88, -87.63),
    ("London", "GB", "Europe/London", 51.51, -0.13),
    ("Zürich", "CH", "Europe/Zurich", 47.37, 8.54),
    ("Tokyo", "JP", "Asia/Tokyo", 35.68, 139.69),
    ("Αθήνα", "GR", "Europe/Athens", 37.98, 23.73),
    ("Sydney", "AU", "Australia/Sydney", -33.87, 151.21),
    ("México", "MX", "America/Mexico_City", 19.43, -99.13),
    ("Malmö", "SE", "Europe/Stockholm", 55.6, 13.0),
)


@dataclass(frozen=True)
class Question:
    """What somebody types, and the events that are meant."""

    keyword: str
    meant: frozenset[str]
    kind: str


def season(count: int, venue_count: int, seed: int = 6) -> list[EventSummary]:
    """Events over a year, as unevenly spread over artists and venues as in life."""
    draw = random.Random(seed)
    artists = _artists(draw, max(50, count // 5))
    venues = list(_venues(draw, venue_count))
    return [_event(draw, number, artists, venues) for number in range(count)]


def _event(draw: random.Random, number: int, artists: list[tuple[str, str]], venues: list[Venue]) -> EventSummary:
    artist, category = artists[int(len(artists) * draw.random() ** 2)]
    venue = venues[int(len(venues) * draw.random() ** 1.5)]
    tour = draw.choice(TOURS)
    starts_at = NOW + timedelta(minutes=15 * draw.randrange(-200, 365 * 96))
    cheapest = 1000 + 50 * draw.randrange(150)
    return EventSummary(
        event_id=f"evt_{number:016d}",
        name=f"{tour} {artist}" if tour.endswith("with") else f"{artist}: {tour}",
        artist=artist,
        category=category,
        image_url=None,
        venue=venue,
        starts_at=starts_at,
        on_sale_at=starts_at - timedelta(days=draw.randrange(1, 200)),
        announced_at=starts_at - timedelta(days=210),
        status="on_sale",
        availability=draw.choices(("available", "few", "none", "unknown"), (70, 15, 10, 5))[0],
        price_range=PriceRange(Money(cheapest, "EUR"), Money(cheapest * 3, "EUR")),
    )


def _artists(draw: random.Random, count: int) -> list[tuple[str, str]]:
    names: dict[str, str] = {}
    while len(names) < count:
        shape = draw.random()
        if shape < 0.55:
            name = " ".join(_word(draw) for _ in range(draw.choice((1, 2, 2))))
        elif shape < 0.9:
            name = f"The {draw.choice(ADJECTIVES)} {_word(draw)} {draw.choice(NOUNS)}"
        elif shape < 0.95:
            name = f"{_word(draw)[:4]}/{_word(draw)[:4]}"
        else:
            name = f"{draw.choice(draw.choice(ELSEWHERE).split())} {_word(draw)}"
        names.setdefault(name, draw.choice(CATEGORIES))
    return list(names.items())


def _word(draw: random.Random) -> str:
    syllables = (draw.choice(ONSETS) + draw.choice(VOWELS) + draw.choice(CODAS) for _ in range(draw.choice((2, 2, 3))))
    return "".join(syllables).capitalize()


def _venues(draw: random.Random, count: int) -> Iterator[Venue]:
    real = list(_real_names())
    for number in range(count):
        city, country, timezone, latitude, longitude = draw.choice(PLACES)
        name = f"{_word(draw)} {draw.choice(HALLS)}"
        if number < len(real):
            name, city, latitude, longitude = real[number]
        else:
            city = city if draw.random() < 0.5 else f"{_word(draw)}{draw.choice(('ville', 'stadt', 'burg', ''))}"
            latitude, longitude = latitude + draw.gauss(0, 1), longitude + draw.gauss(0, 1)
        yield Venue(f"ven_{number:016d}", name, city, country, timezone, latitude, longitude)


def _real_names() -> Iterator[tuple[str, str, float, float]]:
    if not REAL_VENUES.exists():
        return
    with REAL_VENUES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["name"] and row["lat"] and row["lng"]:
                yield row["name"][:120], row["metroArea"] or "Nowhere", float(row["lat"]), float(row["lng"])


def labelled(events: list[EventSummary], count: int, seed: int = 60) -> list[Question]:
    """Questions about artists, venues and artists in a city, most of them mistyped or unfinished."""
    draw = random.Random(seed)
    ahead = [event for event in events if event.starts_at >= NOW]
    by: dict[tuple[str, str], set[str]] = {}
    for event in ahead:
        city = fold(event.venue.city)
        for key in (("artist", fold(event.artist)), ("venue", fold(event.venue.name))):
            by.setdefault(key, set()).add(event.event_id)
        by.setdefault(("artist in city", f"{fold(event.artist)} {city}"), set()).add(event.event_id)
    questions: list[Question] = []
    while len(questions) < count:
        event = draw.choice(ahead)
        kind = draw.choice(("artist", "artist", "venue", "artist in city"))
        text = {
            "artist": event.artist,
            "venue": event.venue.name,
            "artist in city": f"{event.artist} {event.venue.city}",
        }[kind]
        if len(text) < 5:
            continue
        meant = frozenset(by[kind, fold(text)])
        way, typed = draw.choice(WAYS)
        questions.append(Question(typed(draw, text), meant, f"{kind}, {way}"))
    return questions


def _as_written(draw: random.Random, text: str) -> str:
    return text


def _plain(draw: random.Random, text: str) -> str:
    return fold(text)


def _slip(draw: random.Random, text: str) -> str:
    """One slip in a word of at least five letters."""
    words = text.split()
    long = [number for number, word in enumerate(words) if len(word) > 4]
    if not long:
        return text
    number = draw.choice(long)
    word, place = words[number], draw.randrange(1, len(words[number]) - 1)
    words[number] = draw.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + draw.choice("aeiourstn") + word[place:],
            word[:place] + draw.choice("aeiourstn") + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )
    return " ".join(words)


def _slip_plain(draw: random.Random, text: str) -> str:
    return fold(_slip(draw, text))


def _unfinished(draw: random.Random, text: str) -> str:
    return text[: max(5, len(text) - draw.randrange(1, 4))]


WAYS = (
    ("as written", _as_written),
    ("without accents", _plain),
    ("one slip", _slip),
    ("one slip, without accents", _slip_plain),
    ("unfinished", _unfinished),
)
