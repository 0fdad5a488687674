"""The edge's own checks: the JavaScript that is deployed, run as it is, against the seals of the API's Python."""

from __future__ import annotations

import asyncio
import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from accounts.give_edge_cookie import edge_cookie
from infra.edge_functions import SEALED, code
from kit.auth import Person
from kit.sealed import InvalidSeal, seal, unseal
from local.edge.functions import CODE_BYTES_MAX, FunctionRuntime
from tests import harness
from waitingroom import degraded, passes
from waitingroom.passes import Admission, QueuePass, Receipt

KEYS = harness.SECRETS["SECRET_EDGE"]
EVENT = "evt_06gvk2m1c8t4hq3e"
ADA = Person("ada", frozenset(), "session-of-ada")
EDGE_AHEAD_SECONDS = 120


def run(name: str, event: dict[str, Any], keys: str = KEYS) -> dict[str, Any]:
    async def once() -> dict[str, Any]:
        runtime = FunctionRuntime()
        try:
            return await runtime.run(code(name, keys), event)
        finally:
            await runtime.close()

    return asyncio.run(once())


def request(uri: str, method: str = "POST", viewer: str = "198.51.100.7", **parts: dict[str, str]) -> dict[str, Any]:
    """As CloudFront spells it; `headers`, `cookies` and `querystring` by name and value."""
    spelled = {
        part: {name: {"value": value} for name, value in parts.get(part, {}).items()}
        for part in ("headers", "cookies", "querystring")
    }
    return {"version": "1.0", "viewer": {"ip": viewer}, "request": {"method": method, "uri": uri, **spelled}}


def cookie(now: datetime | None = None) -> dict[str, str]:
    return {"bo-edge": edge_cookie(ADA, now or datetime.now(UTC))}


def ask(uri: str, **parts: dict[str, str]) -> tuple[int, dict[str, Any]]:
    answer = run("queue", request(uri, "POST", "198.51.100.7", **parts))
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize("name", SEALED)
def test_a_function_has_room_for_its_keys(name: str) -> None:
    assert len(code(name, "k" * 64 + "\n" + "k" * 64).encode()) < CODE_BYTES_MAX


def test_the_edge_gives_a_receipt_that_the_api_takes() -> None:
    status, answer = ask(f"/api/queue/{EVENT}/receipt", cookies=cookie())
    assert status == 200
    receipt = unseal(passes.RECEIPT, answer["receipt"], Receipt, datetime.now(UTC))
    assert (receipt.event, receipt.sub) == (EVENT, "ada")
    assert abs(receipt.t - time.time() * 1000) < 5_000


def receipt(viewer: str = "198.51.100.7", event: str = EVENT, person: Person = ADA, device: str = "") -> Receipt:
    """What the edge says of where somebody came from."""
    cookies = {"bo-edge": edge_cookie(person, datetime.now(UTC))} | ({"bo-device": device} if device else {})
    answer = run("queue", request(f"/api/queue/{event}/receipt", viewer=viewer, cookies=cookies))
    given = answer["cookies"]["bo-device"]
    assert "HttpOnly" in given["attributes"] and re.fullmatch("[0-9a-f]{32}", given["value"])
    assert not device or (given["value"] == device) == bool(re.fullmatch("[0-9a-f]{32}", device))
    return unseal(passes.RECEIPT, json.loads(answer["body"])["receipt"], Receipt, datetime.now(UTC))


def test_a_receipt_tells_the_same_device_and_address_again_and_names_neither() -> None:
    bob, browser = Person("bob", frozenset(), "session-of-bob"), "ab" * 16
    first, second = receipt(device=browser), receipt(person=bob, device=browser)
    assert (first.d, first.a) == (second.d, second.a)
    assert re.fullmatch("[0-9a-f]{16}", first.d) and re.fullmatch("[0-9a-f]{16}", first.a)
    elsewhere = receipt(event="evt_06gvk2m1c8t4hq3f", device=browser)
    assert elsewhere.d != first.d and elsewhere.a != first.a
    assert receipt("198.51.100.8", device=browser).a != first.a
    assert receipt(device="made up by hand").d not in (first.d, receipt(person=bob).d)


