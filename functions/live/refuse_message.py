"""$default: a message that asks for nothing we know is refused in our own words."""

from __future__ import annotations

from kit.errors import Problem
from kit.socket import Message, receives


class UnknownAction(Problem):
    status, title = 400, "Send an object whose action is watchSeats, watchOrder or watchTurn"


@receives
def handler(message: Message) -> None:
    raise UnknownAction
