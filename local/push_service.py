"""The local push service: what Google, Mozilla, Microsoft and Apple run for their browsers, on this machine.

It makes a subscription as a browser would and keeps the browser's keys, so that whatever is posted to it can be
checked (VAPID, RFC 8292), decrypted (RFC 8291) and read at `/_local/mail`.
"""

from __future__ import annotations

import base64
import itertools
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import jwt
from aiohttp import web
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.mailbox import Mailbox

SUBSCRIBE_PATH = "/_local/push"
MESSAGE_BYTES_MAX = 4096
CURVE = ec.SECP256R1()


@dataclass(frozen=True)
class Browser:
    """One subscription: its name in the mailbox, and the keys that only a browser has."""

    name: str
    key: ec.EllipticCurvePrivateKey
    auth: bytes

    def read(self, body: bytes) -> bytes:
        """The message in a body. Raises InvalidTag, ValueError."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender)
        info = b"WebPush: info\0" + point(self.key) + sender
        shared = _derive(self.key.exchange(ec.ECDH(), theirs), self.auth, info, 32)
        key = _derive(shared, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(shared, salt, b"Content-Encoding: nonce\0", 12)
        return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0").removesuffix(b"\x02")


class PushService:
    """Subscriptions live as long as the service."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._browsers: dict[str, Browser] = {}
        self._numbers = itertools.count(1)

    def routes(self) -> list[web.RouteDef]:
        """Subscribe; post a message; unsubscribe, after which posting is 410."""
        address = SUBSCRIBE_PATH + "/{secret}"
        return [
            web.post(SUBSCRIBE_PATH, self._subscribe),
            web.post(address, self._receive),
            web.delete(address, self._unsubscribe),
        ]

    async def _subscribe(self, request: web.Request) -> web.Response:
        secret = secrets.token_urlsafe(16)
        browser = Browser(f"browser-{next(self._numbers)}", ec.generate_private_key(CURVE), secrets.token_bytes(16))
        self._browsers[secret] = browser
        keys = {"p256dh": _text(point(browser.key)), "auth": _text(browser.auth)}
        endpoint = f"{request.url.origin()}{SUBSCRIBE_PATH}/{secret}"
        return web.json_response({"endpoint": endpoint, "keys": keys, "label": browser.name}, status=201)

    async def _receive(self, request: web.Request) -> web.Response:
        browser = self._browsers.get(request.match_info["secret"])
        if browser is None:
            return web.Response(status=410)
        if "ttl" not in request.headers or request.headers.get("content-encoding") != "aes128gcm":
            return web.Response(status=400)
        body = await request.read()
        if len(body) > MESSAGE_BYTES_MAX:
            return web.Response(status=413)
        try:
            _check_sender(request.headers.get("authorization", ""), str(request.url.origin()))
            message = json.loads(browser.read(body))
        except (jwt.InvalidTokenError, InvalidTag, ValueError, IndexError):
            return web.Response(status=403)
        text = f"{message['body']}\n\n{message['url']}"
        self._mailbox.note("push", browser.name, message["title"], text, datetime.now(UTC))
        return web.Response(status=201)

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        self._browsers.pop(request.match_info["secret"], None)
        return web.Response(status=204)


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half, as it travels."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _check_sender(authorization: str, origin: str) -> None:
    """Raises jwt.InvalidTokenError or ValueError: not signed with the key it names, or for another service."""
    scheme, _, fields = authorization.partition(" ")
    named = dict(field.strip().split("=", 1) for field in fields.split(",")) if scheme == "vapid" else {}
    if not {"t", "k"} <= set(named):
        raise ValueError("not signed")
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _bytes(named["k"]))
    jwt.decode(named["t"], key, algorithms=["ES256"], audience=origin, options={"require": ["exp", "sub"]})


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length=length, salt=salt, info=info).derive(secret)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
