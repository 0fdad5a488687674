"""Venues, artists and series: what events refer to. Each is one item, changed by version.

VENUE#<id> | ARTIST#<id> | SERIES#<id>     SELF     the thing; `asked` is the digest of what created it
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.update import Action

from catalog.artists import Artist, Series
from catalog.events import Venue
from catalog.store import AlreadyThere, Item, must_be_the_same
from kit import ids
from kit.errors import ChangedMeanwhile, NotFound
from kit.table import Transaction

Thing = TypeVar("Thing", Venue, Artist, Series)


class Kind(NamedTuple):
    partition: str
    prefix: str
    id_name: str


KINDS: dict[type, Kind] = {
    Venue: Kind("VENUE", "ven", "venue_id"),
    Artist: Kind("ARTIST", "art", "artist_id"),
    Series: Kind("SERIES", "ser", "series_id"),
}


class Entry(Item):
    document = UnicodeAttribute()
    asked = UnicodeAttribute()
    version = NumberAttribute()


def add(thing: Thing, asked: str) -> Thing:
    """Keep a new thing; the same request again finds the first one. Raises IdempotencyMismatch."""
    item = _entry(thing)
    item.document, item.asked, item.version = _text(thing), asked, thing.version
    transaction = Transaction()
    transaction.put(item, condition=Entry.pk.does_not_exist(), refused=AlreadyThere())
    try:
        transaction.commit()
    except AlreadyThere as refused:
        item.refresh(consistent_read=True)
        must_be_the_same(item.asked, asked, refused)
    return msgspec.json.decode(item.document, type=type(thing))


def get(kind: type[Thing], thing_id: str) -> Thing:
    """Raises NotFound."""
    if not ids.is_one(KINDS[kind].prefix, thing_id):
        raise NotFound
    try:
        item = Entry.get(f"{KINDS[kind].partition}#{thing_id}", "SELF", consistent_read=True)
    except DoesNotExist as error:
        raise NotFound from error
    return msgspec.json.decode(item.document, type=kind)


def change(thing: Thing, version: int) -> Thing:
    """The thing as it is from now on, IF this version of it still stands. Raises ChangedMeanwhile."""
    actions: list[Action] = [Entry.document.set(_text(thing)), Entry.version.set(thing.version)]
    try:
        _entry(thing).update(actions, condition=Entry.version == version)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        stands = get(type(thing), getattr(thing, KINDS[type(thing)].id_name))
        raise ChangedMeanwhile(version=stands.version) from error
    return thing


def get_venue(venue_id: str) -> Venue:
    """Raises NotFound."""
    return get(Venue, venue_id)


def get_artist(artist_id: str) -> Artist:
    """Raises NotFound."""
    return get(Artist, artist_id)


def get_series(series_id: str) -> Series:
    """Raises NotFound."""
    return get(Series, series_id)


def _entry(thing: Venue | Artist | Series) -> Entry:
    kind = KINDS[type(thing)]
    return Entry(f"{kind.partition}#{getattr(thing, kind.id_name)}", "SELF")


def _text(thing: Venue | Artist | Series) -> str:
    return msgspec.json.encode(thing).decode()
