"""The synthesized distribution at the local edge: which path goes where, what is kept, what never is."""

import asyncio
import json
import re
import urllib.error
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass
from email.message import Message
from typing import Any

import aiohttp
import pytest

from local.demo.site import client_id
from local.run import RunningBoxoffice


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


def ask(site: RunningBoxoffice, path: str, method: str = "GET", **headers: str) -> Answer:
    request = urllib.request.Request(
        site.site_url + path, method=method, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def an_event(site: RunningBoxoffice) -> str:
    return str(json.loads(ask(site, "/api/events").body)["events"][0]["eventId"])


@pytest.mark.parametrize("path", ["/", "/events/evt_1", "/orders", "/tickets/anything"])
def test_every_page_is_the_client(site: RunningBoxoffice, path: str) -> None:
    page = ask(site, path)
    assert page.status == 200
    assert b'<div id="app"' in page.body or b"<script" in page.body
    assert page.headers["Content-Type"].startswith("text/html")
    for name in ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy"):
        assert page.headers[name]
    assert not [name for name in page.headers if name.lower().startswith("access-control-")]


def test_a_chart_is_compressed_and_kept(site: RunningBoxoffice) -> None:
    seat_map = json.loads(ask(site, f"/api/events/{an_event(site)}/seatmap").body)
    address = seat_map["seatMapConfig"]["url"]
    assert address.startswith("/charts/")
    ask(site, address, Accept_Encoding="br")
    again = ask(site, address, Accept_Encoding="br")
    assert (again.headers["X-Cache"], again.headers["Content-Encoding"]) == ("Hit from cloudfront", "br")
    assert "immutable" in again.headers["Cache-Control"]
    assert ask(site, address, "DELETE").status == 403


def test_what_is_public_is_kept_as_long_as_it_says(site: RunningBoxoffice) -> None:
    first, again = ask(site, "/api/events?size=7"), ask(site, "/api/events?size=7")
    assert again.headers["X-Cache"] == "Hit from cloudfront"
    assert again.body == first.body
    assert re.search(r"max-age=\d+", again.headers["Cache-Control"])


@pytest.mark.parametrize("path", ["/api/orders", "/api/tickets", "/api/orders/ord_none"])
def test_what_is_somebodys_is_never_kept(site: RunningBoxoffice, path: str) -> None:
    """Case 39."""
    for _ in range(2):
        answer = ask(site, path)
        assert answer.status == 401
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Age" not in answer.headers


def test_a_missing_thing_is_asked_for_again(site: RunningBoxoffice) -> None:
    path = f"/api/events/evt_{uuid.uuid4().hex[:16]}"
    for _ in range(2):
        answer = ask(site, path)
        assert answer.status == 404
        assert "Age" not in answer.headers


@pytest.mark.parametrize("read", ["availability", "seatmap"])
def test_the_snapshot_of_a_sale_is_asked_for_once(site: RunningBoxoffice, read: str) -> None:
    """Whatever a client asks behind its path."""
    address = f"{site.site_url}/api/events/{an_event(site)}/{read}"

    async def crowd() -> Counter[str]:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http:

            async def one(number: int) -> str:
                async with http.get(address, params={"fresh": number}) as answer:
                    assert answer.status == 200
                    return answer.headers["X-Cache"]

            return Counter(await asyncio.gather(*[one(number) for number in range(100)]))

    seen = asyncio.run(crowd())
    # A second may end while the hundred are being answered.
    assert seen["Miss from cloudfront"] <= 2
    assert seen.total() == 100


def test_nobody_goes_around_the_edge(site: RunningBoxoffice) -> None:
    apis = site.cloud.client("apigatewayv2").get_apis()["Items"]
    (api,) = (each for each in apis if each["ProtocolType"] == "HTTP")
    around = f"{site.cloud.endpoint_url}/_aws/execute-api/{api['ApiId']}/api/events"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(around, timeout=10)
    assert refused.value.code == 403
    assert ask(site, "/api/events", x_origin_secret="forged").status == 200


def test_a_sign_up_code_arrives_in_the_mailbox(site: RunningBoxoffice) -> None:
    cognito, client = site.cloud.client("cognito-idp"), client_id(site.site_url)
    address = f"{uuid.uuid4().hex[:8]}@example.com"
    cognito.sign_up(
        ClientId=client,
        Username=address,
        Password="Correct-Horse-1",
        UserAttributes=[{"Name": "email", "Value": address}],
    )
    mails = wait_for_mail(site, address)
    code = re.search(r"\b\d{6}\b", mails[0]["text"] + mails[0]["html"])
    assert code
    cognito.confirm_sign_up(ClientId=client, Username=address, ConfirmationCode=code.group())


def wait_for_mail(site: RunningBoxoffice, address: str) -> list[dict[str, Any]]:
    async def arrived() -> list[dict[str, Any]]:
        async with asyncio.timeout(10):
            while not (mails := json.loads(ask(site, f"/_local/mail.json?to={address}").body)["mails"]):
                await asyncio.sleep(0.05)
        return list(mails)

    return asyncio.run(arrived())
