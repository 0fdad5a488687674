"""`make bench-map`: the map of a stadium of 50,000 seats, replayed at a rate and live at a running site.

Ends with one JSON object. Fails where a bar is missed. Live lags begin when the function that holds the seats does,
before its write; `live_wrong_seats` counts what any watcher's map shows otherwise than the rows have it.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
import msgspec

from catalog.charts import Chart, encode, seats
from inventory import left, rebuild_map, rows, snapshots
from inventory.seats import is_on_the_map, parse
from kit import clock
from local.cloud import LocalCloud
from local.demo import ORGANIZER
from local.demo.accounts import PASSWORD, sign_in
from local.demo.houses import houses
from local.demo.season import SMALL, event
from local.demo.site import Site, client_id
from local.run import RunningBoxoffice
from local.waking import wake
from pricing import Pricing
from tests import harness
from tests.bench import audience, replay
from tests.bench.charts import stadium
from tests.inventory.house import PRICING, open_event

ROOT = Path(__file__).parents[2]
SEATS = 50_000
CHANGES_PER_SECOND, REPLAY_SECONDS = 1_000, 30
LIVE = audience.Plan(watchers=50, rates=(5, 10, 15, 20, 25, 30, 40, 50, 60, 80), step_seconds=4, seconds=20)
CARRIED = 0.9
"""Of a rate that is carried so much is achieved, and the map follows within the bar."""
PEOPLE = 400
TESTED = 20_000
BARS = {
    "projector_lag_p99_ms": 1_000,
    "snapshot_bytes": 8_193,
    "test_20000_seats_ms": 1,
    "live_wrong_seats": 1,
}
"""What must stay below."""


def main() -> int:
    house = stadium(SEATS)
    with (
        tempfile.TemporaryDirectory() as state_dir,
        LocalCloud.start(state_dir=Path(state_dir)) as cloud,
        harness.on(cloud),
    ):
        say(f"Putting {SEATS:,} seats on sale")
        event_id = open_event(house, pricing=one_price(), now=clock.now())
        measured = replayed(event_id, house) | at_rest(event_id)
    measured |= live(house)
    missed = [f"{name}: {measured[name]}, and not below {bar}" for name, bar in BARS.items() if measured[name] >= bar]
    say("\n".join(["Missed:", *missed]) if missed else "No bar was missed.")
    print(json.dumps(measured), flush=True)
    return len(missed)


def replayed(event_id: str, house: Chart) -> dict[str, Any]:
    """The projector alone, against tables of the local cloud."""
    say(f"Replaying {CHANGES_PER_SECOND:,} seat changes a second for {REPLAY_SECONDS} s")
    sizes = [(section.key, index, size) for section in house.sections for index, size in enumerate(section.row_sizes())]
    found = replay.replay(event_id, sizes, CHANGES_PER_SECOND // replay.SEATS, REPLAY_SECONDS)
    changes = len(found.lags) * replay.SEATS
    result = {
        "replayed_changes": changes,
        "replay_batches": found.batches,
        "write_units_per_change": round(found.units["written"] / changes, 3),
        "read_units_per_change": round(found.units["read"] / changes, 3),
        "projector_cpu_ms_per_change": round(found.cpu_seconds / changes * 1e3, 3),
        "replay_lag_p50_ms": percentile(found.lags, 50),
        "replay_lag_p99_ms": percentile(found.lags, 99),
    }
    say(json.dumps(result))
    return result


def at_rest(event_id: str) -> dict[str, Any]:
    """The snapshot's size as it leaves the edge, and how long it takes to make it again and to ask it for seats.

    Half of the seats, at random, are gone: no bitmap compresses less.
    """
    chance = random.Random(7)
    for section in snapshots.load(event_id, consistent=True).sections:
        newer = {
            index: snapshots.RowBits(row.version + 10**6, chance.getrandbits(size) << (48 - size))
            for index, (row, size) in enumerate(zip(section.rows, section.sizes, strict=True))
        }
        snapshots.record(event_id, section.section, newer)
    left.settle(event_id, clock.now())
    _, answer, _ = harness.call("inventory.show_availability", path={"eventId": event_id})
    body = json.dumps(answer, separators=(",", ":")).encode()
    result = {
        "snapshot_bytes": len(gzip.compress(body, 6)),
        "snapshot_bytes_brotli": len(brotli.compress(body, quality=5)),
        "snapshot_bytes_plain": len(body),
        "test_20000_seats_ms": seats_tested_ms(answer),
    }
    began = time.perf_counter()
    mended = rebuild_map.rebuild_map(event_id, clock.now()).rows_mended
    result |= {"rebuild_ms": round((time.perf_counter() - began) * 1e3), "rebuilt_rows": mended}
    say(json.dumps(result))
    return result


def seats_tested_ms(answer: Any) -> float:
    """As the web client does it: its own class, in Node."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder, "snapshot.json")
        snapshot.write_text(json.dumps(answer))
        command = ["node", str(ROOT / "tests/bench/bitmap.cjs"), str(snapshot), str(TESTED)]
        said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, cwd=ROOT / "web").stdout
    return float(json.loads(said)["ms"])


