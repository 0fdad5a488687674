"""The catalog's table.

    pk                  sk                        item
    VENUE#<id>          EVENT#<event id>          a pointer to an event there
    ARTIST#<id>         EVENT#<event id>          a pointer to an event of theirs
    EVENT#<id>          EVENT                     an event; what changes by itself has attributes of its own
    UPCOMING#<month>    <starts at>#<event id>    a pointer, in the order of time
    CHART#<hash>        CHART                     what is known of a chart without opening it, see `drawings`
    IMPORT#<id>         IMPORT                    a chart's import, see `chart_imports`
    …                   SELF                      venues, artists and series, see `register`

The list of upcoming events reads pointers month by month. One partition for all events would take every
reader and every import of a season; months spread both, keep the order that a list wants, and a page costs
one Query and one BatchGetItem. Pointers hold no copy, so nothing can disagree with the event.

An event holds a copy of its venue and of its artist's name, so that reading one is one read. The stream brings
their changes to their events (`update_copies`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from catalog.events import Availability, Event, Move, Status, Venue, availability_word, seat_map_url
from catalog.problems import ChartInUse, EventNotSellable
from kit import ids
from kit.clock import rfc3339
from kit.errors import Busy, ChangedMeanwhile, IdempotencyMismatch, NotFound
from kit.table import Table, TableMeta, Transaction

MONTHS_AHEAD = 37
"""As far as an event may lie ahead."""
BATCH = 25
_EVENTS = msgspec.json.Decoder(Event)
"""Made at import: where several threads are the first to read a type, msgspec crashes the interpreter."""


class AlreadyThere(Exception):
    """A thing with this id exists; never leaves this file."""


class Item(Model):
    """What every item of this table has."""

    class Meta(TableMeta):
        table_name = Table("catalog")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class EventItem(Item):
    """`document` is the event as an organizer has written it last; the other attributes say what became of it.

    `asked` is the digest of the request that created it, `chart_hash` there once seats are made of it, `larger_chart`
    once more of them are, `venue` and `artist` once those were changed.
    """

    document = UnicodeAttribute()
    asked = UnicodeAttribute()
    version = NumberAttribute()
    venue = JSONAttribute(null=True)
    artist = JSONAttribute(null=True)
    status = UnicodeAttribute()
    availability = UnicodeAttribute()
    seat_count = NumberAttribute()
    chart_hash = UnicodeAttribute(null=True)
    larger_chart = UnicodeAttribute(null=True)
    moved = JSONAttribute(null=True)


class Pointer(Item):
    event_id = UnicodeAttribute()


def copy_venue(venue: Venue) -> None:
    """Give every event there the venue as it is now. Again, it changes nothing."""
    _copy(f"VENUE#{venue.venue_id}", EventItem.venue.set(msgspec.to_builtins(venue)))


def copy_artist(artist_id: str, name: str) -> None:
    """Give every event of theirs the artist's name as it is now. Again, it changes nothing."""
    _copy(f"ARTIST#{artist_id}", EventItem.artist.set({"artistId": artist_id, "name": name}))


def _copy(partition: str, action: Action) -> None:
    for pointer in Pointer.query(partition, Pointer.sk.startswith("EVENT#")):
        EventItem(f"EVENT#{pointer.event_id}", "EVENT").update([action], condition=EventItem.pk.exists())


def add_event(event: Event, asked: str) -> Event:
    """Keep a new event and list it, both or neither; the same request again finds the first one.

    Raises IdempotencyMismatch.
    """
    item = EventItem(
        f"EVENT#{event.event_id}",
        "EVENT",
        document=_text(event),
        asked=asked,
        version=event.version,
        status=event.status,
        availability=event.availability,
        seat_count=event.seat_count,
    )
    transaction = Transaction()
    transaction.put(item, condition=EventItem.pk.does_not_exist(), refused=AlreadyThere())
    for pointer in _pointers(event):
        transaction.put(pointer)
    try:
        transaction.commit()
    except AlreadyThere as refused:
        item.refresh(consistent_read=True)
        must_be_the_same(item.asked, asked, refused)
    return _event(item)


