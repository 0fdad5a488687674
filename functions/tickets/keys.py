"""The keys that sign ticket codes, derived from the deployment's signing secret.

The secret holds a random string for each generation of key, one a line, newest first. The newest signs; all are shown
to gates, so that paper printed before a change of key still opens them.
"""

from __future__ import annotations

import hashlib
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kit import settings

KEY_ID_BYTES = 4


def signing_key() -> tuple[bytes, Ed25519PrivateKey]:
    """The key id and the key that sign from now on."""
    return next(iter(_keys(settings.secret("SECRET_SIGNING")).items()))


def public_keys() -> dict[bytes, bytes]:
    """What a gate needs to check codes: raw Ed25519 public keys by key id."""
    keys = _keys(settings.secret("SECRET_SIGNING"))
    return {key_id: key.public_key().public_bytes_raw() for key_id, key in keys.items()}


@cache
def _keys(secret: str) -> dict[bytes, Ed25519PrivateKey]:
    keys = (_derive(generation) for generation in filter(None, secret.splitlines()))
    return {_key_id(key): key for key in keys}


def _derive(generation: str) -> Ed25519PrivateKey:
    derivation = HKDF(SHA256(), length=32, salt=None, info=b"boxoffice ticket codes")
    return Ed25519PrivateKey.from_private_bytes(derivation.derive(generation.encode()))


def _key_id(key: Ed25519PrivateKey) -> bytes:
    return hashlib.sha256(key.public_key().public_bytes_raw()).digest()[:KEY_ID_BYTES]
