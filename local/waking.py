"""Wakes the functions a sale begins with, as an operator provisions them before one (DECISIONS.md).

A first call costs a fork, token keys and secrets; a sale's first buyers should not pay for it.
"""

from __future__ import annotations

import http.client
import json
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from local.cloud import LocalCloud
from local.demo.accounts import sign_in
from local.demo.site import client_id
from local.lambda_host import PER_FUNCTION

BUYER = "fan@boxoffice.example"
CALLS = (
    ("GET", "/api/seats/hold/nothing"),
    ("POST", "/api/seats/hold"),
    ("POST", "/api/orders"),
    ("GET", "/api/orders/nothing"),
    ("GET", "/api/tickets/nothing"),
)
"""Refused by the functions themselves, so that nothing is written: the hold and the order want what is not there."""
TIMEOUT_SECONDS = 30


def wake(site_url: str, cloud: LocalCloud) -> None:
    """Have every execution environment of these functions answer once."""
    events = json.load(urllib.request.urlopen(f"{site_url}/api/events", timeout=TIMEOUT_SECONDS))["events"]  # noqa: S310
    body = json.dumps({"eventId": events[0]["eventId"], "seatIds": ["nowhere-0-0"]})
    token = sign_in(cloud.client("cognito-idp"), client_id(site_url), BUYER)
    host = urllib.parse.urlsplit(site_url).netloc

    def call(wanted: tuple[tuple[str, str], int]) -> None:
        (method, path), _ = wanted
        connection = http.client.HTTPConnection(host, timeout=TIMEOUT_SECONDS)
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        connection.request(method, path, body if method == "POST" else None, headers)
        connection.getresponse().read()
        connection.close()

    with ThreadPoolExecutor(len(CALLS) * PER_FUNCTION) as pool:
        list(pool.map(call, product(CALLS, range(PER_FUNCTION))))
