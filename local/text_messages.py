"""Text messages that the local cloud's SNS took for telephones: it keeps them, and here they are fetched."""

from __future__ import annotations

import asyncio
from collections import Counter

import aiohttp

KEPT_AT = "/_ministack/sns/sms-messages"
TIMEOUT = aiohttp.ClientTimeout(total=5)


class TextMessages:
    """Those of one local cloud."""

    def __init__(self, cloud_url: str) -> None:
        self._address = cloud_url + KEPT_AT
        self._known: Counter[str] = Counter()
        self._asking = asyncio.Lock()

    async def new(self) -> list[tuple[str, str]]:
        """Number and text of what has come since this was last asked; none while the cloud does not answer."""
        async with self._asking:
            try:
                async with aiohttp.ClientSession(timeout=TIMEOUT) as http, http.get(self._address) as answer:
                    by_number: dict[str, list[dict[str, str]]] = (await answer.json())["sms_messages"]
            except (aiohttp.ClientError, TimeoutError):
                return []
            found = [
                (number, message["Message"])
                for number, messages in by_number.items()
                for message in messages[self._known[number] :]
            ]
            self._known = Counter({number: len(messages) for number, messages in by_number.items()})
            return found
