"""The organizer's side of the HTTP API, as any client would call it."""

from __future__ import annotations

import itertools
import json
import time
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any

TIMEOUT_SECONDS = 60
IMPORT_SECONDS_MAX = 60
IMPORT_POLL_SECONDS = 0.1
LOOK_SECONDS = 0.25


class DemoNotLoaded(RuntimeError):
    """The site refused a part of the demo data; the text says which and why."""


class Site:
    """A running site, seen by somebody who has signed in."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._token = token

    def create_venue(self, venue: dict[str, Any]) -> str:
        return str(self._post("/organizer/venues", venue)["venueId"])

    def create_artist(self, artist: dict[str, Any]) -> str:
        return str(self._post("/organizer/artists", artist)["artistId"])

    def create_series(self, name: str) -> str:
        return str(self._post("/organizer/series", {"name": name})["seriesId"])

    def bring_image(self, raw: bytes) -> str:
        """Upload a picture; answers the address that artists and events take."""
        kept = self._post("/organizer/images", {"uploadId": self._upload("image", raw)})
        return str(kept["imageUrl"])

    def bring_chart(self, raw: bytes, drawn_as: str) -> dict[str, Any]:
        """Upload and import a chart; answers its hash, categories and sections. Raises DemoNotLoaded."""
        wanted = {"uploadId": self._upload("chart", raw), "format": drawn_as}
        chart_import = self._post("/organizer/charts", wanted)
        give_up_at = time.monotonic() + IMPORT_SECONDS_MAX
        while chart_import["status"] not in ("completed", "failed") and time.monotonic() < give_up_at:
            time.sleep(IMPORT_POLL_SECONDS)
            chart_import = self._get(f"/organizer/charts/{chart_import['chartImportId']}")
        if chart_import["status"] != "completed":
            raise DemoNotLoaded(f"A chart's import is {chart_import['status']}: {chart_import['reason']}")
        return dict(chart_import["chart"])

    def create_event(self, event: dict[str, Any]) -> str:
        """An event, put on sale."""
        event_id = str(self._post("/organizer/events", event)["eventId"])
        self._post(f"/organizer/events/{event_id}/on-sale", {})
        return event_id

    def add_presale_code(self, event_id: str, presale_id: str, code: str) -> None:
        """One of our own, good for everybody who has it."""
        self._post(f"/organizer/events/{event_id}/presale-codes", {"presaleId": presale_id, "codes": [code]})

    def open_room(self, event_id: str, places: int) -> None:
        """Without a draw: people go in by the order of coming."""
        self._post(f"/organizer/queues/{event_id}", {"action": "open", "capacity": places})

    def move_event(self, event_id: str, starts_at: datetime) -> None:
        self._post(f"/organizer/events/{event_id}/move", {"startsAt": starts_at.isoformat()})

    def wait_until_found(self, count: int) -> None:
        """Until a search finds so many events. Raises DemoNotLoaded."""
        began = time.monotonic()
        for look in itertools.count():
            # Every look is another question, so that the edge has no answer to it.
            query = f"size=1&startDateTime=2000-01-01T00:00:00.{look:06}Z"
            answer = json.loads(_send(urllib.request.Request(f"{self.url}/api/events?{query}")))  # noqa: S310
            if answer["page"]["totalElements"] >= count:
                return
            if time.monotonic() - began > TIMEOUT_SECONDS:
                found = answer["page"]["totalElements"]
                raise DemoNotLoaded(f"The search finds {found} of {count} events after {TIMEOUT_SECONDS} s.")
            time.sleep(LOOK_SECONDS)

    def _upload(self, kind: str, raw: bytes) -> str:
        upload = self._post(f"/organizer/{kind}-uploads", {"sizeBytes": len(raw)})
        _send(urllib.request.Request(upload["url"], raw, upload["headers"], method=upload["method"]))  # noqa: S310
        return str(upload["uploadId"])

    def _get(self, path: str) -> dict[str, Any]:
        return self._ask(path, None)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._ask(path, json.dumps(body).encode())

    def _ask(self, path: str, body: bytes | None) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api{path}", body, headers)  # noqa: S310
        answer: dict[str, Any] = json.loads(_send(request))
        return answer


def client_id(site_url: str) -> str:
    """The user pool client of a site, from what it tells its own web client."""
    config = json.loads(_send(urllib.request.Request(f"{site_url}/config.json")))  # noqa: S310
    return str(config["cognito"]["clientId"])


def _send(request: urllib.request.Request) -> bytes:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        said = error.read().decode(errors="replace")[:500]
        raise DemoNotLoaded(f"{request.get_method()} {request.full_url} answered {error.code}: {said}") from error
    except OSError as error:
        raise DemoNotLoaded(f"{request.get_method()} {request.full_url} got no answer: {error}.") from error
