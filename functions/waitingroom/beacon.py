"""A public source of randomness that nobody can know in advance and everybody can look up: drand's `quicknet`.

One round every three seconds, its value SHA-256 of a threshold signature by the League of Entropy, which whoever
relays it cannot choose: it is checked here before a draw is made of it (drand's scheme `bls-unchained-g1-rfc9380`).
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from hashlib import sha256

from kit import settings
from kit.errors import Busy

GENESIS_MS = 1_692_803_367_000
PERIOD_MS = 3_000
DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
TIMEOUT_SECONDS = 2


def first_round_after(ms: int) -> int:
    """The first round whose value nobody can know at this time."""
    return max(1, (ms - GENESIS_MS) // PERIOD_MS + 2)


def known_at(number: int) -> int:
    """When a round's value comes out, in milliseconds since the epoch."""
    return GENESIS_MS + (number - 1) * PERIOD_MS


def signature(number: int) -> bytes:
    """What the beacon signed for a round that is out. Raises Busy where what answers is not the beacon's."""
    try:
        with urllib.request.urlopen(  # noqa: S310
            f"{settings.env('BEACON_URL')}/public/{number}", timeout=TIMEOUT_SECONDS
        ) as answer:
            signed = bytes.fromhex(json.load(answer)["signature"])
    except (urllib.error.URLError, TimeoutError, ValueError, KeyError, TypeError) as error:
        raise Busy("The beacon does not answer.") from error
    if not is_signed(settings.env("BEACON_KEY"), number, signed):
        raise Busy("The beacon's answer is not signed by it.")
    return signed


def value(signed: bytes) -> bytes:
    """A round's randomness follows from its signature."""
    return sha256(signed).digest()


def is_signed(public_key: str, number: int, signed: bytes) -> bool:
    """Whether the holder of the key (G2, 96 bytes as hex) signed this round (G1, 48 bytes). A quarter of a second."""
    # Half a second to load, which a tick should not wait for; only the draw needs it.
    from py_ecc.bls.g2_primitives import subgroup_check
    from py_ecc.bls.hash_to_curve import hash_to_G1
    from py_ecc.bls.point_compression import decompress_G1, decompress_G2
    from py_ecc.bls.typing import G1Compressed, G2Compressed
    from py_ecc.fields import optimized_bls12_381_FQ12 as FQ12
    from py_ecc.optimized_bls12_381.optimized_curve import G2, is_inf, neg
    from py_ecc.optimized_bls12_381.optimized_pairing import final_exponentiate, pairing

    key = bytes.fromhex(public_key)
    if len(signed) != 48 or len(key) != 96:
        return False
    try:
        point = decompress_G1(G1Compressed(int.from_bytes(signed, "big")))
        signer = decompress_G2(G2Compressed((int.from_bytes(key[:48], "big"), int.from_bytes(key[48:], "big"))))
    except ValueError:
        return False
    if is_inf(point) or is_inf(signer) or not (subgroup_check(point) and subgroup_check(signer)):
        return False
    # Its annotation names a hash where it wants what makes one.
    wanted = hash_to_G1(sha256(number.to_bytes(8, "big")).digest(), DOMAIN, sha256)  # type: ignore[arg-type]
    paired = pairing(G2, point, final_exponentiate=False) * pairing(signer, neg(wanted), final_exponentiate=False)
    return bool(final_exponentiate(paired) == FQ12.one())
