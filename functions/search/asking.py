"""What can be asked of the search, and what a typed sentence means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Literal, get_args

import msgspec

from catalog import Availability
from kit.decode import END
from kit.errors import Invalid
from search.days import DAY_WORDS
from search.words import fold, key_of, words_of

Text = Annotated[str, msgspec.Meta(max_length=200)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Sort = Literal["relevance", "date", "distance", "price", "announced", "on-sale"]
PAGE_MAX = 10**6
KM_PER_MILE = 1.609344
RADIUS_DEFAULT = 50
LIST_MAX = 20
LATLONG = re.compile(r"\s*(-?\d{1,2}(?:\.\d{1,12})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*")
NEAR_ME = re.compile(r"\b(?:near|around|close to) me\b|\bnearby\b")
DAY_PHRASES = re.compile(rf"\b(?:{'|'.join(word.replace('-', '[ -]') for word in DAY_WORDS)})\b")


class EventsQuery(msgspec.Struct, frozen=True, rename="camel"):
    """All filters must match. `keyword` is looked for in event, artist, venue, city and category, and may say
    a day ("jazz tonight"); `category` and `availability` take several values, separated by commas.

    `latlong` is `48.21,16.37`, with a `radius` of 50 unless said; `date` is a day in the venue's time zone, as
    2027-02-14 or a word (today, tonight, tomorrow, this-weekend, …); prices are minor units of the event's own
    currency. `sort`: relevance where something is typed, else date; `announced` is the newest first, `on-sale`
    what goes on sale next.
    """

    keyword: Text = ""
    location: Text = ""
    city: Text = ""
    country_code: Annotated[str, msgspec.Meta(pattern="^(?:[A-Za-z]{2})?" + END)] = ""
    latlong: Annotated[str, msgspec.Meta(max_length=60)] = ""
    radius: Annotated[float, msgspec.Meta(gt=0, le=21_000)] | None = None
    unit: Literal["km", "miles"] = "km"
    start_date_time: Instant | None = None
    end_date_time: Instant | None = None
    date: Annotated[str, msgspec.Meta(max_length=20)] = ""
    category: Text = ""
    artist: Text = ""
    artist_id: Text = ""
    series_id: Text = ""
    venue_id: Text = ""
    price_min: Amount | None = None
    price_max: Amount | None = None
    availability: Text = ""
    sort: Sort | None = None
    page: Annotated[int, msgspec.Meta(ge=0, le=PAGE_MAX)] = 0
    size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


@dataclass(frozen=True)
class Wishes:
    """A query that makes sense."""

    words: Sequence[str]
    unfinished: bool
    """Whether the last word may go on."""
    place: Sequence[str]
    city: str
    country: str
    point: tuple[float, float] | None
    radius_km: float
    starts_from: datetime | None
    starts_until: datetime | None
    day: str
    categories: Sequence[str]
    artist: str
    artist_id: str
    series_id: str
    venue_id: str
    price_min: int | None
    price_max: int | None
    availability: Sequence[Availability]
    sort: Sort
    page: int
    size: int

    def literally(self, keyword: str) -> Wishes:
        """The same with every typed word meant as a word."""
        return replace(self, words=words_of(keyword), day="")


def understand(query: EventsQuery) -> Wishes:
    """Raises Invalid, with the field, for what contradicts itself or means nothing."""
    rest, day_said = _without_day(fold(query.keyword))
    day = query.date or day_said
    point = _point(query.latlong)
    if query.radius is not None and point is None:
        raise Invalid("radius needs a latlong.", field="radius")
    if query.sort == "distance" and point is None:
        raise Invalid("sort by distance needs a latlong.", field="sort")
    if query.start_date_time and query.end_date_time and query.start_date_time > query.end_date_time:
        raise Invalid("startDateTime is after endDateTime.", field="startDateTime")
    if query.price_min is not None and query.price_max is not None and query.price_min > query.price_max:
        raise Invalid("priceMin is more than priceMax.", field="priceMin")
    words, place, categories = words_of(rest), words_of(query.location), _list(query.category)
    for field, said, meant in (("location", query.location, place), ("category", query.category, categories)):
        if said.strip() and not meant:
            raise Invalid(f"{field} names nothing.", field=field)
    return Wishes(
        words=words,
        unfinished=not query.keyword.endswith(" "),
        place=place,
        city=key_of(query.city),
        country=query.country_code.upper(),
        point=point,
        radius_km=(query.radius or RADIUS_DEFAULT) * (KM_PER_MILE if query.unit == "miles" else 1),
        starts_from=query.start_date_time,
        starts_until=query.end_date_time,
        day=_day(day),
        categories=categories,
        artist=key_of(query.artist),
        artist_id=query.artist_id,
        series_id=query.series_id,
        venue_id=query.venue_id,
        price_min=query.price_min,
        price_max=query.price_max,
        availability=_words_of_availability(query.availability),
        sort=query.sort or ("relevance" if words else "date"),
        page=query.page,
        size=query.size,
    )


def understand_typed(keyword: str) -> Sequence[str]:
    """The words to suggest something for."""
    return words_of(_without_day(fold(keyword))[0])


def _without_day(keyword: str) -> tuple[str, str]:
    """What is left of a sentence such as "jazz tonight near me", and its day."""
    keyword = NEAR_ME.sub(" ", keyword)
    said = DAY_PHRASES.search(keyword)
    return DAY_PHRASES.sub(" ", keyword), said[0].replace(" ", "-") if said else ""


def _point(latlong: str) -> tuple[float, float] | None:
    if not latlong:
        return None
    numbers = LATLONG.fullmatch(latlong)
    if numbers and abs(float(numbers[1])) <= 90 and abs(float(numbers[2])) <= 180:
        return float(numbers[1]), float(numbers[2])
    raise Invalid("latlong must be degrees, as 48.21,16.37.", field="latlong")


def _day(day: str) -> str:
    if day and day not in DAY_WORDS:
        try:
            day = date.fromisoformat(day).isoformat()
        except ValueError as error:
            raise Invalid(
                f"date must be a day, as 2027-02-14, or one of {', '.join(DAY_WORDS)}.", field="date"
            ) from error
        if not 1970 < int(day[:4]) < 9999:
            raise Invalid("date is not a year of ours.", field="date")
    return day


def _words_of_availability(text: str) -> list[Availability]:
    words = _list(text)
    try:
        return msgspec.convert(words, list[Availability])
    except msgspec.ValidationError as error:
        known = ", ".join(get_args(Availability))
        raise Invalid(f"availability must be of {known}.", field="availability") from error


def _list(text: str) -> list[str]:
    return [value for part in text.split(",")[:LIST_MAX] if (value := part.strip())]
