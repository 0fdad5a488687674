"""Tokens that look like a genuine one and must not pass for it. Each is made of a genuine one."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def unsigned(token: str) -> str:
    """`alg: none`, and no signature."""
    return _joined({**_header(token), "alg": "none"}, _claims(token))


def hashed(token: str, public_key: rsa.RSAPublicKey) -> str:
    """RS256 → HS256, with what everybody knows as the secret. By hand, since the library refuses to."""
    secret = public_key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    unsigned_part = _joined({**_header(token), "alg": "HS256"}, _claims(token)).rstrip(".")
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{unsigned_part}.{_base64(mac.sign(unsigned_part.encode(), secret))}"


def resigned(token: str, **header: Any) -> str:
    """Signed with another key; `header` replaces or adds."""
    headers = {**_header(token), **header}
    return str(jwt.encode(_claims(token), OTHER_KEY, algorithm="RS256", headers=headers))


def relabelled(token: str, **header: Any) -> str:
    """The genuine signature under a header that was changed since."""
    _, body, signature = token.split(".")
    return f"{_base64(json.dumps({**_header(token), **header}).encode())}.{body}.{signature}"


def _header(token: str) -> dict[str, Any]:
    return dict(jwt.get_unverified_header(token))


def _claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def _joined(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{_base64(json.dumps(header).encode())}.{_base64(json.dumps(claims).encode())}."


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
