"""`make bench-search`: a hundred thousand events, two thousand questions, and PostgreSQL beside us in the same run.

Ours is measured in the function: from the event of the HTTP API to its answer in JSON, total and facets included.
`search_cpu_p99_ms` and `cold_cpu_ms` count the processor's time alone, for machines that do something else meanwhile.
Recall at ten is over questions whose right answers are known, most of them mistyped, unfinished or without accents.
`freshness_s` is the longest a change of so large a season takes, a sum of what `freshness` lists: the stream's window
and a reader's sleep as they are set, and, measured, publishing with everything else in place and opening the new index.
`freshness_seen_s` is no sum: an event is created on the running product, and asked for until it is found. The last line
is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import msgspec

from catalog.charts import encode
from infra.triggers import Stream
from infra.wiring import WIRING
from kit.decode import build
from local.demo.accounts import sign_in
from local.demo.houses import houses
from local.demo.season import SMALL, event
from local.demo.site import Site, client_id
from local.run import RunningBoxoffice
from search import publish_index, search_events, snapshots
from search.asking import EventsQuery, understand
from search.index import build_index
from search.index_file import open_index, save_index
from search.listing import EventSummary
from search.serving import SLEPT, serving
from search.suggest_events import SuggestQuery, suggest_events
from tests import harness
from tests.bench import postgres
from tests.bench.search_world import CATEGORIES, NOW, PLACES, Question, labelled, season

PAGE = 10
COLD_RUNS = 5
LABELLED_SHARE = 0.5
ORGANIZER = "organizer@boxoffice.example"


@dataclass(frozen=True)
class Asked:
    """A question as the API takes it; `meant` where the right answers are known."""

    query: dict[str, str]
    kind: str
    meant: frozenset[str] = frozenset()


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--venues", type=int, default=11_000)
    parser.add_argument("--questions", type=int, default=2_000)
    wanted = parser.parse_args()
    _say(f"Making up {wanted.events:,} events at {wanted.venues:,} venues")
    events = season(wanted.events, wanted.venues)
    asked = questions(events, wanted.questions)
    with harness.aws(), harness.at(NOW), tempfile.TemporaryDirectory() as folder:
        figures = _build(events, Path(folder))
        figures |= _fresh(events)
        figures |= _ask_us(asked)
    with tempfile.TemporaryDirectory() as folder:
        figures |= _cold(events, Path(folder))
    figures |= _ask_postgres(events, asked)
    figures |= _seen()
    print(json.dumps({"events": len(events), "questions": len(asked), **figures}), flush=True)


def questions(events: Sequence[EventSummary], count: int, seed: int = 600) -> list[Asked]:
    """Half of them about something known; the rest as people browse."""
    draw = random.Random(seed)
    known = [_typed(question) for question in labelled(list(events), round(count * LABELLED_SHARE))]
    browsing = [draw.choice(BROWSING)(draw) for _ in range(count - len(known))]
    mixed = known + browsing
    draw.shuffle(mixed)
    return mixed


def _typed(question: Question) -> Asked:
    return Asked({"keyword": question.keyword}, question.kind, question.meant)


def _city(draw: random.Random) -> str:
    return draw.choice(PLACES)[0]


def _point(draw: random.Random) -> str:
    _, _, _, latitude, longitude = draw.choice(PLACES)
    return f"{latitude + draw.gauss(0, 0.3):.2f},{longitude + draw.gauss(0, 0.3):.2f}"


BROWSING: tuple[Callable[[random.Random], Asked], ...] = (
    lambda draw: Asked({"city": _city(draw), "category": draw.choice(CATEGORIES)}, "city and category"),
    lambda draw: Asked({"date": draw.choice(("tonight", "this-weekend", "next-week", "this-month"))}, "a day"),
    lambda draw: Asked({"latlong": _point(draw), "radius": str(draw.choice((25, 100, 500)))}, "near a point"),
    lambda draw: Asked({"latlong": _point(draw), "radius": "200", "sort": "distance"}, "nearest"),
    lambda draw: Asked({"sort": draw.choice(("date", "price", "announced")), "page": str(draw.randrange(5))}, "all"),
    lambda draw: Asked({"priceMax": str(draw.randrange(1500, 8000)), "availability": "available,few"}, "affordable"),
    lambda draw: Asked({"keyword": draw.choice(("the", "a", "live", "s", "tour", "in concert"))}, "broad words"),
    lambda draw: Asked({"keyword": f"{draw.choice(CATEGORIES)} tonight", "city": _city(draw)}, "a sentence"),
    lambda draw: Asked({"keyword": "".join(draw.choices("bcdfghjklmnp", k=8))}, "nonsense"),
)


def _build(events: Sequence[EventSummary], folder: Path) -> dict[str, Any]:
    began = time.perf_counter()
    index = build_index(events)
    path = folder / "index"
    save_index(index, path)
    build_s = time.perf_counter() - began
    began = time.perf_counter()
    open_index(path).warm()
    open_ms = (time.perf_counter() - began) * 1000
    index_mb = path.stat().st_size / 1e6
    _say(f"Built in {build_s:.1f} s, {index_mb:.1f} MB, {len(index.words.terms):,} words; opened in {open_ms:.0f} ms")
    return {"build_s": round(build_s, 2), "index_mb": round(index_mb, 1), "open_ms": round(open_ms, 1)}


def _fresh(events: Sequence[EventSummary]) -> dict[str, Any]:
    """One event changes while everything else is in place."""
    publish_index._publish({event.event_id: event for event in events}, None, NOW)
    serving.current(NOW)
    changed = msgspec.structs.replace(events[-1], name="Something Else Altogether")
    began = time.perf_counter()
    publish_index.publish_changes({changed.event_id: changed}, NOW)
    published_s = time.perf_counter() - began
    began = time.perf_counter()
    later = NOW + SLEPT * 2
    found = search_events.search_events(serving.current(later), EventsQuery("something else altogether"), NOW)
    opened_s = time.perf_counter() - began
    assert [event.event_id for event in found.events][:1] == [changed.event_id]
    window_s = _window_seconds()
    freshness_s = window_s + published_s + SLEPT.total_seconds() + opened_s
    _say(
        f"A change: {window_s} s of window, {published_s:.1f} s to publish, {SLEPT.total_seconds():.0f} s asleep, "
        f"{opened_s:.2f} s to open: {freshness_s:.1f} s"
    )
    parts = {
        "window_s_set": window_s,
        "publish_s_measured": round(published_s, 2),
        "asleep_s_set": SLEPT.total_seconds(),
        "open_s_measured": round(opened_s, 2),
    }
    return {"freshness_s": round(freshness_s, 1), "freshness": parts}


def _seen() -> dict[str, Any]:
    """From an event's creation on the local cloud, through stream, index and edge, to the search that finds it."""
    with RunningBoxoffice.start(demo="small", on_progress=_say) as running:
        signed_in = sign_in(running.cloud.client("cognito-idp"), client_id(running.site_url), ORGANIZER)
        site = Site(running.site_url, signed_in)
        house = houses()[SMALL[0].house]
        chart = site.bring_chart(encode(house.chart), "boxoffice")
        wanted = event(SMALL[0], house, site.create_venue(house.venue), chart["hash"], datetime.now(UTC))
        site.wait_until_found(len(SMALL))
        began = time.perf_counter()
        site.create_event(wanted)
        site.wait_until_found(len(SMALL) + 1)
        seen_s = time.perf_counter() - began
    _say(f"On the running product a new event was found after {seen_s:.1f} s")
    return {"freshness_seen_s": round(seen_s, 1)}


