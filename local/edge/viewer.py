"""A viewer's request, and what of it tells two cached answers apart."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from local.edge.distribution import Behavior

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ViewerRequest:
    """Path and query stay as the viewer encoded them; header names are in lower case."""

    method: str
    path: str
    query: Pairs
    headers: Pairs
    cookies: Pairs
    ip: str
    request_id: str

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    def with_header(self, name: str, value: str) -> "ViewerRequest":
        """The request with this header in place of any other of its name."""
        return replace(self, headers=(*self.without(name).headers, (name, value)))

    def without(self, *names: str) -> "ViewerRequest":
        """The request with these headers taken out."""
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] not in names))


def parse_query(raw: str) -> Pairs:
    """The query string's names and values in order, still encoded."""
    parts = (part.partition("=") for part in raw.split("&") if part)
    return tuple((name, value) for name, _, value in parts)


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """The opposite of `parse_query`."""
    return "&".join(f"{name}={value}" for name, value in pairs)


def parse_cookies(headers: Iterable[str]) -> Pairs:
    """Names and values of the Cookie headers, in order."""
    parts = (part.strip().partition("=") for header in headers for part in header.split(";"))
    return tuple((name, value) for name, _, value in parts if name)


def accepted_encodings(viewer: ViewerRequest, behavior: Behavior) -> tuple[str, ...]:
    """The viewer's Accept-Encoding as CloudFront normalizes it: only what the cache policy tells apart."""
    offered = set()
    for item in (viewer.header("accept-encoding") or "").lower().split(","):
        name, _, quality = item.partition(";")
        if quality.replace(" ", "") not in ("q=0", "q=0.0"):
            offered.add(name.strip())
    return tuple(name for name in behavior.cache.encodings if name in offered)


def path_of(key: tuple[Any, ...]) -> str:
    """The path in a cache key."""
    return str(key[2])


def cache_key(viewer: ViewerRequest, behavior: Behavior) -> tuple[Any, ...]:
    """The cache key by the cache policy: method, path, and of the rest only what the policy names."""
    policy = behavior.cache
    return (
        viewer.method,
        behavior.pattern,
        viewer.path,
        tuple(pair for pair in viewer.query if pair[0] in policy.queries),
        tuple(pair for pair in viewer.headers if pair[0] in policy.headers),
        tuple(pair for pair in viewer.cookies if pair[0] in policy.cookies),
        accepted_encodings(viewer, behavior),
    )
