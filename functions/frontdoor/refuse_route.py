"""Every request that no route matches: 405 with `Allow` when the address exists, else 404."""

from __future__ import annotations

import json
import re
from functools import cache

from kit import settings
from kit.auth import PUBLIC
from kit.errors import MethodNotAllowed, NotFound
from kit.http import Call, endpoint


@endpoint(callers=PUBLIC, raises=(NotFound, MethodNotAllowed))
def handler(call: Call) -> None:
    """Refuse."""
    allowed = sorted({method for method, path in _routes() if path.fullmatch(call.address)})
    if allowed:
        raise MethodNotAllowed(allow=allowed)
    raise NotFound


@cache
def _routes() -> list[tuple[str, re.Pattern[str]]]:
    """`ROUTES` lists every route of the API: `["GET /events/{eventId}", …]`."""
    routes = []
    for route in json.loads(settings.env("ROUTES")):
        method, path = route.split(" ")
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
        routes.append((method, re.compile(pattern)))
    return routes
