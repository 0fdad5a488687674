"""The entry point of a Lambda that hosts several verbs: finds the one an event is for, and calls its handler.

`VERBS` maps what an event carries to a module: a route key (`POST /orders`), a saga step (`SellSeats`),
or `*` for a trigger that carries neither. Which verbs share a function is wiring's decision, not code's.
"""

from __future__ import annotations

import importlib
import json
import os
from functools import cache
from typing import Any


def handler(event: dict[str, Any], context: Any) -> Any:
    """Call the handler of the verb that this event is for."""
    key = event.get("routeKey") or event.get("step") or "*"
    return importlib.import_module(_verbs()[key]).handler(event, context)


@cache
def _verbs() -> dict[str, str]:
    verbs: dict[str, str] = json.loads(os.environ["VERBS"])
    for module in verbs.values():
        importlib.import_module(module)
    return verbs
