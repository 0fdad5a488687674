"""POST /organizer/events/{eventId}/blocks/{blockId}/release: give house seats back to the sale."""

from __future__ import annotations

from typing import Annotated

import msgspec

from inventory import blocks
from inventory.blocks import Block
from inventory.problems import DuplicateSeats, UnknownSeat
from kit.auth import ORGANIZER
from kit.errors import Busy, NotFound
from kit.http import Call, endpoint


class Release(msgspec.Struct, frozen=True, rename="camel"):
    """Without `seatIds`, all of them."""

    seat_ids: Annotated[list[str], msgspec.Meta(min_length=1)] | None = None


@endpoint(callers=ORGANIZER, raises=(NotFound, UnknownSeat, DuplicateSeats, Busy))
def handler(call: Call, body: Release) -> Block:
    """What is left of the block. Again, it finds nothing left and changes nothing."""
    block = blocks.load(call.path["eventId"], call.path["blockId"])
    seat_ids = block.seat_ids if body.seat_ids is None else body.seat_ids
    if len(set(seat_ids)) < len(seat_ids):
        raise DuplicateSeats(field="seatIds")
    strangers = sorted(set(seat_ids) - set(block.seat_ids))
    if strangers:
        raise UnknownSeat("The block has no such seats.", seatIds=strangers)
    return blocks.release(block, seat_ids, call.now) if seat_ids else block
