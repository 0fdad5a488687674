"""Events of Ticketmaster's Discovery API (v2): what we create of each, what had to be mended, or why it stays out.

A field that is not what its name promises is taken for absent, and what follows from that is said. Everything here
depends on the file alone, so that the same file makes the same requests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.events import is_timezone
from infra.imports import discovery_dates as dates
from infra.imports.discovery_prices import pricing_of
from infra.imports.places import CURRENCIES, NO_CURRENCY, Position, country_of, middles, timezone_at
from infra.imports.report import Draft, LeftOut, Skipped
from infra.imports.wording import named, paragraphs, plain, quoted

DESCRIPTION_LENGTH_MAX = 4000
ADDRESS_LENGTH_MAX = 300
IMAGE_LENGTH_MAX = 500
LIMIT_MAX = 50
CANCELLED = ("cancelled", "canceled")
STATUSES = ("onsale", "offsale", "rescheduled")
CATEGORIES = {"music": "music", "sports": "sport", "arts & theatre": "theatre", "film": "film"}
OTHER = "other"
LIMIT = r"(\d{1,2})\b\)?(?: \w+)? tickets? limit|maximum of \(?(\d{1,2})\b"
"""How sentences say it: "There is a four (4) ticket limit per person"; an overall one holds whatever else is said."""
IMAGE_WIDTH_MAX = 2048


class NotAPage(Exception):
    """The file is no page of events; says why."""


@dataclass(frozen=True)
class Discovered:
    """An event to create at a venue, and to cancel where its source has."""

    venue: Draft
    event: Draft
    cancelled: bool


@dataclass
class Pages:
    """Some pages of one search; an event that stands on two of them, since pages move, is one event."""

    shift: dates.Shift = dates.UNMOVED
    seen: dict[str, str] = field(default_factory=dict)

    def read(self, raw: bytes, name: str) -> Iterator[Discovered | Skipped]:
        """Every event of a file, in its order. Raises NotAPage."""
        events = list(_events(raw))
        cities = middles(_positions(events))
        for number, document in enumerate(events, 1):
            title = plain(_dig(document, "name"))
            place = f"{name}, event {number}" + (f" {quoted(title)}" if title else "")
            try:
                yield self._event(document, place, cities)
            except LeftOut as left_out:
                yield Skipped(place, str(left_out))

    def _event(self, document: Any, place: str, cities: dict[str, Position | None]) -> Discovered:
        event_id = plain(_dig(document, "id"))
        if not event_id:
            raise LeftOut("it has no id")
        if event_id in self.seen:
            raise LeftOut(f"it is {self.seen[event_id]} again")
        self.seen[event_id] = place
        if _dig(document, "test") is True:
            raise LeftOut("its source calls it a test")
        mended: list[str] = []
        cancelled = _is_cancelled(document, mended)
        venue = _venue(document, cities, mended)
        body = _body(document, venue.body, self.shift, mended)
        event = Draft(place, f"discovery:event:{event_id}{self.shift.mark}", body, tuple(mended))
        return Discovered(venue, event, cancelled)


def days(raw: bytes) -> list[str]:
    """The days that a file's events begin on, as far as they are known. Raises NotAPage."""
    named_days = (plain(_dig(event, "dates", "start", "localDate")) for event in _events(raw))
    return [day for day in named_days if dates.is_day(day)]


def _events(raw: bytes) -> Iterator[Any]:
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NotAPage(f"is not JSON: {error}") from error
    for page in document if isinstance(document, list) else [document]:
        if trouble := _dig(page, "fault", "faultstring") or _dig(page, "errors", 0, "detail"):
            raise NotAPage(f"is an error of the Discovery API: {plain(trouble)}")
        if _dig(page, "dates") is not None:
            yield page
            continue
        if _dig(page, "page") is None and _dig(page, "_embedded") is None:
            raise NotAPage("is no answer of the Discovery API: neither `page` nor `_embedded` nor an event")
        events = _dig(page, "_embedded", "events")
        yield from events if isinstance(events, list) else []


def _positions(events: Sequence[Any]) -> Iterator[tuple[str, Position]]:
    for event in events:
        for venue in _list(event, "_embedded", "venues"):
            if position := _position(venue):
                yield _city_key(venue), position


def _is_cancelled(document: Any, mended: list[str]) -> bool:
    status = plain(_dig(document, "dates", "status", "code")).lower()
    if status == "postponed":
        raise LeftOut("it is postponed and has no new date yet")
    if status == "rescheduled":
        mended.append("it was rescheduled: the date is the new one")
    elif status not in (*STATUSES, *CANCELLED):
        mended.append(f"its status {status!r} is none we know: taken as announced" if status else "it names no status")
    return status in CANCELLED


def _body(document: Any, venue: dict[str, Any], shift: dates.Shift, mended: list[str]) -> dict[str, Any]:
    name = named(_dig(document, "name"), mended)
    if not name:
        raise LeftOut("it has no name")
    when = dates.read(document, venue["timezone"], shift, mended)
    acts = [plain(_dig(act, "name")) for act in _list(document, "_embedded", "attractions")]
    acts = [act for act in dict.fromkeys(acts) if act]
    if not acts:
        mended.append("it names no artist: the event's name stands there")
    said = [*when.said, f"With {', '.join(acts[1:])}." if acts[1:] else ""]
    texts = [_dig(document, "info"), _dig(document, "pleaseNote")]
    body: dict[str, Any] = {
        "name": name,
        "artist": named(acts[0], mended) if acts else name,
        "category": _category(document, mended),
        "startsAt": when.starts_at.isoformat(),
        "onSaleAt": when.on_sale_at.isoformat(),
        "pricing": pricing_of(_dig(document, "priceRanges"), CURRENCIES.get(venue["countryCode"], NO_CURRENCY), mended),
        "description": paragraphs(
            "\n\n".join(text for text in (*said, *texts) if isinstance(text, str) and text), DESCRIPTION_LENGTH_MAX
        ),
    }
    if when.sale_ends_at:
        body["saleEndsAt"] = when.sale_ends_at.isoformat()
    if when.presales:
        body["presales"] = when.presales
    if image := _image(document):
        body["imageUrl"] = image
    if limit := _limit(document, mended):
        body["limitPerPerson"] = limit
    return body


