"""The map's read model: per section one item, per row its version ‖ its bits. Never trusted to sell.

Stream shards run at the same time and repeat themselves, so a row's bits are set only where the version that
stands there is older. One Query reads an event; its sections stand in the chart's order.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from catalog import Section
from inventory.seats import SLOTS
from inventory.writes import Refused, send
from kit import settings

MARKS = 20
ROWS_TOGETHER = 100
"""Their conditions fit into one write."""
VERSION_BYTES = 8
BITS_BYTES = SLOTS // 8
ROW_BYTES = VERSION_BYTES + BITS_BYTES


@dataclass(frozen=True)
class RowBits:
    """`bits`: 48, the first seat's is the highest; 1 = free."""

    version: int
    bits: int

    def packed(self) -> bytes:
        return self.version.to_bytes(VERSION_BYTES, "big") + self.bits.to_bytes(BITS_BYTES, "big")

    @classmethod
    def unpacked(cls, raw: bytes) -> RowBits:
        return cls(int.from_bytes(raw[:VERSION_BYTES], "big"), int.from_bytes(raw[VERSION_BYTES:], "big"))


@dataclass(frozen=True)
class SectionBits:
    """One section's rows, as of some moment not long ago."""

    section: str
    position: int
    sizes: bytes
    """Seats of each row, a byte each."""
    categories: Sequence[str]
    rows: list[RowBits]

    def with_rows(self, rows: Mapping[int, RowBits]) -> SectionBits:
        """The same with these rows in place of its own."""
        return replace(self, rows=[rows.get(index, row) for index, row in enumerate(self.rows)])

    @property
    def version(self) -> int:
        """Counts the writes that this section has seen: of one section, no two states have the same version."""
        return sum(row.version for row in self.rows)

    @property
    def seat_count(self) -> int:
        return sum(self.sizes)

    @property
    def available(self) -> int:
        return sum(row.bits.bit_count() for row in self.rows)

    @property
    def mark(self) -> int:
        """What is left in twentieths of the section, rounded up: 0 is nothing at all."""
        return -(-self.available * MARKS // self.seat_count)

    def packed(self) -> bytes:
        """The rows one after the other, `ROW_BYTES` each."""
        return b"".join(row.packed() for row in self.rows)


@dataclass(frozen=True)
class Snapshot:
    """An event's seats, section by section in the chart's order."""

    sections: Sequence[SectionBits]

    @property
    def version(self) -> int:
        """Counts the writes that the map has seen: a later snapshot never has a lower one."""
        return sum(section.version for section in self.sections)

    @property
    def seat_count(self) -> int:
        return sum(section.seat_count for section in self.sections)

    @property
    def available(self) -> int:
        return sum(section.available for section in self.sections)

    def free(self) -> dict[tuple[str, int], int]:
        """The free seats' bits, by section and row."""
        return {
            (section.section, index): row.bits for section in self.sections for index, row in enumerate(section.rows)
        }

    def bitmap(self) -> str:
        """Base64; bit i, counted from the highest of the first byte, is the chart's i-th seat."""
        bits = "".join(
            format(row.bits >> (SLOTS - size), f"0{size}b")
            for section in self.sections
            for size, row in zip(section.sizes, section.rows, strict=True)
        )
        padded = bits + "0" * (-len(bits) % 8)
        raw = int(padded, 2).to_bytes(len(padded) // 8, "big") if padded else b""
        return base64.b64encode(raw).decode()


def load(event_id: str, *, consistent: bool = False) -> Snapshot:
    """Empty for an event that was never on sale.

    A `consistent` one has everything recorded before: what people are shown, lest a sold seat be free again, or a
    later version lower, because another copy of the table answered.
    """
    sections: list[SectionBits] = []
    page: dict[str, Any] = {"ConsistentRead": consistent}
    while True:
        answer = send("query", {**_all_of(event_id), **page})
        sections += [_section(item) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return Snapshot(sorted(sections, key=lambda section: section.position))
        page["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def load_sections(event_id: str, keys: Iterable[str], *, consistent: bool = False) -> Snapshot:
    """Some sections alone; those that are not there are left out."""
    gets = ({"TableName": _table(), "Key": _key(event_id, key), "ConsistentRead": consistent} for key in keys)
    answers = (send("get_item", get) for get in gets)
    return Snapshot([_section(answer["Item"]) for answer in answers if "Item" in answer])


def create(event_id: str, sections: Iterable[SectionBits]) -> None:
    """A section that is there already stays as it is."""
    for section in sections:
        item = {
            **_key(event_id, section.section),
            "position": {"N": str(section.position)},
            "sizes": {"B": section.sizes},
            "categories": {"S": " ".join(section.categories)},
            **{f"r{index}": {"B": row.packed()} for index, row in enumerate(section.rows)},
        }
        put = {"TableName": _table(), "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
        with suppress(Refused):
            send("put_item", put)


def mend(event_id: str, section: str, rows: Mapping[int, tuple[RowBits, RowBits]]) -> None:
    """Put the second of each pair in the place of the first. Raises Refused if it does not stand there any more."""
    update = {
        "TableName": _table(),
        "Key": _key(event_id, section),
        "UpdateExpression": "SET " + ", ".join(f"r{row} = :new{row}" for row in rows),
        "ConditionExpression": " AND ".join(f"r{row} = :old{row}" for row in rows),
        "ExpressionAttributeValues": {
            name: {"B": bits.packed()}
            for row, (old, new) in rows.items()
            for name, bits in ((f":old{row}", old), (f":new{row}", new))
        },
    }
    send("update_item", update)


def before_sale(position: int, section: Section) -> SectionBits:
    """The chart's section before its first hold."""
    seats = (seat.category for row in section.rows for seat in row.seats)
    categories = sorted({category or section.category for category in seats} or {section.category})
    return all_free(section.key, position, section.row_sizes(), categories)


def all_free(section: str, position: int, sizes: Sequence[int], categories: Sequence[str]) -> SectionBits:
    """A section before its first hold."""
    rows = [RowBits(0, bits_of([True] * size)) for size in sizes]
    return SectionBits(section, position, bytes(sizes), categories, rows)


def record(event_id: str, section: str, rows: Mapping[int, RowBits]) -> bool:
    """Set the rows that are newer than what stands there; says whether the section may have passed a mark.

    It may whenever a row is there already: then this is a second try, and nobody knows how far the first came.
    """
    whole = list(rows.items())
    parts = (dict(whole[start : start + ROWS_TOGETHER]) for start in range(0, len(whole), ROWS_TOGETHER))
    passed = [_record(event_id, section, part) for part in parts]
    return any(passed)


def _record(event_id: str, section: str, rows: Mapping[int, RowBits]) -> bool:
    newer = dict(rows)
    while newer:
        try:
            before = _section(send("update_item", _newer_rows(event_id, section, newer))["Attributes"])
        except Refused as refusal:
            if not refusal.items:
                raise
            standing = _section(refusal.items[0])
            newer = {row: bits for row, bits in newer.items() if standing.rows[row].version < bits.version}
        else:
            return len(newer) < len(rows) or before.mark != before.with_rows(newer).mark
    return True


def bits_of(values: Iterable[bool]) -> int:
    """The 48 bits of a row whose seats are free or not, in order."""
    return sum(1 << (SLOTS - 1 - slot) for slot, free in enumerate(values) if free)


def _newer_rows(event_id: str, section: str, rows: Mapping[int, RowBits]) -> dict[str, Any]:
    values = {f":r{row}": {"B": bits.packed()} for row, bits in rows.items()}
    versions = {f":v{row}": {"B": bits.packed()[:VERSION_BYTES]} for row, bits in rows.items()}
    return {
        "TableName": _table(),
        "Key": _key(event_id, section),
        "UpdateExpression": "SET " + ", ".join(f"r{row} = :r{row}" for row in rows),
        "ConditionExpression": " AND ".join(f"r{row} < :v{row}" for row in rows),
        "ExpressionAttributeValues": values | versions,
        "ReturnValues": "ALL_OLD",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _section(item: Mapping[str, Any]) -> SectionBits:
    sizes = item["sizes"]["B"]
    rows = [RowBits.unpacked(item[f"r{row}"]["B"]) for row in range(len(sizes))]
    categories = item["categories"]["S"].split(" ")
    return SectionBits(item["sk"]["S"], int(item["position"]["N"]), sizes, categories, rows)


def _all_of(event_id: str) -> dict[str, Any]:
    return {
        "TableName": _table(),
        "KeyConditionExpression": "pk = :event",
        "ExpressionAttributeValues": {":event": {"S": f"S#{event_id}"}},
    }


def _key(event_id: str, section: str) -> dict[str, Any]:
    return {"pk": {"S": f"S#{event_id}"}, "sk": {"S": section}}


def _table() -> str:
    return settings.env("TABLE_INVENTORY")
