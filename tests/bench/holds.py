"""make bench-holds: four workloads at 1, 16 and 64 clients, at the store and over HTTP.

The last line is one JSON object; `bars` says which promises were kept. Fails where one was not. A run that did not come
to its end has a sentence instead of numbers, and no bar is kept that needs them. `server_cpu_ms_per_hold` is, at the
store, our own code's; over HTTP it is all that the whole local site burns, emulator included. There no function asks
what its calls consume: `function` has the units of the same requests, sent to the same handler in this process. A
Query counts as one read, whatever it brought.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import msgspec

from catalog.charts import encode
from inventory import rows
from inventory.seats import Seat
from kit import clock
from local.cloud import LocalCloud
from local.demo import ORGANIZER, load
from local.demo.accounts import PASSWORD, sign_in
from local.demo.site import Site, client_id
from local.run import RunningBoxoffice
from local.waking import wake
from tests import harness
from tests.bench import crowd, decisions, store
from tests.bench.audit import report
from tests.bench.wishes import WORKLOADS, house, wishes
from tests.inventory.house import PRICING, open_event

CLIENTS = (1, 16, 64)
STORE_TRIES = {1: 100, 16: 800, 64: 800}
"""At sixteen clients so many that the 99th of a hundred is no single answer."""
HTTP_TRIES = {1: 100, 16: 320, 64: 320}
TOTALS = ("double_sold", "torn_holds", "false_rejections")
BARS: dict[str, tuple[str, Callable[[float], bool]]] = {
    **dict.fromkeys(TOTALS, ("0", lambda count: count == 0)),
    "write_units_2_neighbours": ("2", lambda units: units == 2),
    "store_hold_p99_ms_16": ("below 100", lambda ms: ms < 100),
    "handler_cpu_ms": ("below 5", lambda ms: ms < 5),
    "best_available_cpu_ms": ("below 10", lambda ms: ms < 10),
}
VENUE = {
    "name": "Bench",
    "city": "Bonn",
    "countryCode": "DE",
    "timezone": "Europe/Berlin",
    "latitude": 50.7,
    "longitude": 7.1,
}
Report = dict[str, dict[str, dict[str, Any]]]


def main() -> int:
    say("The decision of the best seats, 50,000 seats")
    choosing = decisions.choosing()
    with (
        tempfile.TemporaryDirectory() as state_dir,
        LocalCloud.start(state_dir=Path(state_dir)) as cloud,
        harness.on(cloud),
    ):
        at_store = at_the_store()
        handling = decisions.handling(house())
    over_http = over_the_site()
    runs = [numbers for level in (at_store, over_http) for by in level.values() for numbers in by.values()]
    whole = not any("broken" in numbers for numbers in runs)
    # Whoever wants seats by name, in rows of his own or in those of others; the best of them have numbers of their own.
    by_name = ("spread", "neighbours")
    waits = [at_store[workload]["16"].get("p99_ms", math.inf) for workload in by_name]
    summary: dict[str, Any] = {
        total: sum(numbers[total] for numbers in runs) if whole else None for total in TOTALS
    } | {
        "write_units_2_neighbours": at_store["neighbours"]["1"].get("write_units_per_hold"),
        "store_hold_p99_ms_16": max(waits) if max(waits) < math.inf else None,
        "http_hold_p99_ms_16": over_http["neighbours"]["16"].get("p99_ms"),
        "http_holds_per_s_16": over_http["neighbours"]["16"].get("holds_per_s"),
        "handler_cpu_ms": max(handling[workload]["cpu_ms"] for workload in by_name),
        "best_available_cpu_ms": max(choosing.values()),
    }
    bars = {name: summary[name] is not None and kept(summary[name]) for name, (_, kept) in BARS.items()}
    missed = [f"{name}: {summary[name]}, and not {BARS[name][0]}" for name, kept in bars.items() if not kept]
    say("\n".join(["Missed:", *missed]) if missed else "No bar was missed.")
    workloads = {"store": at_store, "http": over_http, "function": handling, "best_available_cpu_ms": choosing}
    print(json.dumps(summary | {"bars": bars, "workloads": workloads}), flush=True)
    return len(missed)


def at_the_store() -> Report:
    """Each run on an event of its own."""
    measured: Report = {}
    with mock.patch.dict("os.environ", {}):
        for workload, clients in each_run():
            event_id = os.environ[store.EVENT] = open_event(house(), now=clock.now())
            people = [f"p{number}" for number in range(STORE_TRIES[clients])]
            wanted = wishes(workload, people, seed=clients)
            make = store.hold_best if workload == "best_available" else store.hold_named
            with ExitStack() as stack:
                if workload == "best_available":
                    stack.enter_context(store.projecting(event_id))
                with told(measured, "store", workload, clients) as numbers:
                    run = crowd.by_store(make, dict(os.environ), wanted, clients)
                    there = standing(boto3.client("dynamodb"), os.environ["TABLE_INVENTORY"], event_id)
                    numbers |= report(run, there)
    return measured


def over_the_site() -> Report:
    """The same over HTTP, at a running site."""
    measured: Report = {}
    with tempfile.TemporaryDirectory() as state_dir, RunningBoxoffice.start(state_dir=Path(state_dir)) as site:
        load(site.site_url, site.cloud, say, scale="small")
        wake(site.site_url, site.cloud)
        say("Signing buyers in")
        tokens = buyers(site, max(HTTP_TRIES.values()))
        dynamodb = site.cloud.client("dynamodb")
        [table] = [name for name in dynamodb.list_tables()["TableNames"] if "inventory" in name.lower()]
        organizer = Site(site.site_url, sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), ORGANIZER))
        chart = organizer.bring_chart(encode(house()), "boxoffice")
        venue = organizer.create_venue(VENUE)
        for workload, clients in each_run():
            event_id = organizer.create_event(_event(venue, chart["hash"], "off" if workload == "hot" else "lenient"))
            wanted = wishes(workload, list(tokens)[: HTTP_TRIES[clients]], seed=clients)
            before = cpu_seconds(site)
            with told(measured, "http", workload, clients) as numbers:
                run = crowd.by_http(site.site_url, event_id, tokens, wanted, clients)
                burnt = cpu_seconds(site) - before
                numbers |= report(run, standing(dynamodb, table, event_id), burnt)
    return measured


def _event(venue_id: str, chart_hash: str, rule: str) -> dict[str, Any]:
    now = clock.now()
    return {
        "name": "Bench",
        "artist": "Nobody",
        "category": "music",
        "venueId": venue_id,
        "chartHash": chart_hash,
        "startsAt": (now + timedelta(days=30)).isoformat(),
        "onSaleAt": (now - timedelta(minutes=1)).isoformat(),
        "pricing": msgspec.to_builtins(PRICING) | {"prices": {"best": PRICING.prices["best"]}},
        "orphanRule": rule,
    }


def each_run() -> list[tuple[str, int]]:
    return [(workload, clients) for workload in WORKLOADS for clients in CLIENTS]


@contextmanager
def told(measured: Report, level: str, workload: str, clients: int) -> Iterator[dict[str, Any]]:
    """Where a run's numbers go, or the sentence of one that broke."""
    numbers: dict[str, Any] = {}
    measured.setdefault(workload, {})[str(clients)] = numbers
    try:
        yield numbers
    except crowd.Broken as broken:
        numbers["broken"] = str(broken)
    say(f"{level} {workload} {clients}: {json.dumps(numbers)}")


def standing(dynamodb: Any, table: str, event_id: str) -> Mapping[Seat, bytes]:
    items = [item for _, item in store.row_items(dynamodb, table, event_id)]
    return {seat: value for item in items for seat, value in rows.values_of(item).items()}


def buyers(site: RunningBoxoffice, count: int) -> dict[str, str]:
    """So many people with their access tokens."""
    cognito, client = site.cloud.client("cognito-idp"), client_id(site.site_url)

    def join(number: int) -> tuple[str, str]:
        email = f"bench-{number}@boxoffice.example"
        cognito.sign_up(ClientId=client, Username=email, Password=PASSWORD)
        cognito.admin_confirm_sign_up(UserPoolId=pool, Username=email)
        return email, sign_in(cognito, client, email)

    pool = cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    with ThreadPoolExecutor(4) as pool_of_threads:
        return dict(pool_of_threads.map(join, range(count)))


def cpu_seconds(site: RunningBoxoffice) -> float:
    """Of every process of the local cloud, functions included, and of the edge."""
    sessions = {site.cloud.process_id, site.edge.process_id}
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) in sessions:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def say(step: str) -> None:
    print(step, flush=True)


if __name__ == "__main__":
    sys.exit(main())