def _category(document: Any, mended: list[str]) -> str:
    kinds = _list(document, "classifications")
    first = next((kind for kind in kinds if _dig(kind, "primary") is True), kinds[0] if kinds else None)
    segment = plain(_dig(first, "segment", "name"))
    category = CATEGORIES.get(segment.lower(), OTHER)
    if category == OTHER:
        mended.append(f"its kind is {segment!r}: {OTHER!r} with us" if segment else "it names no kind of event")
    return category


def _image(document: Any) -> str:
    """The widest that is 16:9 and not a stand-in for one that is missing."""
    images: list[tuple[int, str]] = [
        (width, url)
        for image in _list(document, "images")
        if _dig(image, "fallback") is not True and _dig(image, "ratio") == "16_9"
        and isinstance(width := _dig(image, "width"), int) and width <= IMAGE_WIDTH_MAX
        and isinstance(url := _dig(image, "url"), str)
        and re.fullmatch(r"https://[^\s\"'<>]+", url) and len(url) <= IMAGE_LENGTH_MAX
    ]  # fmt: skip
    return max(images)[1] if images else ""


def _limit(document: Any, mended: list[str]) -> int | None:
    """From a sentence; where it says several, as for a presale, none is taken."""
    sentence = plain(_dig(document, "ticketLimit", "info"))
    overall = re.findall(r"overall \(?(\d{1,2})\b", sentence, re.IGNORECASE)
    said = overall or [one or other for one, other in re.findall(LIMIT, sentence, re.IGNORECASE)]
    limits = {int(number) for number in said}
    if len(limits) == 1 and 1 <= (limit := limits.pop()) <= LIMIT_MAX:
        mended.append(f"at most {limit} tickets a person, read from {quoted(sentence)}")
        return limit
    if sentence:
        mended.append(f"the limit of tickets cannot be read from {quoted(sentence)}: it stays the usual one")
    return None


def _venue(document: Any, cities: dict[str, Position | None], mended: list[str]) -> Draft:
    venues = [venue for venue in _list(document, "_embedded", "venues") if plain(_dig(venue, "name"))]
    if not venues:
        raise LeftOut("it names no venue")
    if len(venues) > 1:
        others = ", ".join(plain(_dig(venue, "name")) for venue in venues[1:])
        mended.append(f"of its venues only the first is taken, not {others}")
    venue, said = venues[0], list[str]()
    name = named(_dig(venue, "name"), said)
    city = named(_dig(venue, "city", "name"), said)
    if not city:
        city = plain(_dig(venue, "state", "name")) or plain(_dig(venue, "markets", 0, "name"))
        said.append(f"without a city, it is said to be in {city}")
    if not city:
        raise LeftOut(f"its venue {quoted(name)} is in no city")
    position = _position(venue)
    if position is None:
        position = cities.get(_city_key(venue))
        said.append(f"without a position, it is placed where the other venues of {city} are")
    if position is None:
        raise LeftOut(f"its venue {quoted(name)} has no position")
    timezone = _timezone(venue, document, position, said)
    country = plain(_dig(venue, "country", "countryCode")).upper()
    if not re.fullmatch("[A-Z]{2}", country):
        country = country_of(timezone)
        said.append(f"without a country, it is in that of its time zone: {country}")
    if not country:
        raise LeftOut(f"its venue {quoted(name)} is in no country")
    lines = [plain(_dig(venue, "address", f"line{number}")) for number in (1, 2)] + [plain(_dig(venue, "postalCode"))]
    body: dict[str, Any] = {
        "name": name,
        "city": city,
        "countryCode": country,
        "timezone": timezone,
        "latitude": position[0],
        "longitude": position[1],
        "address": ", ".join(line for line in lines if line)[:ADDRESS_LENGTH_MAX],
    }
    source_id = plain(_dig(venue, "id")) or f"{name}, {city}"
    return Draft(f"venue {quoted(name)}", f"discovery:venue:{source_id}", body, tuple(said))


def _timezone(venue: Any, document: Any, position: Position, said: list[str]) -> str:
    for zone in (plain(_dig(venue, "timezone")), plain(_dig(document, "dates", "timezone"))):
        if zone and is_timezone(zone):
            return zone
    zone = timezone_at(position)
    if not zone:
        raise LeftOut("its venue has no time zone and lies at sea")
    said.append(f"without a time zone, it has the one of its position: {zone}")
    return zone


def _city_key(venue: Any) -> str:
    return f"{plain(_dig(venue, 'city', 'name'))}, {plain(_dig(venue, 'country', 'countryCode'))}".casefold()


def _position(venue: Any) -> Position | None:
    texts = [str(_dig(venue, "location", axis)) for axis in ("latitude", "longitude")]
    if not all(re.fullmatch(r"[+-]?\d{1,3}(\.\d+)?", text) for text in texts):
        return None
    latitude, longitude = map(float, texts)
    on_the_globe = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if on_the_globe and (latitude or longitude) else None


def _list(document: Any, *path: str) -> list[Any]:
    found = _dig(document, *path)
    return found if isinstance(found, list) else []


def _dig(document: Any, *path: str | int) -> Any:
    """What lies there; None where the way ends before."""
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document
