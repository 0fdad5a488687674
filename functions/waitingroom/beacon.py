"""A public source of randomness that nobody can know in advance and everybody can look up: drand's `quicknet`.

One round every three seconds, its value SHA-256 of a threshold signature by the League of Entropy. The stand-in for
machines without a network has the same rounds and values that anybody can compute, so it proves the mechanics and
nothing else; the room's document names which one was used.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from hashlib import sha256

from kit import settings
from kit.errors import Busy

STAND_IN = "stand-in"
GENESIS_MS = 1_692_803_367_000
PERIOD_MS = 3_000
TIMEOUT_SECONDS = 2


def first_round_after(ms: int) -> int:
    """The first round whose value nobody can know at this time."""
    return max(1, (ms - GENESIS_MS) // PERIOD_MS + 2)


def known_at(number: int) -> int:
    """When a round's value comes out, in milliseconds since the epoch."""
    return GENESIS_MS + (number - 1) * PERIOD_MS


def value(number: int) -> bytes:
    """The value of a round that is out. Raises Busy where the beacon does not answer with what it signed."""
    base = settings.env("BEACON_URL")
    if base == STAND_IN:
        return sha256(f"stand-in beacon, round {number}".encode()).digest()
    try:
        with urllib.request.urlopen(f"{base}/public/{number}", timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            document = json.load(answer)
        randomness, signature = (bytes.fromhex(document[name]) for name in ("randomness", "signature"))
    except (urllib.error.URLError, TimeoutError, ValueError, KeyError) as error:
        raise Busy("The beacon does not answer.") from error
    if document["round"] != number or sha256(signature).digest() != randomness:
        raise Busy("The beacon's answer does not fit.")
    return randomness
