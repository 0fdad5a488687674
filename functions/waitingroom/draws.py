"""The draw, so that anybody can check it afterwards.

When the room opens, SHA-256 of a secret and the round of a public beacon are published: from then on neither we nor
anybody else can choose the seed. At the draw the root of the register is published first, so that nobody can be
added once the seed is known; then the secret, the beacon's value and the number of people.

    seed = SHA-256(secret ‖ beacon ‖ N as 8 bytes)
    leaf = SHA-256(0x00 ‖ salt ‖ event ‖ person)          node = SHA-256(0x01 ‖ left ‖ right)

A salt is known to its person alone, so the published register tells nobody who is in it. Trees are as in RFC 6962, but
that an odd node goes up as it is.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
Step = tuple[str, str]
"""The side on which a proof's node stands (`left` or `right`), and its hash in hex."""


def commitment(secret: bytes) -> str:
    return sha256(secret).hexdigest()


def seed(secret: bytes, beacon: bytes, registered: int) -> bytes:
    """What all ranks of the draw are computed from."""
    return sha256(secret + beacon + registered.to_bytes(8, "big")).digest()


def salt(key: bytes, event_id: str, person_id: str) -> bytes:
    """The same for the same person, and nobody else's to guess."""
    return hmac.digest(key, f"salt {event_id} {person_id}".encode(), "sha256")[:16]


def leaf(salt: bytes, event_id: str, person_id: str) -> bytes:
    return sha256(b"\0" + salt + event_id.encode() + person_id.encode()).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The Merkle root over these hashes, in this order."""
    level = list(hashes)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def proof(hashes: Sequence[bytes], index: int) -> list[Step]:
    """What leads from one of the hashes to their root."""
    level, steps = list(hashes), []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            steps.append(("left" if beside < index else "right", level[beside].hex()))
        level, index = _above(level), index // 2
    return steps


def follow(start: bytes, steps: Sequence[Step]) -> bytes:
    """The root that a proof leads to."""
    reached = start
    for side, sibling in steps:
        other = bytes.fromhex(sibling)
        reached = _node(other, reached) if side == "left" else _node(reached, other)
    return reached


def _above(level: Sequence[bytes]) -> list[bytes]:
    pairs = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + ([level[-1]] if len(level) % 2 else [])


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()
