"""Idempotency keys: one key, one call, one answer, as Stripe keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Refusal

Answer = tuple[int, str]  # status and body


@dataclass
class _Entry:
    call: str
    answer: Answer | None = None  # None while the first call is still at work


class Keys:
    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def begin(self, key: str, call: str) -> Answer | None:
        """The stored answer, or None when this call is the first and may proceed."""
        entry = self._entries.get(key)
        if entry is None:
            self._entries[key] = _Entry(call)
            return None
        if entry.call != call:
            raise Refusal(
                400,
                "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first "
                f"used with. Try using a key other than '{key}' if you meant to execute a different request.",
            )
        if entry.answer is None:
            raise Refusal(
                409,
                "idempotency_error",
                f"There is currently another in-progress request using this Idempotency Key: {key}.",
                code="idempotency_key_in_use",
            )
        return entry.answer

    def finish(self, key: str, answer: Answer | None) -> None:
        """Keep the answer of a call that executed; forget a key whose call never did."""
        if answer is None:
            self._entries.pop(key, None)
        else:
            self._entries[key].answer = answer

    def prune(self) -> None:
        """What Stripe does after a day."""
        self._entries = {key: entry for key, entry in self._entries.items() if entry.answer is None}
