"""An empty account for every test. Few shards and one worker: moto is slow, and its conditions are not for several."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local.beacon_standin import sign
from tests import harness
from waitingroom import control_room, readiness, sessions, ticking


class Rounds(BaseHTTPRequestHandler):
    """A beacon whose rounds are all out: these tests have clocks of their own."""

    def do_GET(self) -> None:
        body = json.dumps({"signature": sign(int(self.path.rpartition("/")[2])).hex()}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="session")
def beacon_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Rounds) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch, beacon_url: str) -> Iterator[None]:
    monkeypatch.setattr(control_room, "BUCKETS_MIN", 2)
    monkeypatch.setattr(control_room, "PEOPLE_PER_BUCKET", 50_000)
    monkeypatch.setattr(readiness, "SHARDS", 3)
    monkeypatch.setattr(sessions, "SHARDS", 2)
    with harness.aws(TICK_WORKERS="1", BEACON_URL=beacon_url):
        ticking.pool.cache_clear()
        yield
