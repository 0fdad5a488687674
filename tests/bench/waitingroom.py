"""`make bench-waitingroom`: joins and ticks on the local cloud, places used under the product's own grant rule, cost.

The last line is JSON. Write units of a join are counted by what it sends: one put of one item below 1 KB.
"""

from __future__ import annotations

import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from statistics import quantiles
from typing import Any

import msgspec

from kit import clock, settings
from kit.auth import Person
from kit.clock import to_ms
from local.cloud import LocalCloud
from tests import harness
from tests.bench.onsale_people import EVENT, populate
from tests.bench.onsale_sale import Crowd, Weather, run
from tests.bench.simulate_onsale import API_MS, GB, PRICES
from tests.local import edge_world
from tests.local.edge_world import World, behavior, cache_policy
from waitingroom import lining_up, ranks, readiness, rooms, sessions, ticking
from waitingroom.room import Room
from waitingroom.waits import POLL_SECONDS_MAX

JOINS, JOINERS = 600, 8
LIVE, READY = 10_000, 100_000
BATCH, WRITERS = 25, 12
TICKS = 10
POLLERS, POLL_SECONDS = 1_000, 60
SECONDS = 1_200


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCloud.start(state_dir=Path(folder)) as cloud,
        harness.on(cloud),
    ):
        joining = join_many()
        ticking_ms = tick_full_room()
    at_rates = {rate: places_used(rate) for rate in (0.1, 0.5, 1.0)}
    million = cost_of_a_million_joins()
    minute = cost_of_a_million_minutes()
    print(f"A million joins: ${million:.2f} = 1e6 x (write + API + Lambda {API_MS} ms at {GB} GB + edge)")
    print(f"A million minutes of waiting: ${minute:.3f} = 1e6 x 60 / {POLL_SECONDS_MAX} s x an edge request, far back")
    result: dict[str, Any] = {
        **joining,
        "tick_ms": ticking_ms,
        "max_live": max(live for _, live in at_rates.values()),
        "capacity": 1_000,
        "utilisation": {str(rate): round(used, 4) for rate, (used, _) in at_rates.items()},
        "origin_polls_per_1000": round(origin_polls(), 1),
        "usd_per_million_joins": round(million, 2),
        "usd_per_million_waiting_minutes": round(minute, 3),
    }
    print(json.dumps(result))


def open_room(capacity: int = LIVE, buckets: int = 64, called: str = ranks.NOBODY) -> Room:
    now_ms = to_ms(clock.now())
    room = Room(
        event_id=EVENT,
        opened_at=now_ms - 60_000,
        draw_at=None,
        secret="00" * 32,
        beacon_round=1,
        capacity=capacity,
        buckets=buckets,
        phase="serving",
        called=called,
        tick_at=now_ms,
    )
    rooms.create(room, "bench")
    return room


def join_many() -> dict[str, float]:
    """Each a person of their own, eight at a time."""
    open_room()
    counted = Units()

    def join(number: int) -> float:
        began = time.perf_counter()
        lining_up.join(EVENT, Person(f"person-{number}", frozenset(), "s"), None, clock.now())
        return (time.perf_counter() - began) * 1000

    with counted, ThreadPoolExecutor(JOINERS) as pool:
        took = list(pool.map(join, range(JOINS)))
    p99 = quantiles(took, n=100)[98]
    print(f"{JOINS} joins, {JOINERS} at a time: p50 {quantiles(took, n=2)[0]:.1f} ms, p99 {p99:.1f} ms", flush=True)
    return {"write_units_per_join": counted.writes / JOINS, "join_p99_ms": round(p99, 1)}


