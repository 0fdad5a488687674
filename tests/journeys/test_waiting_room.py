"""The waiting room on the running product: edge cookie, receipt, the cached document, admission, hold."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.demo import ACCOUNTS
from local.demo.accounts import sign_in
from local.demo.site import client_id
from local.run import RunningBoxoffice
from tests.journeys.doors import Answer, knock
from tests.journeys.evenings import copy_of
from tests.journeys.world import token_of_somebody_new

WAIT_SECONDS_MAX = 30


class Queue:
    """One person before the room of one evening."""

    def __init__(self, site: RunningBoxoffice, evening: str, token: str) -> None:
        self.site, self.evening, self.token = site, evening, token

    def ask(self, method: str, what: str, body: Any = None, **headers: str) -> Answer:
        return knock(self.site.site_url, method, f"/api/queue/{self.evening}/{what}", body, self.token, **headers)

    def until(self, status: str) -> Any:
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            knock(self.site.site_url, "GET", f"/api/queue/{self.evening}/now")
            if (standing := self.ask("GET", "status").json)["status"] == status:
                return standing
            time.sleep(0.3)
        raise AssertionError(standing)


@pytest.fixture(scope="module")
def evening(site: RunningBoxoffice) -> str:
    event_id = copy_of(site, "The Debt of Hours", "Queue here", waitingRoom=True)
    organizer = next(email for email, group in ACCOUNTS.items() if group == "organizer")
    token = sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), organizer)
    path = f"/api/organizer/queues/{event_id}"
    assert knock(site.site_url, "POST", path, {"action": "open", "capacity": 2}, token).status == 200
    return event_id


def test_from_the_edges_receipt_to_held_seats(site: RunningBoxoffice, evening: str) -> None:
    ada = Queue(site, evening, token_of_somebody_new(site, "ada"))
    wish = {"eventId": evening, "seatIds": ["stallsc-0-0"]}
    refused = knock(site.site_url, "POST", "/api/seats/hold", wish, ada.token)
    assert refused.said == (403, "admission-required")
    given = knock(site.site_url, "POST", "/api/accounts/edge-cookie", None, ada.token)
    cookie = given.headers["set-cookie"].partition(";")[0]
    assert ada.ask("POST", "receipt").said == (401, "edge-cookie-required")
    receipt = ada.ask("POST", "receipt", cookie=cookie)
    assert receipt.headers["x-cache"] == "FunctionGeneratedResponse from cloudfront"
    joined = ada.ask("POST", "join", {"receipt": receipt.json["receipt"]})
    assert (joined.status, joined.json["late"]) == (200, True)
    ada.until("called")
    assert ada.ask("POST", "ready").status == 200
    admitted = ada.until("admitted")
    token = admitted["accessToken"]
    forged = knock(site.site_url, "POST", "/api/seats/hold", wish, ada.token, x_admission_token=token[:-2] + "..")
    assert forged.headers["x-cache"] == "FunctionGeneratedResponse from cloudfront"
    eve = token_of_somebody_new(site, "eve")
    stolen = knock(site.site_url, "POST", "/api/seats/hold", wish, eve, x_admission_token=token)
    assert (forged.said, stolen.said) == ((403, "admission-required"),) * 2
    assert knock(site.site_url, "POST", "/api/seats/hold", wish, ada.token, x_admission_token=token).status == 201


def test_the_origin_hears_of_few_who_look(site: RunningBoxoffice, evening: str) -> None:
    def look(_: int) -> str:
        answer = knock(site.site_url, "GET", f"/api/queue/{evening}/now?cacheless={time.time_ns()}")
        assert answer.status == 200
        return answer.headers["x-cache"]

    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(look, range(200)))
    asked = sum("Hit" not in how for how in told)
    assert asked <= 2 * (time.monotonic() - began + 2)
