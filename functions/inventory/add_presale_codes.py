"""POST /organizer/events/{eventId}/presale-codes: codes that open one of the event's presales."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from typing import Annotated

import msgspec

import catalog
from inventory import presales
from inventory.problems import UnknownPresale
from kit.auth import ORGANIZER
from kit.decode import END
from kit.errors import Invalid, NotFound
from kit.http import Call, endpoint

CODES_MAX = 200
PEOPLE_MAX = 500
RANDOM_BYTES = 10
"""Sixteen signs, of which nobody guesses one."""

OwnCode = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z][0-9A-Za-z -]{5,39}" + END)]


class NewCodes(msgspec.Struct, frozen=True, rename="camel"):
    """So many new codes (`count`), or `codes` of one's own. Each is good for `peoplePerCode`, or for everybody."""

    presale_id: str
    count: Annotated[int, msgspec.Meta(ge=1, le=CODES_MAX)] | None = None
    codes: Annotated[list[OwnCode], msgspec.Meta(min_length=1, max_length=CODES_MAX)] | None = None
    people_per_code: Annotated[int, msgspec.Meta(ge=1, le=PEOPLE_MAX)] | None = None


class Codes(msgspec.Struct, frozen=True, rename="camel"):
    """Shown once: we keep only what recognises them."""

    presale_id: str
    codes: list[str]


@endpoint(callers=ORGANIZER, status=201, raises=(NotFound, Invalid, UnknownPresale))
def handler(call: Call, body: NewCodes) -> Codes:
    return add_presale_codes(call.path["eventId"], body)


def add_presale_codes(event_id: str, wanted: NewCodes) -> Codes:
    """Raises NotFound, Invalid, UnknownPresale."""
    event = catalog.get_event(event_id)
    if wanted.presale_id not in [presale.id for presale in event.presales]:
        raise UnknownPresale(presaleId=wanted.presale_id)
    if (wanted.count is None) == (wanted.codes is None):
        raise Invalid("Send count, or codes of your own.", field="count")
    codes = wanted.codes or _new_codes(wanted.count or 0)
    presales.add(event_id, wanted.presale_id, codes, wanted.people_per_code)
    return Codes(wanted.presale_id, list(codes))


def _new_codes(count: int) -> Sequence[str]:
    spelled = [base64.b32encode(secrets.token_bytes(RANDOM_BYTES)).decode() for _ in range(count)]
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in spelled]
