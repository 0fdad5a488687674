"""A chart cut into its sections, so that a hold reads the one it needs and not the whole venue.

A section is part of a chart that never changes under its hash: a warm function keeps what it has read.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from catalog import Chart, FocalPoint, Place, Section, place
from inventory.problems import UnknownSeat, UnknownSection
from inventory.seating import SeatingRow, seating
from inventory.seats import Seat, parse
from kit.table import Table, TableMeta

REMEMBERED_MAX = 512
SEATINGS_REMEMBERED = 8
BATCH_MAX = 100
NOWHERE = FocalPoint(0, 0)
"""For questions of who sits beside whom."""
_SECTIONS = msgspec.json.Decoder(Section)
"""Made at import, as in `claims`."""


class ChartSection(Model):
    """`position`: its place in the chart, and so in the bitmap."""

    class Meta(TableMeta):
        table_name = Table("inventory")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    position = NumberAttribute()
    section = BinaryAttribute(legacy_encoding=False)
    focal_x = NumberAttribute()
    focal_y = NumberAttribute()


class Remembered(OrderedDict[tuple[str, str], Section]):
    """The sections used last, by chart and key."""

    def keep(self, where: tuple[str, str], section: Section) -> None:
        self[where] = section
        self.move_to_end(where)
        while len(self) > REMEMBERED_MAX:
            self.popitem(last=False)


_remembered = Remembered()


def save(chart_hash: str, chart: Chart) -> None:
    """Cut a chart up. Repeating it writes the same again."""
    with ChartSection.batch_write() as batch:
        for position, section in enumerate(chart.sections):
            focal_point = section.focal_point or chart.focal_point
            batch.save(
                ChartSection(
                    _partition(chart_hash),
                    section.key,
                    position=position,
                    section=zlib.compress(msgspec.json.encode(section)),
                    focal_x=focal_point.x,
                    focal_y=focal_point.y,
                )
            )


def load(chart_hash: str, keys: Iterable[str]) -> dict[str, Section]:
    """These sections of a chart. Raises UnknownSection."""
    wanted = set(keys)
    found = {key: _remembered[chart_hash, key] for key in wanted if (chart_hash, key) in _remembered}
    absent = sorted(wanted - found.keys())
    for start in range(0, len(absent), BATCH_MAX):
        addresses = [(_partition(chart_hash), key) for key in absent[start : start + BATCH_MAX]]
        for item in ChartSection.batch_get(addresses):
            found[item.sk] = _section(item)
            _remembered.keep((chart_hash, item.sk), found[item.sk])
    missing = sorted(wanted - found.keys())
    if missing:
        raise UnknownSection(sections=missing)
    return found


def in_order(chart_hash: str) -> list[Section]:
    """All sections of a chart, as they come in it."""
    items = sorted(ChartSection.query(_partition(chart_hash)), key=lambda item: item.position)
    return [_section(item) for item in items]


@lru_cache(maxsize=SEATINGS_REMEMBERED)
def load_seating(chart_hash: str) -> list[SeatingRow]:
    """The rows of the whole chart, the one with the best seat first."""
    items = ChartSection.query(_partition(chart_hash))
    return seating([(_section(item), FocalPoint(item.focal_x, item.focal_y)) for item in items])


def seating_of(chart_hash: str, keys: Iterable[str]) -> dict[tuple[str, int], SeatingRow]:
    """The rows of these sections, by section and row."""
    return {row.key: row for key in set(keys) for row in _seating(chart_hash, key)}


@lru_cache(maxsize=REMEMBERED_MAX)
def _seating(chart_hash: str, key: str) -> list[SeatingRow]:
    return seating([(load(chart_hash, [key])[key], NOWHERE)])


def places(chart_hash: str, seat_ids: Iterable[str]) -> dict[str, Place]:
    """What the chart says of these seats. Raises UnknownSeat, which names those that it does not have."""
    seats = {seat_id: parse(seat_id) for seat_id in seat_ids}
    try:
        sections = load(chart_hash, {seat.section for seat in seats.values()})
    except UnknownSection as unknown:
        keys = unknown.data["sections"]
        raise UnknownSeat(seatIds=[str(seat) for seat in seats.values() if seat.section in keys]) from unknown
    strangers = [seat_id for seat_id, seat in seats.items() if not _has(sections[seat.section], seat)]
    if strangers:
        raise UnknownSeat(seatIds=strangers)
    return {seat_id: place(sections[seat.section], seat.row, seat.slot) for seat_id, seat in seats.items()}


def _section(item: ChartSection) -> Section:
    return _SECTIONS.decode(zlib.decompress(item.section))


def _has(section: Section, seat: Seat) -> bool:
    sizes = section.row_sizes()
    return seat.row < len(sizes) and seat.slot < sizes[seat.row]


def _partition(chart_hash: str) -> str:
    return f"C#{chart_hash}"
