"""What people carry: the edge's receipt for coming, and the admission with which they buy."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kit.clock import to_ms
from kit.sealed import InvalidSeal, seal, unseal

ADMISSION_SECONDS = 120
BY_LOT = -1
RECEIPT, ADMISSION, QUEUE, DEGRADED = "receipt", "admission", "queue", "degraded"
RECEIPT_MS_MAX = 6 * 3600_000
"""So long may registering take after one came, where everybody registers at once."""


class Receipt(msgspec.Struct, frozen=True):
    """The edge's word for when somebody came, and from where. The edge's clock may differ from ours by minutes.

    `d`: a keyed hash of the browser; `a`: of the address, or of an IPv6 network. Another one for each event.
    """

    event: str
    sub: str
    t: int
    d: str = ""
    a: str = ""


class QueuePass(msgspec.Struct, frozen=True):
    """A place in the line, for whoever wants to show it."""

    event: str
    sub: str
    gen: int
    rank: str | None


class Admission(msgspec.Struct, frozen=True):
    """`tick` names the session it stands for; `device` the sign-in it is bound to."""

    event: str
    sub: str
    device: str
    tick: int
    exp: int


def admission(event_id: str, person_id: str, device: str, tick: int, now: datetime) -> str:
    claims = Admission(event_id, person_id, device, tick, int(now.timestamp()) + ADMISSION_SECONDS)
    return seal(ADMISSION, claims)


def open_admission(token: str, now: datetime) -> Admission:
    """Also one that the edge gave while the room was degraded: its tick is `BY_LOT`. Raises InvalidSeal."""
    try:
        return unseal(ADMISSION, token, Admission, now)
    except InvalidSeal:
        by_lot = unseal(DEGRADED, token, Admission, now)
        if by_lot.tick != BY_LOT:
            raise
        return by_lot


def arrival(receipt: str | None, event_id: str, person_id: str, opened_at: int, now: datetime) -> Receipt:
    """When this person came: by their receipt, but not before the room opened and not after now.

    Without a receipt, or with one that is too old or another's, they come now, from nowhere that is known.
    """
    now_ms = to_ms(now)
    unknown = Receipt(event_id, person_id, now_ms)
    if receipt is None:
        return unknown
    claims = unseal(RECEIPT, receipt, Receipt, now)
    if claims.event != event_id or claims.sub != person_id or claims.t < now_ms - RECEIPT_MS_MAX:
        return unknown
    return msgspec.structs.replace(claims, t=min(now_ms, max(claims.t, opened_at)))