class Units:
    """Counts what is written, by the requests that leave; every item here is below 1 KB."""

    writes = 0

    def __enter__(self) -> None:
        settings.client("dynamodb").meta.events.register("before-call.dynamodb.PutItem", self._count)

    def __exit__(self, *_: object) -> None:
        settings.client("dynamodb").meta.events.unregister("before-call.dynamodb.PutItem", self._count)

    def _count(self, params: dict[str, Any], **_: Any) -> None:
        self.writes += -(-len(json.dumps(json.loads(params["body"])["Item"])) // 1024)


def tick_full_room() -> float:
    """The median of ticks that count 10,000 live sessions and see 100,000 people ready."""
    now = clock.now()
    ends = to_ms(now + timedelta(minutes=30))
    live = [_session(*sessions._key(EVENT, f"live-{number}"), ends) for number in range(LIVE)]
    ranked = (ranks.draw_rank(b"s", EVENT, f"ready-{number}") for number in range(READY))
    ready = [_ready(rank, ends) for rank in ranked]
    write(live + ready)
    before = rooms.load(EVENT)
    rooms.commit(before, with_capacity(before, LIVE + 20 * TICKS))
    took = []
    for _ in range(TICKS):
        began = time.perf_counter()
        room = ticking.tick(EVENT, clock.now())
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(max(0.0, 1 - (time.perf_counter() - began)))
    assert room.live <= room.capacity
    median = sorted(took)[len(took) // 2]
    print(f"{TICKS} ticks, {LIVE:,} live, {READY:,} ready: median {median:.0f} ms", flush=True)
    return round(median, 1)


def with_capacity(room: Room, capacity: int) -> Room:
    return msgspec.structs.replace(room, capacity=capacity, called=ranks.END_OF_DRAW)


def write(items: list[dict[str, Any]]) -> None:
    client, table = settings.client("dynamodb", timeout_seconds=20), _table()

    def batch(first: int) -> None:
        puts = [{"PutRequest": {"Item": item}} for item in items[first : first + BATCH]]
        client.batch_write_item(RequestItems={table: puts})

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(batch, range(0, len(items), BATCH)))
    print(f"{len(items):,} items written", flush=True)


def _session(pk: str, sk: str, ends: int) -> dict[str, Any]:
    numbers = {name: {"N": str(ends)} for name in ("until", "ends", "expires")}
    return {"pk": {"S": pk}, "sk": {"S": sk}, "rank": {"S": "0" * 33}, "tick": {"N": "0"}, **numbers}


def _ready(rank: str, expires: int) -> dict[str, Any]:
    key = {"pk": {"S": readiness._pk(EVENT, rank)}, "sk": {"S": rank}}
    return {**key, "person": {"S": rank[:20]}, "expires": {"N": str(expires)}}


def _table() -> str:
    return settings.env("TABLE_WAITINGROOM")


def places_used(show_rate: float) -> tuple[float, int]:
    """With this part of those called coming: how many of the places were used, and how many at most."""
    seed, people, start = sha256(b"bench").digest(), 150_000, 1_900_000_000_000
    *_, everybody = populate(seed, people, 600, 1.0, 1)
    room = Room(
        event_id=EVENT,
        opened_at=start - 600_000,
        draw_at=start - 1,
        secret="00" * 32,
        beacon_round=1,
        capacity=1_000,
        phase="serving",
        registered=people,
        seed=seed.hex(),
        tick_at=start,
    )
    sale = run(room, everybody.drawn, 10**6, Crowd(show_rate=show_rate), Weather(), SECONDS)
    print(f"Show rate {show_rate}: {sale.utilisation:.1%} of places used, at most {max(sale.curve.live):,}", flush=True)
    return sale.utilisation, max(sale.curve.live)


def origin_polls() -> float:
    """Of a thousand looks at the document, by so many pollers over a minute, how many reach the API."""
    counted = []

    async def poll(world: World) -> None:
        world.origin.headers = {"Cache-Control": "public, max-age=1"}
        for number in range(POLLERS):
            world.now += POLL_SECONDS / POLLERS
            assert (await world.get(f"/api/queue/{EVENT}/now?{number}")).status == 200
        counted.append(len(world.origin.asked))

    edge_world.run(poll, {"DefaultCacheBehavior": behavior({"Ref": "P"})}, {"P": cache_policy((0, 0, 1))})
    print(f"{POLLERS} pollers in {POLL_SECONDS} s: {counted[0]} requests at the origin", flush=True)
    return counted[0] * 1_000 / POLLERS


def cost_of_a_million_joins() -> float:
    lambdas = PRICES["lambda request"] + API_MS / 1000 * GB * PRICES["lambda gb second"]
    edge = 2 * (PRICES["cloudfront request"] + PRICES["cloudfront function"])
    return 1e6 * (PRICES["dynamodb write"] + 2 * PRICES["dynamodb read"] + PRICES["api request"] + lambdas + edge)


def cost_of_a_million_minutes() -> float:
    return 1e6 * 60 / POLL_SECONDS_MAX * PRICES["cloudfront request"]


if __name__ == "__main__":
    main()