def _window_seconds() -> int:
    streams = [trigger for function in WIRING for trigger in function.verbs if isinstance(trigger, Stream)]
    return next(trigger.window_seconds for trigger in streams if trigger.table == "catalog")


def _ask_us(asked: Sequence[Asked]) -> dict[str, Any]:
    def answer(question: Asked) -> list[str]:
        event = harness.http_event(query={**question.query, "size": str(PAGE)})
        said = search_events.handler(event, harness.CONTEXT)
        assert said["statusCode"] == 200, said
        return [found["eventId"] for found in json.loads(said["body"])["events"]] if question.meant else []

    spent: list[float] = []

    def answer_on_the_clock(question: Asked) -> list[str]:
        began = time.process_time()
        found = answer(question)
        spent.append((time.process_time() - began) * 1000)
        return found

    figures = _measured("search", asked, answer_on_the_clock)
    figures["search_cpu_p99_ms"] = round(_quantile(spent, 0.99), 2)
    index = serving.current(NOW)
    times = []
    for question in asked[:500]:
        began = time.perf_counter()
        suggest_events(index, SuggestQuery(question.query.get("keyword", "wien")[:4]), NOW)
        times.append((time.perf_counter() - began) * 1000)
    return figures | {"suggest_p99_ms": round(_quantile(times, 0.99), 2)}


