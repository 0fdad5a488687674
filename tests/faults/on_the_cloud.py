"""Some hundred orders on the local cloud, its real functions, queues and state machine, while things go wrong:
Stripe refuses, loses its answers and repeats its webhooks, and functions are killed in the middle of their work.

Then all is quiet, and the auditor looks at the same tables and the same book. The pasts of orders, payments, rows and
claims are read from the tables' streams (I1, I5, I6, I14), how webhooks were answered from Stripe's side (I15), what
was said from logs and executions' inputs (I25). What nothing tells here: that no ticket was valid for an instant before
the money was taken (I8) and that no fraud decision changed (I16), since those tables have no stream; both are looked at
at rest. I24 has nothing to look at, since nothing is called off here (`make bench-refunds` does it on the local cloud).
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
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
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import aiohttp

from fraud.store import DECISION
from local.demo.accounts import sign_in
from local.demo.site import client_id
from local.run import RunningBoxoffice
from tests.bench.people import Bought, Crowd, open_evening, pairs_of, sign_up
from tests.faults.auditor import Audit
from tests.faults.pasts import Pasts

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
MACHINES = ("purchase", "cancellation", "event-change")
STREAMED = ("orders", "payments", "inventory")
TROUBLES_PER_ORDER = 2
"""So that a slow machine, on which each order takes longer, does not meet more of them."""
EXCUSED = ("I4",)
"""A hold whose card was declined is its buyer's for minutes yet."""


class Cloud:
    """The local cloud as the auditor sees a world, once it is `at_rest`."""

    def __init__(self, site: RunningBoxoffice) -> None:
        self.site = site
        self.tables = self
        self.bank = SimpleNamespace(all=lambda kind: list(self._state[f"{kind}s"]))
        self.clock = SimpleNamespace(now=datetime.now(UTC))
        self.pasts = Pasts()
        self.unpaid: list[str] = []
        self._state: dict[str, Any] = {}

    def at_rest(self) -> Self:
        """Read everything."""
        assert self.site.stripe.standin
        self._state = self.site.stripe.standin.ask("state")
        answered = [(one["event"], one["outcome"], _outcome(one)) for one in self._state["deliveries"]]
        self.deliveries = SimpleNamespace(webhooks=answered, dead_letters=self._dead_letters())
        self.machines = {
            name: SimpleNamespace(
                executions={one["name"]: SimpleNamespace(state="?", **_lower(one)) for one in self.executions(name)}
            )
            for name in MACHINES
        }
        self.services = SimpleNamespace(told=[*self._logs(), *self._inputs()])
        self._read_streams()
        for item in self.scan("fraud"):
            if item["sk"]["S"] == DECISION:
                self.pasts.note("fraud", None, item, self.clock.now)
        return self

    def seen(self) -> str:
        """How much there is to judge from: an audit of nothing finds nothing."""
        moves = sum(len(states) for states in self.pasts.history.values())
        webhooks, said = len(self.deliveries.webhooks), len(self.services.told)
        return f"seen: {moves} moves, {len(self.pasts.sold_at)} sales of a seat, {webhooks} webhooks, {said} lines"

    def scan(self, context: str) -> list[dict[str, Any]]:
        client = self.site.cloud.client("dynamodb")
        [name] = [name for name in client.list_tables()["TableNames"] if context in name.lower()]
        pages = client.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def executions(self, machine: str = "purchase") -> list[dict[str, Any]]:
        client = self.site.cloud.client("stepfunctions")
        machines = client.list_state_machines()["stateMachines"]
        [arn] = [one["stateMachineArn"] for one in machines if one["stateMachineArn"].lower().endswith(machine)]
        pages = client.get_paginator("list_executions").paginate(stateMachineArn=arn)
        return [one for page in pages for one in page["executions"]]

    def _read_streams(self) -> None:
        client = self.site.cloud.client("dynamodbstreams")
        for stream in client.list_streams()["Streams"]:
            contexts = [context for context in STREAMED if context in stream["TableName"].lower()]
            shards = client.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
            for context, shard in itertools.product(contexts, shards):
                for change in self._changes(stream["StreamArn"], shard["ShardId"]):
                    at = change["ApproximateCreationDateTime"]
                    self.pasts.note(context, change.get("OldImage"), change.get("NewImage"), at)

    def _changes(self, stream: str, shard: str) -> Iterator[dict[str, Any]]:
        client = self.site.cloud.client("dynamodbstreams")
        iterator = client.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        here = iterator["ShardIterator"]
        while here and (page := client.get_records(ShardIterator=here, Limit=1000))["Records"]:
            yield from (record["dynamodb"] for record in page["Records"])
            here = page.get("NextShardIterator")

    def _logs(self) -> Iterator[tuple[str, str]]:
        client = self.site.cloud.client("logs")
        for page in client.get_paginator("describe_log_groups").paginate():
            for group in page["logGroups"]:
                for events in client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                    yield from ((group["logGroupName"], event["message"]) for event in events["events"])

    def _inputs(self) -> Iterator[tuple[str, str]]:
        client = self.site.cloud.client("stepfunctions")
        for machine in MACHINES:
            for one in self.executions(machine):
                yield machine, client.describe_execution(executionArn=one["executionArn"])["input"]

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

    def _dead_letters(self) -> list[tuple[str, str]]:
        client = self.site.cloud.client("sqs")
        found = []
        for url in client.list_queues().get("QueueUrls", []):
            if "dead" in url.lower():
                messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
                found += [(url.rpartition("/")[2], message["Body"]) for message in messages]
        return found


