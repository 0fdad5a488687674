"""The text in a ticket's QR code: a statement about one ticket, signed, that a gate checks offline.

    BX:<base45 of: statement, 64-byte Ed25519 signature>

    format 1 | class 1 | key id 4 | ticket 10 | event 10 | version 2 | issued at 4 | row 2 | slot 1 | section
    (bytes, big-endian; the section key of 1 to 16 characters takes what is left)

Base45 (RFC 9285) is written in the 45 characters that QR packs best, so that every code fits a version 7
symbol (45 x 45 modules) at error correction M: large modules, which a scratched phone or a crumpled page
still shows. The signature covers every byte before it, and no two texts decode to the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import IntEnum

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kit import ids
from kit.errors import Problem

PREFIX = "BX:"
FORMAT = 1
PURPOSE = b"boxoffice ticket code\x00"
"""Signed along with the statement, so that no other signature of this key can pass for a ticket."""
SIGNATURE_BYTES = 64
SECTION_LENGTH_MAX = 16
_HEAD = struct.Struct(">BB4s10s10sHIHB")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}


class BadCode(Problem):
    """Not a code of ours: altered, invented, or signed by nobody we know."""

    status, title = 422, "This is not a valid ticket code"


class TicketClass(IntEnum):
    """How hard a code is to copy. A gate trusts paper for one entry and looks twice at a second."""

    PAPER = 0
    """A fixed text: whoever has a copy has the code."""
    APP = 1
    """Bound to the holder's phone, which must sign along."""


class Statement(msgspec.Struct, frozen=True):
    """What a code says. `version` counts the ticket's holders: only the newest admits."""

    ticket_class: TicketClass
    ticket_id: str
    event_id: str
    seat_id: str
    version: int
    issued_at: datetime


def sign(statement: Statement, key_id: bytes, key: Ed25519PrivateKey) -> str:
    """The code; the same statement always gives the same text."""
    section, row, slot = statement.seat_id.split("-")
    signed = _HEAD.pack(
        FORMAT,
        statement.ticket_class,
        key_id,
        ids.to_bytes(statement.ticket_id),
        ids.to_bytes(statement.event_id),
        statement.version,
        int(statement.issued_at.timestamp()),
        int(row),
        int(slot),
    )
    signed += section.encode()
    return PREFIX + _base45(signed + key.sign(PURPOSE + signed))


def verify(public_keys: Mapping[bytes, bytes], code: str) -> Statement:
    """What a code says, if one of these keys (by key id) signed it. Raises BadCode."""
    if not code.startswith(PREFIX):
        raise BadCode
    raw = _from_base45(code.removeprefix(PREFIX))
    signed, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if not _HEAD.size < len(signed) <= _HEAD.size + SECTION_LENGTH_MAX:
        raise BadCode
    form, ticket_class, key_id, ticket, event, version, issued, row, slot = _HEAD.unpack_from(signed)
    if form != FORMAT or ticket_class not in set(TicketClass) or key_id not in public_keys:
        raise BadCode
    try:
        Ed25519PublicKey.from_public_bytes(public_keys[key_id]).verify(signature, PURPOSE + signed)
    except InvalidSignature as error:
        raise BadCode from error
    return Statement(
        ticket_class=TicketClass(ticket_class),
        ticket_id=ids.from_bytes("tkt", ticket),
        event_id=ids.from_bytes("evt", event),
        seat_id=f"{signed[_HEAD.size :].decode()}-{row}-{slot}",
        version=version,
        issued_at=datetime.fromtimestamp(issued, UTC),
    )


def _base45(raw: bytes) -> str:
    text = []
    for i in range(0, len(raw), 2):
        pair = raw[i : i + 2]
        rest = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            rest, value = divmod(rest, 45)
            text.append(_ALPHABET[value])
    return "".join(text)


def _from_base45(text: str) -> bytes:
    """Raises BadCode for whatever `_base45` would not have written."""
    raw = bytearray()
    for i in range(0, len(text), 3):
        group = text[i : i + 3]
        try:
            value = sum(_VALUES[character] * 45**place for place, character in enumerate(group))
            raw += value.to_bytes(len(group) - 1, "big")
        except (KeyError, OverflowError) as error:
            raise BadCode from error
    return bytes(raw)
