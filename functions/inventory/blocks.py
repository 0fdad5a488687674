"""House seats: seats an organizer keeps out of the sale, under a label, until they are given back to it.

The rows say which seats; the record says why, and guards them: it is written with the rows, once, and stays
when its seats are gone, so that a write which arrives late, or twice, finds it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from inventory import rows
from inventory.problems import SeatsUnavailable
from inventory.seats import ended_before, free_after, parse_all
from inventory.writes import Refused, Unanswered, send
from kit import ids
from kit.clock import from_ms, to_ms
from kit.errors import Busy, IdempotencyMismatch, NotFound
from kit.table import Table, TableMeta

ROWS_MAX = 99
"""Beside the record, in one transaction."""
Kind = Literal["blocked", "reserved"]


class Block(msgspec.Struct, frozen=True, rename="camel"):
    """`blocked`: not to be sold, as `label` says why. `reserved`: set aside for whom or what it says."""

    block_id: str
    event_id: str
    kind: Kind
    label: str
    seat_ids: list[str]
    created_at: datetime


class BlockItem(Model):
    class Meta(TableMeta):
        table_name = Table("inventory")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    label = UnicodeAttribute()
    seats = UnicodeAttribute()
    asked = UnicodeAttribute()
    created = NumberAttribute()


def create(block: Block, asked: str, now: datetime) -> Block:
    """Take free seats out of the sale, all or none; the same request again finds its block.

    Raises SeatsUnavailable, which names those that somebody has; IdempotencyMismatch; Busy.
    """
    item = BlockItem(
        *_key(block.event_id, block.block_id),
        kind=block.kind,
        label=block.label,
        seats=" ".join(block.seat_ids),
        asked=asked,
        created=to_ms(block.created_at),
    )
    put = item.get_save_kwargs_from_instance(
        condition=BlockItem.pk.does_not_exist(), return_values_on_condition_failure="ALL_OLD"
    )
    seats = parse_all(block.seat_ids)
    try:
        _together({"Put": put}, rows.blocking(block.event_id, seats, block.block_id, now))
    except Refused as refusal:
        there = [BlockItem.from_raw_data(dict(found)) for found in refusal.items if not rows.is_row(found)]
        if there:
            if there[0].asked != asked:
                raise IdempotencyMismatch from refusal
            return _block(there[0])
        taken = {
            seat
            for found in refusal.items
            for seat, value in rows.values_of(found).items()
            if value >= ended_before(now)
        }
        raise SeatsUnavailable(seatIds=[str(seat) for seat in seats if seat in taken]) from refusal
    return block


def release(block: Block, seat_ids: Sequence[str], now: datetime) -> Block:
    """Give these of its seats back to the sale, all or none; answers what is left. Raises Busy."""
    left = [seat_id for seat_id in block.seat_ids if seat_id not in seat_ids]
    update = BlockItem(*_key(block.event_id, block.block_id)).get_update_kwargs_from_instance(
        actions=[BlockItem.seats.set(" ".join(left))],
        condition=(BlockItem.seats == " ".join(block.seat_ids)) | (BlockItem.seats == " ".join(left)),
    )
    free = free_after(ids.new("hld", now))
    try:
        _together({"Update": update}, rows.unblocking(block.event_id, parse_all(seat_ids), block.block_id, free))
    except Refused as refusal:
        raise Busy("Somebody else is releasing seats of this block.") from refusal
    return msgspec.structs.replace(block, seat_ids=left)


def load(event_id: str, block_id: str) -> Block:
    """Raises NotFound."""
    if not ids.is_one("blk", block_id):
        raise NotFound
    try:
        return _block(BlockItem.get(*_key(event_id, block_id), consistent_read=True))
    except BlockItem.DoesNotExist as missing:
        raise NotFound from missing


def of(event_id: str) -> list[Block]:
    """Those that still have seats, the oldest first."""
    blocks = [_block(item) for item in BlockItem.query(f"B#{event_id}", consistent_read=True) if item.seats]
    return sorted(blocks, key=lambda block: block.created_at)


def _together(record: dict[str, Any], updates: Sequence[dict[str, Any]]) -> None:
    try:
        send("transact_write_items", {"TransactItems": [record, *({"Update": update} for update in updates)]})
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows


def _block(item: BlockItem) -> Block:
    _, _, event_id = item.pk.partition("#")
    kind = msgspec.convert(item.kind, Kind)
    return Block(item.sk, event_id, kind, item.label, item.seats.split(), from_ms(int(item.created)))


def _key(event_id: str, block_id: str) -> tuple[str, str]:
    return f"B#{event_id}", block_id