def _ask_postgres(events: Sequence[EventSummary], asked: Sequence[Asked]) -> dict[str, Any]:
    none = {"postgres_p50_ms": None, "postgres_p99_ms": None, "postgres_recall_at_10": None}
    try:
        with postgres.server() as connection:
            began = time.perf_counter()
            postgres.load(connection, events)
            _say(f"PostgreSQL loaded and indexed in {time.perf_counter() - began:.1f} s")

            def answer(question: Asked) -> list[str]:
                query = build({**question.query, "size": str(PAGE)}, EventsQuery, strict=False)
                return postgres.search(connection, understand(query), NOW)

            return _measured("postgres", asked, answer)
    except postgres.NoPostgres as reason:
        _say(f"Skipped: {reason}")
        return none


def _measured(name: str, asked: Sequence[Asked], answer: Callable[[Asked], list[str]]) -> dict[str, Any]:
    """Times over all questions, after some to warm up, and recall over those whose answers are known."""
    for question in asked[:50]:
        answer(question)
    times: dict[str, list[float]] = {}
    recall: dict[str, list[float]] = {}
    for number, question in enumerate(asked, 1):
        began = time.perf_counter()
        found = answer(question)
        times.setdefault(question.kind, []).append((time.perf_counter() - began) * 1000)
        if question.meant:
            right = len(question.meant & set(found[:PAGE])) / min(PAGE, len(question.meant))
            recall.setdefault(question.kind, []).append(right)
        if number % 500 == 0:
            _say(f"  {name}: {number} questions")
    for kind in sorted(times):
        kinds_recall = f", recall {statistics.mean(recall[kind]):.3f}" if kind in recall else ""
        _say(f"  {name}: {kind}: p99 {_quantile(times[kind], 0.99):.1f} ms of {len(times[kind])}{kinds_recall}")
    together = [one for many in times.values() for one in many]
    found_all = [one for many in recall.values() for one in many]
    prefix = "" if name == "search" else f"{name}_"
    return {
        f"{name}_p50_ms": round(_quantile(together, 0.5), 2),
        f"{name}_p99_ms": round(_quantile(together, 0.99), 2),
        f"{prefix}recall_at_10": round(statistics.mean(found_all), 4),
    }


def _cold(events: Sequence[EventSummary], folder: Path) -> dict[str, Any]:
    """Functions that start, one after the other, on an index that lies where S3 would have it."""
    with harness.aws():
        manifest, _ = snapshots.publish(build_index(events), None, NOW)
        storage = boto3.client("s3", region_name=harness.REGION)
        for key in (snapshots.MANIFEST, manifest.key):
            storage.download_file("test-search", key, str(folder / key.rpartition("/")[2]))
    runs = list(_cold_runs(folder))
    cold_ms = statistics.median(run["cold_ms"] for run in runs)
    memory_mb = max(run["memory_mb"] for run in runs)
    _say(f"Cold: {cold_ms:.0f} ms to the first answer, {memory_mb} MB")
    cold_cpu_ms = statistics.median(run["cold_cpu_ms"] for run in runs)
    return {"cold_ms": round(cold_ms), "cold_cpu_ms": round(cold_cpu_ms), "memory_mb": memory_mb}


def _cold_runs(folder: Path) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.bench.search_cold", str(folder)]
    for _ in range(COLD_RUNS):
        run = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        yield json.loads(run.stdout.splitlines()[-1])


def _quantile(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
