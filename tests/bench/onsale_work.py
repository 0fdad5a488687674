"""What the product's own functions take, measured in the run: their processor time, while DynamoDB answers at once."""

from __future__ import annotations

import json
import math
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import msgspec
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from moto.core.models import botocore_stubber

from infra.triggers import Queue
from infra.wiring import WIRING
from kit import auth, clock, settings
from tests import harness
from tests.bench.onsale_people import EVENT, person
from tests.bench.onsale_prices import LIMITS, PRICES
from waitingroom import beacon, join_queue, reading, ticking
from waitingroom.control_room import buckets_for
from waitingroom.room import Room

DYNAMODB_MS = 5
"""A request to it, on the way and there: single-digit milliseconds, as published."""
PAGE_BYTES, PLACE_BYTES = 1 << 20, 150
"""Of an answer at most, as published; of a place."""
VCPU_GB = 1769 / 1024
"""A function of so much memory has a whole processor, one of less its part of it."""
JOINS = 200

Answer = Callable[[str, dict[str, Any]], bytes]


def join_ms(room: Room, gb: float) -> float:
    """How long the function of a join runs: the handler itself, and its requests to DynamoDB."""
    asked = []

    def answer(operation: str, request: dict[str, Any]) -> bytes:
        asked.append(operation)
        return state if operation == "GetItem" and request["Key"]["pk"]["S"].startswith("ROOM#") else b"{}"

    document = msgspec.json.encode(room).decode()
    state = json.dumps({"Item": {"document": {"S": document}, "version": {"N": "1"}}}).encode()
    with _dynamodb(answer):
        events = [
            harness.http_event(path={"eventId": EVENT}, body={"receipt": None}, person=person(number))
            for number in range(JOINS)
        ]
        join_queue.handler(events[0], harness.CONTEXT)
        asked.clear()
        began = time.process_time()
        answers = [join_queue.handler(event, harness.CONTEXT) for event in events]
        took = time.process_time() - began
    assert all(given["statusCode"] == 200 for given in answers), answers[0]
    return 1000 * took / JOINS * max(1, VCPU_GB / gb) + DYNAMODB_MS * len(asked) / JOINS


def bucket_seconds(room: Room, people: int) -> float:
    """How long one function reads a bucket of so many people for the draw."""
    a_page = PAGE_BYTES // PLACE_BYTES
    sizes = [min(a_page, people - first) for first in range(0, people, a_page)]
    pages = iter([_page(size, last=index == len(sizes)) for index, size in enumerate(sizes, 1)])
    with _dynamodb(lambda operation, _: next(pages) if operation == "Query" else b"{}"):
        began = time.process_time()
        reading.read_bucket(room, 0, clock.now())
        took = time.process_time() - began
    return took + DYNAMODB_MS / 1000 * (len(sizes) + 1)


@dataclass(frozen=True)
class Drawing:
    """From the register's close to everybody's rank: grace, reading, and the first round of the beacon after it."""

    bucket_seconds: float
    read_seconds: float
    seconds: float
    reads_per_second: float
    usd: float


def drawing_of(users: int) -> Drawing:
    """By the measured time of a bucket, as many at once as the wiring allows, no faster than the table's quota."""
    buckets = buckets_for(users)
    room = Room(EVENT, 0, 0, "00", 1, buckets=buckets)
    bucket = bucket_seconds(room, math.ceil(users / buckets))
    units = users * PLACE_BYTES / 4096
    seconds = max(bucket * math.ceil(buckets / readers()), units / LIMITS["dynamodb_reads"])
    usd = units * PRICES["dynamodb read"] + buckets * (PRICES["dynamodb write"] + PRICES["lambda request"])
    return Drawing(
        bucket_seconds=bucket,
        read_seconds=seconds,
        seconds=(ticking.GRACE_MS + 2 * beacon.PERIOD_MS) / 1000 + seconds,
        reads_per_second=units / max(1.0, seconds),
        usd=usd + buckets * bucket * VCPU_GB * PRICES["lambda gb second"],
    )


def readers() -> int:
    """So many functions read the register at once, by the wiring."""
    [queue] = [
        trigger
        for function in WIRING
        for trigger, verb in function.verbs.items()
        if verb == "waitingroom.read_register" and isinstance(trigger, Queue)
    ]
    assert queue.max_concurrency is not None
    return queue.max_concurrency


def _page(people: int, last: bool) -> bytes:
    items = [{"sk": {"S": str(uuid.uuid4())}, "came": {"N": "1900000000000"}} for _ in range(people)]
    more = {} if last else {"LastEvaluatedKey": {"pk": {"S": "PLACE"}, **items[-1]}}
    return json.dumps({"Items": items, "Count": people, "ScannedCount": people, **more}).encode()


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


@contextmanager
def _dynamodb(answer: Answer) -> Iterator[None]:
    """Every request that would leave is answered here, also in tests; all that comes before and after it is done."""

    def send(_: URLLib3Session, request: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        content = answer(operation, json.loads(request.body))
        return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, _Body(content))

    tables = {f"TABLE_{name.upper()}": name for name in harness.TABLES}
    with (
        mock.patch.dict("os.environ", harness.ENVIRONMENT | tables),
        mock.patch.object(settings, "secret", harness.SECRETS.__getitem__),
        mock.patch.object(auth, "_fetch_keys", harness._public_keys),
        mock.patch.object(auth, "_keys", auth._Keys()),
        mock.patch.object(URLLib3Session, "send", send),
        mock.patch.object(botocore_stubber, "enabled", new=False),
    ):
        harness.forget_clients()
        yield
    harness.forget_clients()