def rewrite_event(before: Event, after: Event) -> Event:
    """The event as it is from now on, IF nobody has changed it since `before` was read; another chart only IF no
    seats were made of this one.

    Raises ChangedMeanwhile, ChartInUse.
    """
    item = EventItem(f"EVENT#{after.event_id}", "EVENT")
    condition = _as_read(before) & (EventItem.version == before.version)
    if before.chart_hash != after.chart_hash:
        condition &= EventItem.chart_hash.does_not_exist()
    actions = [EventItem.document.set(_text(after)), EventItem.version.set(after.version)]
    if after.moved:
        actions.append(EventItem.moved.set(msgspec.to_builtins(after.moved)))
    transaction = Transaction()
    transaction.update(item, actions, condition=condition, refused=AlreadyThere())
    for pointer in _pointers(after):
        transaction.put(pointer)
    try:
        transaction.commit()
    except AlreadyThere as refused:
        stands = get_event(after.event_id)
        if (stands.version, stands.status, stands.moved) == (before.version, before.status, before.moved):
            raise ChartInUse from refused
        raise ChangedMeanwhile(version=stands.version) from refused
    for partition in set(_belongs_to(before)) - set(_belongs_to(after)):
        Pointer(partition, f"EVENT#{after.event_id}").delete()
    return get_event(after.event_id)


def get_event(event_id: str) -> Event:
    """The event as it is now. Raises NotFound."""
    if not ids.is_one("evt", event_id):
        raise NotFound
    try:
        return _event(EventItem.get(f"EVENT#{event_id}", "EVENT", consistent_read=True))
    except DoesNotExist as error:
        raise NotFound from error


def settle_chart(event: Event) -> None:
    """Seats are about to be made of this event's chart: it has no other from now on, and no fewer prices than these.

    Again, it changes nothing. Raises Busy where the event was changed since it was read.
    """
    item = EventItem(f"EVENT#{event.event_id}", "EVENT")
    same = EventItem.chart_hash.does_not_exist() | (EventItem.chart_hash == event.chart_hash)
    try:
        item.update([EventItem.chart_hash.set(event.chart_hash)], condition=same & (EventItem.version == event.version))
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise Busy("Somebody is changing this event; try again.") from error


