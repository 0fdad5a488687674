"""A message for one browser: encrypted so that only it can read it (RFC 8291), and signed by us (RFC 8292)."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kit import settings

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve's group: private keys are below it."""
RECORD_BYTES = 4096
AUTH_BYTES = 16
SIGNED_FOR = timedelta(hours=12)


def public_key() -> str:
    """What a browser binds its subscription to, as it wants it."""
    return _text(_point(_signing_key(settings.secret("SECRET_PUSH")).public_key()))


def authorization(endpoint: str, contact: str, now: datetime) -> str:
    """The header that shows a push service who sends."""
    service = urlsplit(endpoint)
    claims = {
        "aud": f"{service.scheme}://{service.netloc}",
        "exp": int((now + SIGNED_FOR).timestamp()),
        "sub": f"mailto:{contact}",
    }
    key = _signing_key(settings.secret("SECRET_PUSH"))
    return f"vapid t={jwt.encode(claims, key, algorithm='ES256')}, k={public_key()}"


def are_keys(p256dh: str, auth: str) -> bool:
    """Whether these can be a browser's: a point of the curve, and sixteen bytes."""
    try:
        _public(p256dh)
        return len(_bytes(auth)) == AUTH_BYTES
    except ValueError:
        return False


def encrypt(message: bytes, p256dh: str, auth: str) -> bytes:
    """The body to post, for the browser that has these keys."""
    return _encrypt(message, p256dh, auth, ec.generate_private_key(CURVE), secrets.token_bytes(16))


def _encrypt(message: bytes, p256dh: str, auth: str, ours: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    theirs, sender = _public(p256dh), _point(ours.public_key())
    info = b"WebPush: info\0" + _point(theirs) + sender
    shared = _derive(ours.exchange(ec.ECDH(), theirs), _bytes(auth), info, 32)
    key = _derive(shared, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(shared, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, message + b"\x02", None)
    return salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(sender)]) + sender + sealed


@cache
def _signing_key(secret: str) -> ec.EllipticCurvePrivateKey:
    derived = int.from_bytes(_derive(secret.encode(), None, b"boxoffice web push", 48), "big")
    return ec.derive_private_key(derived % (ORDER - 1) + 1, CURVE)


def _derive(secret: bytes, salt: bytes | None, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length=length, salt=salt, info=info).derive(secret)


def _public(text: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _bytes(text))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
