"""Pages as the Discovery API answers them, made by hand, and an organizer whose API is on moto."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.imports import discovery, organizer
from infra.imports.organizer import Organizer
from infra.imports.report import Report, Skipped
from tests import harness

NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)
SHARED = Path(os.environ.get("BOXOFFICE_SHARED", Path(__file__).parents[2] / "../shared"))
HALL: dict[str, Any] = {
    "name": "Halle am Fluss",
    "id": "KovHall",
    "timezone": "Europe/Vienna",
    "postalCode": "1020",
    "city": {"name": "Wien"},
    "country": {"countryCode": "AT"},
    "address": {"line1": "Uferweg 1"},
    "location": {"latitude": "48.2131", "longitude": "16.3925"},
}
EVENT: dict[str, Any] = {
    "name": "An Evening of Strings",
    "id": "evening",
    "test": False,
    "images": [{"ratio": "16_9", "url": "https://images.example/wide.jpg", "width": 1024, "fallback": False}],
    "sales": {"public": {"startDateTime": "2030-03-02T09:00:00Z", "endDateTime": "2030-05-10T17:00:00Z"}},
    "dates": {
        "start": {"localDate": "2030-05-10", "localTime": "19:30:00", "dateTime": "2030-05-10T17:30:00Z"},
        "timezone": "Europe/Vienna",
        "status": {"code": "onsale"},
    },
    "classifications": [{"primary": True, "segment": {"name": "Music"}}],
    "priceRanges": [{"type": "standard", "currency": "EUR", "min": 45, "max": 300.5}],
    "_embedded": {"venues": [HALL], "attractions": [{"name": "Lindenhof Quartet"}]},
}
ROUTES = {
    ("POST", "venues"): ("catalog.create_venue", ""),
    ("POST", "events"): ("catalog.create_event", ""),
    ("GET", "venues"): ("catalog.show_venue", "venueId"),
    ("GET", "events"): ("catalog.show_event", "eventId"),
    ("POST", "cancel"): ("orders.cancel_event", "eventId"),
}


def event(**changes: Any) -> dict[str, Any]:
    """The event with other values at dotted places; `dates__start__localDate=…`, and None takes a field out."""
    made = deepcopy(EVENT)
    for path, value in changes.items():
        *way, last = path.split("__")
        place = made
        for step in way:
            place = place.setdefault(step, {})
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return made


def venue(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (deepcopy(HALL) | changes).items() if value is not None}


def page(*events: Any) -> bytes:
    return json.dumps({"_embedded": {"events": events}, "page": {"size": 20, "number": 0}}).encode()


def read(*events: Any) -> list[discovery.Discovered | Skipped]:
    return list(discovery.Pages().read(page(*events), "page.json"))


def found(document: Any) -> discovery.Discovered:
    (record,) = read(document)
    assert isinstance(record, discovery.Discovered), record
    return record


class Told(Report):
    """A report that remembers its lines."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.lines: list[str] = []
        super().__init__(self.lines.append, quiet=quiet)


@pytest.fixture
def olga(monkeypatch: pytest.MonkeyPatch) -> Iterator[Organizer]:
    """An organizer whose requests reach the entry points without a network between."""

    def sent(request: urllib.request.Request) -> tuple[int, bytes]:
        way = request.full_url.partition("/api/")[2].removeprefix("organizer/").split("/")
        kind, thing = (way[2] if len(way) > 2 else way[0]), (way[1] if len(way) > 1 else "")
        module, name = ROUTES[request.get_method(), kind]
        headers = {key.lower(): value for key, value in request.header_items() if key.lower() != "authorization"}
        body = request.data.decode() if isinstance(request.data, bytes) else None
        path = {name: thing} if name else {}
        status, answer, _ = harness.call(
            module, path=path, body=body, headers=headers, now=NOW, person="olga", groups=["organizer"]
        )
        return status, json.dumps(answer).encode()

    with harness.aws():
        monkeypatch.setattr(organizer, "_sent", sent)
        yield Organizer("http://site.example", harness.access_token("olga", ["organizer"]))
