"""POST /organizer/events/{eventId}/blocks: keep seats out of the sale, or set them aside for a purpose."""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec

from inventory import blocks, sales, sections
from inventory.blocks import ROWS_MAX, Block, Kind
from inventory.problems import DuplicateSeats, NotOnSaleYet, SeatsUnavailable, UnknownSeat
from inventory.seats import parse_all
from kit import ids
from kit.auth import ORGANIZER
from kit.decode import END
from kit.errors import Busy, IdempotencyKeyRequired, IdempotencyMismatch, Invalid, NotFound
from kit.http import Call, endpoint

SEATS_MAX = 2_000
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern="^[^\\x00-\\x1f\\x7f]+" + END)]


class NewBlock(msgspec.Struct, frozen=True, rename="camel"):
    """`label`: the reason, or for whom."""

    seat_ids: Annotated[list[str], msgspec.Meta(min_length=1, max_length=SEATS_MAX)]
    label: Label
    kind: Kind = "blocked"


@endpoint(
    callers=ORGANIZER,
    status=201,
    idempotency_key="optional",
    raises=(
        NotFound,
        NotOnSaleYet,
        UnknownSeat,
        DuplicateSeats,
        SeatsUnavailable,
        IdempotencyKeyRequired,
        IdempotencyMismatch,
        Busy,
    ),
)
def handler(call: Call, body: NewBlock) -> Block:
    event_id, key = call.path["eventId"], call.idempotency_key
    block_id = ids.derived("blk", call.caller.person_id, event_id, key) if key else ids.new("blk", call.now)
    block = Block(block_id, event_id, body.kind, body.label, body.seat_ids, call.now)
    event = sales.shown_event(event_id, call.now)
    if len(set(body.seat_ids)) < len(body.seat_ids):
        raise DuplicateSeats(field="seatIds")
    sections.places(event.chart_hash, body.seat_ids)
    if len({seat[:2] for seat in parse_all(body.seat_ids)}) > ROWS_MAX:
        raise Invalid(f"Block at most {ROWS_MAX} rows at once.", field="seatIds")
    return blocks.create(block, hashlib.sha256(call.raw_body).hexdigest(), call.now)
