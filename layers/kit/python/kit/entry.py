"""The entry point of every Lambda: finds the verb an event is for, and calls its handler.

`VERBS` maps what an event carries to a module: a route key (`POST /orders`; on the WebSocket `watchSeats`), a
saga step (`SellSeats`), or `*` for a trigger that carries neither. Which verbs share a function is wiring's
decision, not code's.
"""

from __future__ import annotations

import importlib
import json
import os
from typing import Any

from kit import settings

# At import, against the house's habit: Lambda gives a starting function a full processor, and one that is
# kept warm has then paid for all of its verbs.
_VERBS = {key: importlib.import_module(module) for key, module in json.loads(os.environ["VERBS"]).items()}
settings.start()


def handler(event: dict[str, Any], context: Any) -> Any:
    """Call the handler of the verb that this event is for."""
    key = event.get("requestContext", {}).get("routeKey") or event.get("step") or "*"
    return _VERBS[key].handler(event, context)
