"""Some hundred orders on the local cloud, its real functions, queues and state machine, while things go wrong:
Stripe refuses, loses its answers and repeats its webhooks, and functions are killed in the middle of their work.

Then all is quiet, and the auditor looks at the same tables and the same book.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import signal
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp

from local.demo.accounts import sign_in
from local.demo.site import client_id
from local.run import RunningBoxoffice
from tests.bench.people import Bought, Crowd, open_evening, pairs_of, sign_up
from tests.faults.auditor import Audit

ORDERS_PER_PERSON = 4
AT_ONCE = 12
DECLINED = "pm_card_chargeDeclinedInsufficientFunds"
PAYS = "pm_card_visa"
DECLINED_SHARE = 0.08
OPERATOR = "operator@boxoffice.example"
QUIET_SECONDS_MAX = 240.0
TROUBLE_EVERY_SECONDS = 0.4
STRIPE = (
    {"how": "429"},
    {"how": "503"},
    {"how": "409", "when": "after"},
    {"how": "reset"},
    {"how": "reset", "when": "after"},
    {"how": "500", "when": "after"},
    {"how": "timeout", "when": "after", "seconds": 8.0},
    {"how": "slow", "seconds": 2.0},
)
WEBHOOKS = ({"copies": 2}, {"copies": 1}, {"delay": 1.5}, {"delay": 0.0}, {"drop_next": 1})
LOOK_EVERY_SECONDS = 5.0
SHOWN_MAX, PAST_MAX = 8, 24
EXCUSED = ("I4",)
"""A hold whose card was declined is its buyer's for minutes yet."""


@dataclass
class Cloud:
    """The local cloud as the auditor sees a world."""

    site: RunningBoxoffice
    history: dict[Any, Any] = field(default_factory=dict)
    sold_at: dict[Any, Any] = field(default_factory=dict)
    owners: dict[Any, Any] = field(default_factory=dict)
    counted_most: dict[Any, int] = field(default_factory=dict)
    unpaid: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tables = self
        self.bank = SimpleNamespace(all=self._objects)
        self.clock = SimpleNamespace(now=datetime.now(UTC))
        self.deliveries = SimpleNamespace(webhooks=[], dead_letters=self._dead_letters())
        executions = {one["name"]: SimpleNamespace(state="?", **_lower(one)) for one in self.executions()}
        self.machines = {"purchase": SimpleNamespace(executions=executions)}
        self.services = SimpleNamespace(told=[])
        self._state = self.site.stripe.standin.ask("state") if self.site.stripe.standin else {}

    def scan(self, context: str) -> list[dict[str, Any]]:
        client = self.site.cloud.client("dynamodb")
        [name] = [name for name in client.list_tables()["TableNames"] if context in name.lower()]
        pages = client.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def executions(self) -> list[dict[str, Any]]:
        client = self.site.cloud.client("stepfunctions")
        machines = client.list_state_machines()["stateMachines"]
        [arn] = [one["stateMachineArn"] for one in machines if "purchase" in one["stateMachineArn"].lower()]
        pages = client.get_paginator("list_executions").paginate(stateMachineArn=arn)
        return [one for page in pages for one in page["executions"]]

    def past(self, execution: str) -> str:
        """The last states and failures of an execution."""
        history = self.site.cloud.client("stepfunctions").get_execution_history(
            executionArn=execution, reverseOrder=True, maxResults=PAST_MAX
        )
        told = []
        for event in reversed(history["events"]):
            details: dict[str, Any] = next((event[key] for key in event if key.endswith("EventDetails")), {})
            if what := details.get("name") or details.get("error"):
                told.append(f"{event['timestamp']:%H:%M:%S} {what}")
        return " → ".join(told)

    def _objects(self, kind: str) -> list[dict[str, Any]]:
        return list(self._state[f"{kind}s"])

    def _dead_letters(self) -> list[tuple[str, str]]:
        client = self.site.cloud.client("sqs")
        found = []
        for url in client.list_queues().get("QueueUrls", []):
            if "dead" in url.lower():
                messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
                found += [(url.rpartition("/")[2], message["Body"]) for message in messages]
        return found


def _lower(execution: dict[str, Any]) -> dict[str, Any]:
    return {"name": execution["name"], "status": execution["status"]}