def _outcome(delivery: dict[str, Any]) -> str:
    """What a webhook was answered, where the answer came through."""
    return str(json.loads(delivery["said"])["outcome"]) if delivery["outcome"] == 200 else str(delivery["outcome"])


def _lower(execution: dict[str, Any]) -> dict[str, Any]:
    return {"name": execution["name"], "status": execution["status"]}


def run(orders: int, seed: int) -> dict[str, Any]:
    """So many orders with trouble; what became of them, and what the auditor says."""
    with RunningBoxoffice.start(demo="small", on_progress=_say) as site:
        event_id = open_evening(site, max(2_000, orders * 5))
        pairs = _in_two_rows(pairs_of(site, event_id))
        _say("Signing people up")
        tokens = sign_up(site, orders // ORDERS_PER_PERSON + 1, f"faults-{secrets.token_hex(3)}")
        trouble = Counter[str]()
        bought = asyncio.run(_buy(site, event_id, tokens, pairs, orders, random.Random(seed), trouble))
        _say(f"{len(bought)} orders: {dict(Counter(one.status for one in bought))}; trouble: {dict(trouble)}")
        _wait_until_quiet(site)
        cloud = Cloud(site).at_rest()
        _say(cloud.seen())
        found = [one for one in Audit(cloud).violations() if one.partition(" ")[0] not in EXCUSED]  # type: ignore[arg-type]
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
        going_wrong = asyncio.create_task(_go_wrong(site, chance, trouble, found))
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


def _in_two_rows(pairs: list[list[str]]) -> list[list[str]]:
    """Every other two of the pairs of two rows exchange a seat, so that half of all orders lie in two rows."""
    rows = [list(row) for _, row in itertools.groupby(pairs, lambda pair: pair[0].rpartition("-")[0])]
    found = []
    for number, ((a, b), (c, d)) in enumerate(zip(*(itertools.chain(*rows[i::2]) for i in (0, 1)), strict=False)):
        found += [[a, d], [c, b]] if number % 2 else [[a, b], [c, d]]
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


async def _go_wrong(site: RunningBoxoffice, chance: random.Random, trouble: Counter[str], found: list[Bought]) -> None:
    """Every now and then something."""
    standin = site.stripe.standin
    assert standin
    while True:
        await asyncio.sleep(chance.expovariate(1 / TROUBLE_EVERY_SECONDS))
        if trouble.total() > TROUBLES_PER_ORDER * (len(found) + AT_ONCE):
            continue
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