def test_an_ipv6_network_is_one_address() -> None:
    home = {receipt(ip).a for ip in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::", "2001:0db8:0001:0002:0:0:0:9")}
    assert len(home) == 1
    assert receipt("2001:db8:1:3::1").a not in home


@pytest.mark.parametrize("case", ["none", "altered", "expired", "of another kind", "by a key of long ago"])
def test_without_a_good_cookie_there_is_no_receipt(case: str) -> None:
    good = cookie()["bo-edge"]
    sent = {
        "none": "",
        "altered": good[:-3] + ("abc" if not good.endswith("abc") else "abd"),
        "expired": cookie(datetime.now(UTC) - timedelta(hours=13))["bo-edge"],
        "of another kind": seal("receipt", Receipt(EVENT, "ada", 1)),
        "by a key of long ago": "ffffffff" + good[8:],
    }[case]
    status, answer = ask(f"/api/queue/{EVENT}/receipt", cookies={"bo-edge": sent} if sent else {})
    assert (status, answer["type"].rpartition("/")[2]) == (401, "edge-cookie-required")


def test_everything_else_goes_on_to_the_api() -> None:
    for uri in (f"/api/queue/{EVENT}/join", f"/api/queue/{EVENT}/now", "/api/queue/nonsense/receipt"):
        sent = request(uri, headers={"authorization": "Bearer x"})
        assert run("queue", sent) == sent["request"]


def admission(kind: str = passes.ADMISSION, **changes: Any) -> str:
    claims = Admission(EVENT, "ada", "session-of-ada", 7, int(time.time()) + 60)
    return seal(kind, msgspec.structs.replace(claims, **changes))


def hold(token: str | None, keys: str = KEYS) -> int:
    sent = request("/api/seats/hold", headers={"x-admission-token": token} if token else {})
    answer = run("admission", sent, keys)
    if answer == sent["request"]:
        return 200
    assert json.loads(answer["body"])["type"].endswith("/admission-required")
    return int(answer["statusCode"])


def test_an_admission_is_checked_at_the_edge_before_anybody_is_asked() -> None:
    assert hold(admission()) == 200
    assert hold(None) == 200  # whether the event wants one, the API knows
    assert hold(admission(exp=int(time.time()) - EDGE_AHEAD_SECONDS - 1)) == 403
    assert hold(admission()[:-2] + "..") == 403
    assert hold("nonsense") == 403
    assert hold(admission("queue")) == 403


def test_an_edge_whose_clock_is_two_minutes_ahead_refuses_no_admission() -> None:
    assert hold(admission(exp=int(time.time()) - EDGE_AHEAD_SECONDS + 10)) == 200


def test_rotation_accepts_exactly_two_keys() -> None:
    token = admission()
    today = KEYS.split()[0]
    assert hold(token, f"tomorrow {today}") == 200
    assert hold(token, f"later tomorrow {today}") == 403


@pytest.mark.parametrize("edge_behind", [0, 1])
def test_python_and_javascript_draw_the_same_lot(edge_behind: int) -> None:
    """Also where it is still the last five minutes by the edge's clock."""
    now = datetime.now(UTC)
    bucket = int(now.timestamp()) // degraded.BUCKET_SECONDS + edge_behind
    lot = degraded.lot(KEYS.split()[0].encode(), EVENT, "ada", bucket)
    place = {"x-queue-token": seal(passes.QUEUE, QueuePass(EVENT, "ada", 1, None))}
    exp = (bucket + 1) * degraded.BUCKET_SECONDS
    for odds, wins in ((lot + 1e-9, True), (lot, False), (0.0, False), (1.0, True)):
        terms = {"terms": seal(degraded.TERMS, degraded.Terms(EVENT, odds, exp))}
        asked = [
            ask(f"/api/queue/{EVENT}/degraded", cookies=cookie(), headers=place, querystring=terms) for _ in range(2)
        ]
        assert asked[0][0] == 200
        assert [bool(answer["accessToken"]) for _, answer in asked] == [wins, wins]
    assert asked[0][1]["accessToken"] == asked[1][1]["accessToken"]
    token = passes.open_admission(asked[0][1]["accessToken"], now)
    assert (token.tick, token.device, token.exp) == (passes.BY_LOT, "session-of-ada", exp)


def test_no_lot_without_terms_or_without_a_place() -> None:
    path = f"/api/queue/{EVENT}/degraded"
    place = {"x-queue-token": seal(passes.QUEUE, QueuePass(EVENT, "ada", 1, None))}
    good = {"terms": seal(degraded.TERMS, degraded.Terms(EVENT, 1.0, int(time.time()) + 60))}
    old = {"terms": seal(degraded.TERMS, degraded.Terms(EVENT, 1.0, int(time.time()) - EDGE_AHEAD_SECONDS - 1))}
    elsewhere = {"terms": seal(degraded.TERMS, degraded.Terms("evt_06gvk2m1c8t4hq3f", 1.0, int(time.time()) + 60))}
    others = {"x-queue-token": seal(passes.QUEUE, QueuePass(EVENT, "eve", 1, None))}
    for headers, query in ((place, {}), (place, old), (place, elsewhere), ({}, good), (others, good)):
        assert ask(path, cookies=cookie(), headers=headers, querystring=query)[0] == 403


def test_a_statement_of_one_kind_is_never_another() -> None:
    with pytest.raises(InvalidSeal):
        unseal(passes.ADMISSION, admission("queue"), Admission, datetime.now(UTC))