def run(orders: int, seed: int) -> dict[str, Any]:
    """So many orders with trouble; what became of them, and what the auditor says."""
    with RunningBoxoffice.start(demo="small", on_progress=_say) as site:
        event_id = open_evening(site, max(2_000, orders * 5))
        pairs = pairs_of(site, event_id)
        _say("Signing people up")
        tokens = sign_up(site, orders // ORDERS_PER_PERSON + 1, f"faults-{secrets.token_hex(3)}")
        trouble = Counter[str]()
        bought = asyncio.run(_buy(site, event_id, tokens, pairs, orders, random.Random(seed), trouble))
        _say(f"{len(bought)} orders: {dict(Counter(one.status for one in bought))}; trouble: {dict(trouble)}")
        _wait_until_quiet(site)
        found = [one for one in Audit(Cloud(site)).violations() if one.partition(" ")[0] not in EXCUSED]  # type: ignore[arg-type]
    return {"orders": len(bought), "violations": found, "trouble": dict(trouble)}


async def _buy(
    site: RunningBoxoffice,
    event_id: str,
    tokens: list[str],
    pairs: list[list[str]],
    orders: int,
    chance: random.Random,
    trouble: Counter[str],
) -> list[Bought]:
    seats = iter(pairs)
    found: list[Bought] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        crowd = Crowd(site, http, event_id)
        going_wrong = asyncio.create_task(_go_wrong(site, chance, trouble))
        waiting = iter(tokens)

        async def buy() -> None:
            for token in waiting:
                for _ in range(ORDERS_PER_PERSON):
                    if len(found) < orders:
                        found.extend(await _one_after_another(crowd, token, next(seats), chance))

        try:
            await asyncio.gather(*(buy() for _ in range(AT_ONCE)))
        finally:
            going_wrong.cancel()
    return found


async def _one_after_another(crowd: Crowd, token: str, seats: list[str], chance: random.Random) -> list[Bought]:
    """A hold and an order for it; where the card was declined, another order."""
    hold_id = await crowd.hold(token, seats)
    cards = (DECLINED, PAYS) if chance.random() < DECLINED_SHARE else (PAYS,)
    found: list[Bought] = []
    for card in cards:
        if not found or found[-1].status == "failed":
            found.append(await crowd.see_to_the_end(token, await crowd.order(token, hold_id, card)))
    return found


async def _go_wrong(site: RunningBoxoffice, chance: random.Random, trouble: Counter[str]) -> None:
    """Every now and then something."""
    standin = site.stripe.standin
    assert standin
    while True:
        await asyncio.sleep(chance.expovariate(1 / TROUBLE_EVERY_SECONDS))
        what = chance.random()
        if what < 0.5:
            fault = chance.choice(STRIPE)
            await asyncio.to_thread(standin.ask, "faults", {"path": "/v1/*", **fault})
            trouble[f"stripe {fault['how']}"] += 1
        elif what < 0.75:
            await asyncio.to_thread(standin.ask, "webhooks", dict(chance.choice(WEBHOOKS)))
            trouble["webhooks"] += 1
        elif await asyncio.to_thread(_kill_a_function, site.cloud.process_id, chance):
            trouble["function killed"] += 1


def _kill_a_function(cloud_pid: int, chance: random.Random) -> bool:
    """One of the processes in which functions run, whatever it does this moment."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    family, leaves = [cloud_pid], []
    while family:
        pid = family.pop()
        below = children.get(pid, [])
        family += below
        if not below and pid != cloud_pid and b"lambda_worker" in _command(pid):
            leaves.append(pid)
    if not leaves:
        return False
    with suppress(ProcessLookupError):
        os.kill(chance.choice(sorted(leaves)), signal.SIGKILL)
    return True


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _wait_until_quiet(site: RunningBoxoffice) -> None:
    """No order open, no execution running, no payment on its way. An operator answers what waits for one: ten minutes
    of a review are longer than anybody waits here.
    """
    assert site.stripe.standin
    operator = sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), OPERATOR)
    site.stripe.standin.ask("webhooks", {"copies": 1, "delay": 0.0, "drop_next": 0})
    give_up_at = time.monotonic() + QUIET_SECONDS_MAX
    while time.monotonic() < give_up_at:
        cloud = Cloud(site)
        waited_for = list(_not_ended(cloud))
        if not waited_for:
            break
        _say("\n".join(f"  {one}" for one in waited_for[:SHOWN_MAX]))
        _say(f"  {len(waited_for)} have not ended")
        _approve_what_waits(site, operator)
        time.sleep(LOOK_EVERY_SECONDS)
    time.sleep(5)  # what follows an order's end: mails, the last webhooks


def _approve_what_waits(site: RunningBoxoffice, operator: str) -> None:
    for review in _ask(site, operator, "/operator/reviews")["reviews"]:
        order_id = review["order"]["orderId"]
        _say(f"  {order_id} is approved by an operator")
        with suppress(urllib.error.HTTPError):  # the wait is over, or its function was killed: the next look tells
            _ask(site, operator, f"/operator/reviews/{order_id}", {"decision": "approve"})


def _ask(site: RunningBoxoffice, token: str, path: str, body: Any = None) -> Any:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    sent = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"{site.site_url}/api{path}", sent, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _not_ended(cloud: Cloud) -> Iterator[str]:
    """Each order that is open and each execution that runs, with what happened to it so far."""
    executions = {one["name"]: one for one in cloud.executions()}
    orders = {item["pk"]["S"][2:]: item for item in cloud.scan("orders") if item["sk"] == {"S": "ORDER"}}
    running = {name for name, one in executions.items() if one["status"] == "RUNNING"}
    for order_id in sorted(running | {order_id for order_id, item in orders.items() if "open" in item}):
        order, execution = orders.get(order_id), executions.get(order_id)
        said = order["status"]["S"] if order else "no order"
        if execution:
            said += f", {execution['status']}: {cloud.past(execution['executionArn'])}"
        yield f"{order_id} {said}" if execution else f"{order_id} {said}, never started"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    outcome = run(asked.orders, asked.seed)
    for violation in outcome["violations"][:40]:
        print(violation)
    told = {"orders": outcome["orders"], "violations": len(outcome["violations"])}
    print(json.dumps(told | {"seconds": round(time.monotonic() - began, 1)}))
    return 1 if outcome["violations"] else 0


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