def mark_on_sale(event_id: str, seat_count: int, now: datetime) -> Event:
    """All seats exist: the sale may start. Again with the same count changes nothing. Raises EventNotSellable."""
    event = get_event(event_id)
    if event.starts_at <= now:
        raise EventNotSellable("It has started.")
    if (event.status, event.seat_count) == ("on_sale", seat_count):
        return event
    item = EventItem(f"EVENT#{event_id}", "EVENT")
    again = (EventItem.status == "on_sale") & (EventItem.seat_count == seat_count)
    try:
        item.update(
            [
                EventItem.status.set("on_sale"),
                EventItem.seat_count.set(seat_count),
                EventItem.availability.set("available"),
            ],
            condition=EventItem.status.is_in("scheduled", "moved") | again,
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise EventNotSellable(eventStatus=event.status) from error
    return _event(item)


def settle_larger_chart(event: Event, chart_hash: str) -> None:
    """Seats are about to be made of this chart: the event grows to no other before it has grown to this one.

    Again, it changes nothing. Raises Busy.
    """
    still = EventItem.chart_hash.does_not_exist() | EventItem.chart_hash.is_in(event.chart_hash, chart_hash)
    nothing_begun = EventItem.larger_chart.does_not_exist() | EventItem.larger_chart.is_in(event.chart_hash, chart_hash)
    try:
        EventItem(f"EVENT#{event.event_id}", "EVENT").update(
            [EventItem.larger_chart.set(chart_hash)], condition=still & nothing_begun
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise Busy("This house is being enlarged by another chart: finish that one first.") from error


def enlarge(event: Event, chart_hash: str, seat_count: int) -> Event:
    """All seats of the larger chart exist: the event has it from now on. Again, it changes nothing. Raises Busy."""
    item = EventItem(f"EVENT#{event.event_id}", "EVENT")
    as_it_was = EventItem.chart_hash.does_not_exist() | EventItem.chart_hash.is_in(event.chart_hash, chart_hash)
    try:
        item.update(
            [
                EventItem.chart_hash.set(chart_hash),
                EventItem.seat_count.set(seat_count),
                EventItem.availability.set("available"),
            ],
            condition=as_it_was & (EventItem.seat_count <= seat_count),
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise Busy("Somebody else is enlarging this house.") from error
    return _event(item)


def mark_cancelled(event_id: str) -> Event:
    """It does not take place; for good, and again with the same outcome. Raises NotFound, EventNotSellable."""
    get_event(event_id)
    return _mark(event_id, [EventItem.status.set("cancelled")], EventItem.status != "draft")


def mark_moved(event: Event, moved: Move) -> Event:
    """It has another date IF nobody has changed it since it was read, and is listed there. Raises EventNotSellable."""
    actions = [EventItem.status.set("moved"), EventItem.moved.set(msgspec.to_builtins(moved))]
    marked = _mark(event.event_id, actions, _as_read(event))
    for pointer in _pointers(marked):
        pointer.save()
    return marked


def _as_read(event: Event) -> Condition:
    """Nobody has put it on sale, moved or cancelled it since."""
    before = msgspec.to_builtins(event.moved) if event.moved else None
    moved: Condition = (EventItem.moved == before) if before else EventItem.moved.does_not_exist()
    as_read: Condition = (EventItem.status == event.status) & moved
    return as_read


def _mark(event_id: str, actions: Sequence[Action], condition: Condition) -> Event:
    item = EventItem(f"EVENT#{event_id}", "EVENT")
    try:
        item.update(list(actions), condition=condition)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise EventNotSellable(eventStatus=get_event(event_id).status) from error
    return _event(item)


def record_availability(event_id: str, available: int, capacity: int) -> bool:
    """Keep the word that lists show, and say whether it had to be written. Raises NotFound."""
    word = availability_word(available, capacity)
    if get_event(event_id).availability == word:
        return False
    item = EventItem(f"EVENT#{event_id}", "EVENT")
    item.update([EventItem.availability.set(word)], condition=EventItem.pk.exists())
    return True


def event_of_image(image: dict[str, Any]) -> Event:
    """The event in an image of its item, as the table's stream carries it."""
    item = EventItem()
    item.deserialize(image)
    return _event(item)


def upcoming(after: str) -> Iterator[tuple[str, Event]]:
    """Events that start after a position, each with its own position, in order of time.

    A position is a time as RFC 3339, or one that came from here.
    """
    first = datetime.fromisoformat(after.partition("#")[0])
    for month in _months(first):
        pointers = iter(Pointer.query(f"UPCOMING#{month}", Pointer.sk > after, page_size=BATCH))
        while batch := list(islice(pointers, BATCH)):
            keys = [(f"EVENT#{pointer.event_id}", "EVENT") for pointer in batch]
            events = {item.pk: _event(item) for item in EventItem.batch_get(keys)}
            for pointer, (pk, _) in zip(batch, keys, strict=True):
                if pointer.sk == _position(events[pk]):  # otherwise it has moved, and has another pointer
                    yield pointer.sk, events[pk]


def must_be_the_same(first: str, asked: str, refused: AlreadyThere) -> None:
    """Raises IdempotencyMismatch where a thing of this id was created by another request."""
    if first != asked:
        raise IdempotencyMismatch from refused


def _event(item: EventItem) -> Event:
    event = _EVENTS.decode(item.document)
    chart_hash = item.chart_hash or event.chart_hash
    venue = msgspec.convert(item.venue, Venue) if item.venue else event.venue
    if item.moved:
        moved = msgspec.convert(item.moved, Move)
        times = {"starts_at": moved.starts_at, "doors_at": moved.doors_at, "sale_ends_at": moved.sale_ends_at}
        event = msgspec.structs.replace(event, moved=moved, **times)
    artist = item.artist or {}
    return msgspec.structs.replace(
        event,
        venue=_newer(event.venue, venue),
        artist=artist["name"] if event.artist_id and artist.get("artistId") == event.artist_id else event.artist,
        chart_hash=chart_hash,
        seat_map_url=seat_map_url(chart_hash),
        status=msgspec.convert(item.status, Status),
        availability=msgspec.convert(item.availability, Availability),
        seat_count=int(item.seat_count),
    )


def _newer(written: Venue, copied: Venue) -> Venue:
    """Of an event that has another venue now, the copy is of the former one."""
    return copied if copied.venue_id == written.venue_id and copied.version > written.version else written


def _pointers(event: Event) -> list[Pointer]:
    return [
        Pointer(f"UPCOMING#{_month(event.starts_at)}", _position(event), event_id=event.event_id),
        *(Pointer(partition, f"EVENT#{event.event_id}", event_id=event.event_id) for partition in _belongs_to(event)),
    ]


def _belongs_to(event: Event) -> list[str]:
    return [f"VENUE#{event.venue.venue_id}", *([f"ARTIST#{event.artist_id}"] if event.artist_id else [])]


def _position(event: Event) -> str:
    return f"{rfc3339(event.starts_at)}#{event.event_id}"


def _month(moment: datetime) -> str:
    return rfc3339(moment)[:7]


def _months(first: datetime) -> Iterator[str]:
    for offset in range(MONTHS_AHEAD):
        years, month = divmod(first.month - 1 + offset, 12)
        yield f"{first.year + years}-{month + 1:02}"


def _text(struct: msgspec.Struct) -> str:
    return msgspec.json.encode(struct).decode()
