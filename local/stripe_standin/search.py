"""Search, which Stripe answers from an index that lags, and the list of events."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from . import shapes
from .book import Book, list_page
from .errors import Json, invalid

_CLAUSE = re.compile(r"""metadata\[['"](\w+)['"]\]\s*:\s*['"]([^'"]*)['"]""")


def payment_intents(book: Book, params: Json) -> Json:
    """Intents by metadata, joined by AND; the newest ones are not in the index until its lag has passed."""
    query = params.get("query", "")
    clauses = [_CLAUSE.fullmatch(clause.strip()) for clause in re.split(r"\s+AND\s+", query)]
    if not all(clauses):
        raise invalid("Only metadata['key']:'value' clauses are known here", param="query")
    wanted: list[tuple[str, str]] = [(clause[1], clause[2]) for clause in clauses if clause]
    found = [
        intent
        for intent in book.all("payment_intent", **dict(wanted))
        if intent["created"] <= book.now() - book.search_lag_seconds
        and all(intent["metadata"].get(key) == value for key, value in wanted)
    ]
    url = "/v1/payment_intents/search"
    return {**shapes.page(found[:100], url), "object": "search_result", "next_page": None}


def events(book: Book, params: Json) -> Json:
    wanted = params.get("types") or [params.get("type", "*")]

    def keep(one: Json) -> bool:
        return any(fnmatchcase(one["type"], kind) for kind in wanted)

    return list_page(book, "event", params, "/v1/events", (), keep)


def event(book: Book, params: Json, object_id: str) -> Json:
    return book.get("event", object_id)
