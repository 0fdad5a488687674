"""`make bench-waitingroom`: joins and ticks on the local cloud, places used under the product's own grant rule, cost.

Joins are timed on a running Boxoffice, over HTTP through the edge. What a join writes and reads is what the local
cloud's DynamoDB says it consumed, whatever part of the product asked. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from kit import clock, settings
from kit.auth import Person
from kit.clock import to_ms
from local.cloud import LocalCloud
from local.run import RunningBoxoffice
from tests import harness
from tests.bench import onsale_work
from tests.bench.onsale_people import EVENT, populate
from tests.bench.onsale_prices import PRICES
from tests.bench.onsale_sale import Crowd, Weather, run
from tests.bench.simulate_onsale import GB
from tests.bench.waitingroom_joins import JOINERS, Units, join_over_http
from tests.local import edge_world
from tests.local.edge_world import World, behavior, cache_policy
from waitingroom import lining_up, ranks, readiness, register, rooms, sessions, ticking
from waitingroom.control_room import buckets_for
from waitingroom.register import Place
from waitingroom.room import CAPACITY, Room
from waitingroom.waits import POLL_SECONDS_MAX, POLL_SECONDS_MIN

COUNTED = 100
"""Joins whose units are counted."""
READY = 100_000
SEED = sha256(b"the draw of the full room").digest()
LEAVING = 20
"""A second, as when 10,000 places are given up after eight minutes each."""
BATCH, WRITERS = 25, 4
TICKS = 10
TICK_WORKERS = 4
"""Of 16 questions at once the emulator, which answers one after the other, would let the last ones time out."""
POLLERS, POLL_SECONDS = 1_000, 60
SHOW_RATES = (0.1, 0.5, 1.0)
SECONDS = 1_200


def main() -> None:
    with RunningBoxoffice.start(demo="small", on_progress=lambda line: print(line, flush=True)) as site:
        p99 = join_over_http(site)
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCloud.start(state_dir=Path(folder)) as cloud,
        harness.on(cloud, TICK_WORKERS=str(TICK_WORKERS)),
    ):
        writes, reads = units_of_a_join()
        ticks = tick_full_room(cloud.process_id)
    used, live = places_used()
    polls = origin_polls()
    million, minutes = cost_of_a_million_joins(writes, reads), cost_of_a_million_minutes()
    result: dict[str, Any] = {
        "write_units_per_join": writes,
        "join_p99_ms": p99,
        "tick_ms": ticks["ms"],
        "max_live": max(ticks["live"], live),
        "capacity": CAPACITY,
        "utilisation": used,
        "origin_polls_per_1000": round(polls, 1),
        "usd_per_million_joins": round(million, 2),
        "usd_per_million_waiting_minutes": round(minutes, 2),
    }
    print(json.dumps(result))


def open_room() -> Room:
    now_ms = to_ms(clock.now())
    room = Room(
        event_id=EVENT,
        opened_at=now_ms - 60_000,
        draw_at=now_ms - 1,
        secret="00" * 32,
        beacon_round=1,
        buckets=buckets_for(CAPACITY + READY),
        phase="serving",
        registered=CAPACITY + READY,
        seed=SEED.hex(),
        called=ranks.END_OF_DRAW,
        tick_at=now_ms,
    )
    rooms.create(room, "bench")
    return room


def units_of_a_join() -> tuple[float, float]:
    """Write and read units, on average of people who each join once, eight at a time."""
    open_room()

    def join(number: int) -> None:
        lining_up.join(EVENT, Person(f"person-{number}", frozenset(), "s"), None, clock.now())

    with Units() as consumed, ThreadPoolExecutor(JOINERS) as pool:
        list(pool.map(join, range(COUNTED)))
    writes, reads = sum(consumed.writes) / COUNTED, sum(consumed.reads) / COUNTED
    print(f"A join consumes {writes:g} write units and {reads:g} read units", flush=True)
    return writes, reads


def tick_full_room(cloud_process: int) -> dict[str, Any]:
    """Ticks, one a second, of a room with 10,000 in it, of whom 20 leave every second, and 100,000 ready.

    All of them are in the register, which is counted on the way.
    """
    ends = to_ms(clock.now() + timedelta(minutes=30))
    ranked = (ranks.draw_rank(SEED, EVENT, f"ready-{number}") for number in range(READY))
    people = [f"live-{number}" for number in range(CAPACITY)] + [f"ready-{number}" for number in range(READY)]
    write([_place(person) for person in people])
    write([_session(number, ends) for number in range(CAPACITY)] + [_ready(rank, ends) for rank in ranked])
    now_ms = to_ms(clock.now())
    write([_session(number, now_ms + number // LEAVING * 1000) for number in range(LEAVING * 2 * TICKS)])
    took, live, granted = [], [], 0
    ours, theirs = time.process_time(), cpu_seconds(cloud_process)
    for _ in range(TICKS):
        began = time.perf_counter()
        room = ticking.tick(EVENT, clock.now())
        took.append((time.perf_counter() - began) * 1000)
        live.append(sessions.count_live(EVENT, clock.now(), ticking.pool()))
        assert max(live[-1], room.live) <= room.capacity == CAPACITY, f"{live[-1]} are in"
        granted += len(room.grants)
        time.sleep(max(0.0, 1 - (time.perf_counter() - began)))
    assert granted, "places became free and nobody was let in"
    median = sorted(took)[len(took) // 2]
    own, emulator = (time.process_time() - ours) / TICKS, (cpu_seconds(cloud_process) - theirs) / TICKS
    print(f"{TICKS} ticks, {CAPACITY:,} live, {READY:,} ready: median {median:.0f} ms, {granted} let in")
    print(f"  of processor time {own * 1000:.0f} ms a tick here, {emulator * 1000:.0f} ms in the emulator", flush=True)
    return {"ms": round(median, 1), "live": max(live)}


def cpu_seconds(process: int) -> float:
    """What a process has used, of Linux's book-keeping."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def write(items: list[dict[str, Any]]) -> None:
    client, table = settings.client("dynamodb", timeout_seconds=20), _table()

    def batch(first: int) -> None:
        puts = [{"PutRequest": {"Item": item}} for item in items[first : first + BATCH]]
        client.batch_write_item(RequestItems={table: puts})

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(batch, range(0, len(items), BATCH)))
    print(f"{len(items):,} items written", flush=True)


