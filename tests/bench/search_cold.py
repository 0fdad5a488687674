"""A search function as Lambda starts it, in a process of its own: `python -m tests.bench.search_cold FOLDER`.

Imports everything through `kit.entry`, makes its clients, reads the manifest, copies and checks the index, opens it and
answers. S3 is a folder here: its latency and the download are not in the figure.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

BEGAN = time.monotonic()
QUESTIONS = ("keyword=beyonse", "city=berlin", "date=this-weekend", "latlong=48.2,16.4&radius=100&sort=distance", "")


class Folder:
    """As much of S3 as a reader asks for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803  as botocore names them
        from botocore.exceptions import ClientError
        from botocore.response import StreamingBody

        path = self._path / Key.rpartition("/")[2]
        if not path.exists():
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")
        body = path.read_bytes()
        return {"Body": StreamingBody(io.BytesIO(body), len(body)), "ETag": "one"}


def main(folder: Path) -> None:
    """Print the milliseconds until the first answer, and the memory in use after some more."""
    os.environ["VERBS"] = json.dumps({"GET /events": "search.search_events", "GET /x": "search.venue_calendar"})
    os.environ |= {"BUCKET_SEARCH": "local", "AWS_REGION": "eu-central-1", "SECRET_ORIGIN": "x", "ISSUER": "x"}
    os.environ |= {"CLIENT_IDS": "x", "JWKS_URL": "x", "TABLE_CATALOG": "x", "POWERTOOLS_LOG_LEVEL": "ERROR"}
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "POWERTOOLS_METRICS_DISABLED": "true"}
    from kit import entry, settings
    from search import snapshots

    first_ms = cpu_ms = 0.0
    # Not by unittest.mock, which would count with asyncio and all that it imports.
    vars(settings)["secret"] = lambda name: "shown"
    vars(snapshots)["client"] = lambda *which: Folder(folder)
    for question in (*QUESTIONS, *QUESTIONS):
        answer = entry.handler(_event(question), None)
        assert answer["statusCode"] == 200, answer
        first_ms = first_ms or (time.monotonic() - BEGAN) * 1000
        cpu_ms = cpu_ms or time.process_time() * 1000
    print(json.dumps({"cold_ms": round(first_ms), "cold_cpu_ms": round(cpu_ms), "memory_mb": round(_memory_mb())}))


def _memory_mb() -> float:
    """The most this process has held; Linux's `ru_maxrss` would begin at what the parent held."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


def _event(question: str) -> dict[str, Any]:
    query = dict(pair.split("=", 1) for pair in question.split("&") if pair)
    return {
        "routeKey": "GET /events",
        "rawPath": "/api/events",
        "headers": {"x-origin-secret": "shown"},
        "queryStringParameters": query,
        "requestContext": {"requestId": "r", "stage": "api", "routeKey": "GET /events"},
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