def live(house: Chart) -> dict[str, Any]:
    """Everything at once, at a running site."""
    with RunningBoxoffice.start(demo="small", on_progress=say) as site:
        wake(site.site_url, site.cloud)
        event_id = put_on_sale(site, house)
        say(f"Signing {PEOPLE} buyers in")
        tokens = buyers(site, PEOPLE)
        seat_ids = [place.seat_id for place in seats(house)]
        say(f"{LIVE.watchers} watchers, and holds at rising rates")
        tables = Tables(site, event_id, house)
        heard = audience.run(site.site_url, event_id, tokens, seat_ids, LIVE, tables, is_carried)
    if not heard.live_lags or not heard.projector_lags:
        raise SystemExit(f"Of {heard.offered} holds nothing was told; refused: {dict(Counter(heard.problems))}")
    result = {
        "offered_holds_per_s": round(heard.offered_per_second, 1),
        "achieved_holds_per_s": round(heard.achieved_per_second, 1),
        "projector_lag_p50_ms": percentile(heard.projector_lags, 50),
        "projector_lag_p99_ms": percentile(heard.projector_lags, 99),
        "projector_lag_samples": len(heard.projector_lags),
        "live_lag_p50_ms": percentile(heard.live_lags, 50),
        "live_lag_p99_ms": percentile(heard.live_lags, 99),
        "live_lag_samples": len(heard.live_lags),
        "live_refetches": heard.refetches,
        "live_wrong_seats": heard.wrong_seats,
        "live_shortest_pause_ms": round(heard.shortest_pause * 1e3),
        "live_problems": dict(Counter(heard.problems)),
    }
    say(json.dumps(result))
    return result


def is_carried(rate: float, heard: audience.Heard) -> bool:
    """Whether the holds are answered as fast as they are asked for, and the map follows."""
    lag = max(heard.projector_lags, default=math.inf) * 1e3
    say(f"{rate:4} holds a second: {heard.achieved_per_second:.1f} achieved, the map {lag:.0f} ms behind at most")
    return heard.achieved_per_second >= CARRIED * rate and lag < BARS["projector_lag_p99_ms"]


class Tables:
    """The inventory's table, looked at from outside."""

    def __init__(self, site: RunningBoxoffice, event_id: str, house: Chart) -> None:
        self._dynamodb, self._event_id = site.cloud.client("dynamodb"), event_id
        self._rows = [
            f"R#{event_id}#{each.key}#{row}" for each in house.sections for row in range(len(each.row_sizes()))
        ]
        [self._table] = [name for name in self._dynamodb.list_tables()["TableNames"] if "inventory" in name.lower()]

    def base_version(self, seat: str) -> int:
        section, row, _ = parse(seat)
        return int(self._get(f"R#{self._event_id}#{section}#{row}", "row", "ver")["N"])

    def version(self, seat: str) -> int:
        section, row, _ = parse(seat)
        return snapshots.RowBits.unpacked(self._get(f"S#{self._event_id}", section, f"r{row}")["B"]).version

    def free(self) -> set[str]:
        """By the rows, which nothing but a write that moves a seat has touched."""
        found: set[str] = set()
        for start in range(0, len(self._rows), 100):
            keys = [{"pk": {"S": pk}, "sk": {"S": rows.SK}} for pk in self._rows[start : start + 100]]
            answer = self._dynamodb.batch_get_item(RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}})
            assert not answer.get("UnprocessedKeys")
            for item in answer["Responses"][self._table]:
                found |= {str(seat) for seat, value in rows.values_of(item).items() if is_on_the_map(value)}
        return found

    def _get(self, pk: str, sk: str, name: str) -> Any:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        return self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)["Item"][name]


def put_on_sale(site: RunningBoxoffice, house: Chart) -> str:
    organizer = Site(site.site_url, sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), ORGANIZER))
    say("Bringing the chart, and putting an event on it on sale")
    chart = organizer.bring_chart(encode(house), "boxoffice")
    small = houses()[SMALL[0].house]
    wanted = event(SMALL[0], small, organizer.create_venue(small.venue), chart["hash"], datetime.now(UTC))
    wanted["pricing"]["prices"] = {"seats": next(iter(wanted["pricing"]["prices"].values()))}
    wanted["onSaleAt"] = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    return organizer.create_event({**wanted, "orphanRule": "off"})


def buyers(site: RunningBoxoffice, count: int) -> list[str]:
    """The access tokens of so many people."""
    cognito, client = site.cloud.client("cognito-idp"), client_id(site.site_url)
    pool_id = cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]

    def join(number: int) -> str:
        email = f"bench-{number}@boxoffice.example"
        cognito.sign_up(ClientId=client, Username=email, Password=PASSWORD)
        cognito.admin_confirm_sign_up(UserPoolId=pool_id, Username=email)
        return sign_in(cognito, client, email)

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(join, range(count)))


def one_price() -> Pricing:
    return msgspec.structs.replace(PRICING, prices={"seats": PRICING.prices["best"]})


def percentile(seconds: Sequence[float], percent: int) -> float:
    """In milliseconds."""
    return round(statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1e3, 1)


def say(step: str) -> None:
    print(step, flush=True)


if __name__ == "__main__":
    sys.exit(main())
