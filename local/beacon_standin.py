"""A stand-in for drand on this machine: the same rounds at the same times, the same signatures, a key of its own.

Its secret is in this file, so its rounds are no secret to anybody: it proves the mechanics and nothing else.
"""

from __future__ import annotations

import time
from functools import lru_cache
from hashlib import sha256

from aiohttp import web

GENESIS, PERIOD = 1_692_803_367, 3
"""In seconds, as quicknet's."""
DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
BEACON_PATH = "/_local/beacon"
BEACON_KEY = (
    "ad4855f572424890c75e5bfed310cc738e54115c3ea7d4bfc902189ce43d1049a12b41e4ff9fa5ab8328545eb3354292"
    "0a0c192091f183e3b261c75b2d5825934cf40a2b0c30ab25656bf18f606a515a2468fd51aa50f866127fda48cf5069e8"
)
_SECRET = int.from_bytes(sha256(b"the stand-in of a beacon").digest(), "big") >> 2
"""Below the order of the group."""


@lru_cache(maxsize=64)
def sign(number: int) -> bytes:
    """A round's signature, 48 bytes."""
    from py_ecc.bls.hash_to_curve import hash_to_G1
    from py_ecc.bls.point_compression import compress_G1
    from py_ecc.optimized_bls12_381.optimized_curve import multiply

    point = hash_to_G1(sha256(number.to_bytes(8, "big")).digest(), DOMAIN, sha256)  # type: ignore[arg-type]
    signed = multiply(point, _SECRET)
    return int(compress_G1(signed)).to_bytes(48, "big")


def public_key() -> str:
    """What checks them; `BEACON_KEY`, computed."""
    from py_ecc.bls.point_compression import compress_G2
    from py_ecc.optimized_bls12_381.optimized_curve import G2, multiply

    return "".join(f"{part:096x}" for part in compress_G2(multiply(G2, _SECRET)))


def beacon_route() -> web.RouteDef:
    """GET /_local/beacon/public/<round>: 404 for what is not out yet."""

    async def show(request: web.Request) -> web.Response:
        number = int(request.match_info["round"])
        if GENESIS + (number - 1) * PERIOD > time.time():
            raise web.HTTPNotFound
        signed = sign(number)
        return web.json_response({"round": number, "randomness": sha256(signed).hexdigest(), "signature": signed.hex()})

    return web.get(BEACON_PATH + r"/public/{round:\d{1,12}}", show)
