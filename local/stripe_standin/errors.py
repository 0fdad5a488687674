"""The refusals Stripe's API answers with, as exceptions; `server` turns them into responses."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """A non-2xx answer. `executed` says whether work had begun, which decides if a key stores it."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.error: Json = {"type": kind, "message": message}
        if code:
            self.error["code"] = code
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param:
            self.error["param"] = param
        self.error.update(more)


def invalid(message: str, *, code: str | None = None, param: str | None = None, **more: Any) -> Refusal:
    return Refusal(400, "invalid_request_error", message, code=code, param=param, **more)


def missing(kind: str, object_id: str, param: str = "id") -> Refusal:
    message = f"No such {kind}: '{object_id}'"
    return Refusal(404, "invalid_request_error", message, code="resource_missing", param=param)


def declined(code: str, decline_code: str, message: str, **more: Any) -> Refusal:
    return Refusal(402, "card_error", message, code=code, executed=True, decline_code=decline_code, **more)