def _session(number: int, ends: int) -> dict[str, Any]:
    pk, sk = sessions._key(EVENT, f"live-{number}")
    numbers = {name: {"N": str(ends)} for name in ("until", "ends", "expires")}
    return {"pk": {"S": pk}, "sk": {"S": sk}, "rank": {"S": "0" * 33}, "tick": {"N": "0"}, **numbers}


def _place(person: str) -> dict[str, Any]:
    buckets = buckets_for(CAPACITY + READY)
    item: dict[str, Any] = register._item(EVENT, buckets, Place(person, 0, late=False), clock.now()).serialize()
    return item


def _ready(rank: str, expires: int) -> dict[str, Any]:
    key = {"pk": {"S": readiness._pk(EVENT, rank)}, "sk": {"S": rank}}
    return {**key, "person": {"S": rank[:20]}, "expires": {"N": str(expires)}}


def _table() -> str:
    return settings.env("TABLE_WAITINGROOM")


def places_used() -> tuple[dict[str, float], int]:
    """With these parts of those called coming: how many of the places were used, and how many at most."""
    seed, people, start = sha256(b"bench").digest(), 500_000, 1_900_000_000_000
    *_, everybody = populate(seed, people, 600, 1.0, os.cpu_count() or 1)
    room = Room(
        event_id=EVENT,
        opened_at=start - 600_000,
        draw_at=start - 1,
        secret="00" * 32,
        beacon_round=1,
        phase="serving",
        registered=people,
        seed=seed.hex(),
        tick_at=start,
    )
    used, most = {}, 0
    for rate in SHOW_RATES:
        sale = run(room, everybody.drawn, 10**6, Crowd(show_rate=rate), Weather(), SECONDS)
        used[str(rate)], most = round(sale.utilisation, 4), max(most, *sale.curve.live)
        print(f"Show rate {rate}: {sale.utilisation:.1%} of {CAPACITY:,} places used, at most {max(sale.curve.live):,}")
    return used, most


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


def cost_of_a_million_joins(writes: float, reads: float) -> float:
    """Receipt and join through the edge; of the join its units and its function, as they were measured."""
    room = Room(EVENT, 0, None, "00" * 32, 1, phase="serving")
    join_ms = onsale_work.join_ms(room, GB)
    terms = {
        f"{writes:g} DynamoDB writes": writes * PRICES["dynamodb write"],
        f"{reads:g} reads": reads * PRICES["dynamodb read"],
        "1 API request": PRICES["api request"],
        f"1 Lambda request of {join_ms:.1f} ms at {GB:g} GB": PRICES["lambda request"]
        + join_ms / 1000 * GB * PRICES["lambda gb second"],
        "2 CloudFront requests and functions": 2 * (PRICES["cloudfront request"] + PRICES["cloudfront function"]),
    }
    total = 1e6 * sum(terms.values())
    print(f"A million joins, ${total:.2f} = " + " + ".join(f"{what} ${1e6 * usd:.3f}" for what, usd in terms.items()))
    return total


def cost_of_a_million_minutes() -> float:
    """Of waiting far back, where one asks every ten minutes; near the head it is a hundred times as often."""
    usd = PRICES["cloudfront request"]
    far, near = (1e6 * 60 / seconds * usd for seconds in (POLL_SECONDS_MAX, POLL_SECONDS_MIN))
    formula = f"1e6 x 60 s / {POLL_SECONDS_MAX} s x ${usd:.7f} a CloudFront request"
    print(
        f"A million minutes of waiting, ${far:.2f} = {formula}; near the head, every {POLL_SECONDS_MIN} s, ${near:.2f}"
    )
    return far


if __name__ == "__main__":
    main()
