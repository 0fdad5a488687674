"""What the edge remembers and for how long."""

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from local.edge.policies import CachePolicy

MEMORY_BYTES_MAX = 256 * 1024 * 1024
_ALWAYS_CACHED_ERRORS = frozenset({404, 414, 500, 501, 502, 503, 504})
_ERRORS_CACHED_WHEN_TOLD = frozenset({400, 403, 405, 412, 415})
_CACHED_STATUSES = frozenset({200, 203, 204, 301, 302, 303, 307, 308})
_FORBIDDING = frozenset({"private", "no-store", "no-cache"})
_RECORD_BYTES = 512


@dataclass(frozen=True)
class Answer:
    """A whole response of the origin. Times are seconds of the edge's own monotonic clock."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    stored_at: float = 0
    fresh_until: float = 0
    stale_until: float = 0
    """until then it may be served while a fresh one is fetched (stale-while-revalidate)"""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    def kept(self, now: float, seconds: float) -> "Answer":
        """This answer, fresh from `now` for so many seconds."""
        stale = _number(directives(self.header("cache-control")), "stale-while-revalidate") or 0
        return replace(self, stored_at=now, fresh_until=now + seconds, stale_until=now + seconds + stale)

    def confirmed(self, headers: Iterable[tuple[str, str]]) -> "Answer":
        """This answer with the headers that a 304 brought in place of its own."""
        newer = {name.lower(): (name, value) for name, value in headers if name.lower() != "content-length"}
        older = (pair for pair in self.headers if pair[0].lower() not in newer)
        return replace(self, headers=(*older, *newer.values()))


def directives(cache_control: str | None) -> dict[str, str]:
    """Cache-Control as names and values; a directive without a value has an empty one."""
    found = re.findall(r'([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,]*)))?', cache_control or "")
    return {name.lower(): quoted or plain for name, quoted, plain in found}


def lifetime(policy: CachePolicy, answer: Answer, error_min_ttl: float) -> float:
    """For how many seconds CloudFront would keep this answer.

    Errors are remembered whatever the policy and whatever else Cache-Control says: that is what
    CloudFront does, and why a distribution sets `ErrorCachingMinTTL`.
    """
    told = _told_seconds(answer)
    if answer.status >= 400:
        remembered = answer.status in _ALWAYS_CACHED_ERRORS or (
            answer.status in _ERRORS_CACHED_WHEN_TOLD and told is not None
        )
        return max(error_min_ttl, min(told or 0, policy.max_ttl)) if remembered else 0
    if answer.status not in _CACHED_STATUSES:
        return 0
    if _forbids(answer):
        return policy.min_ttl
    if told is None:
        return max(policy.min_ttl, policy.default_ttl)
    return min(max(told, policy.min_ttl), policy.max_ttl)


def may_be_shared(policy: CachePolicy, answer: Answer) -> bool:
    """Whether requests that waited for this answer may have it, even if nobody keeps it."""
    return policy.min_ttl > 0 or not (_forbids(answer) or _told_seconds(answer) == 0)


def _forbids(answer: Answer) -> bool:
    return not _FORBIDDING.isdisjoint(directives(answer.header("cache-control")))


def _told_seconds(answer: Answer) -> float | None:
    """What the origin says to a shared cache: s-maxage, else max-age, else Expires."""
    told = directives(answer.header("cache-control"))
    for name in ("s-maxage", "max-age"):
        if (seconds := _number(told, name)) is not None:
            return seconds
    if (expires := answer.header("expires")) is None:
        return None
    ends, begins = _date(expires), _date(answer.header("date") or "")
    return max(0.0, (ends - begins).total_seconds()) if ends and begins else 0.0


def _number(told: dict[str, str], name: str) -> float | None:
    value = told.get(name, "")
    return float(value) if value.isdigit() else None


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


class Cache:
    """Answers by key, least recently used out first, never more than `bytes_max` in all."""

    def __init__(self, bytes_max: int = MEMORY_BYTES_MAX) -> None:
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._bytes_max = bytes_max
        self._bytes = 0

    def get(self, key: Hashable) -> Answer | None:
        """The answer, fresh or not."""
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    def forget(self, is_meant: Callable[[Hashable], bool]) -> None:
        """Drop the answers whose keys are meant."""
        for key in [key for key in self._answers if is_meant(key)]:
            self._bytes -= _size(self._answers.pop(key))

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep `answer` in place of an older one."""
        if (old := self._answers.pop(key, None)) is not None:
            self._bytes -= _size(old)
        self._answers[key] = answer
        self._bytes += _size(answer)
        while self._bytes > self._bytes_max:
            _, evicted = self._answers.popitem(last=False)
            self._bytes -= _size(evicted)


def _size(answer: Answer) -> int:
    return len(answer.body) + sum(len(name) + len(value) for name, value in answer.headers) + _RECORD_BYTES
