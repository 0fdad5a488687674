"""The product in one process: `wiring`'s triggers, the state machine, and a cloud behind the AWS client."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import json
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest import mock

import botocore.client
from aws_lambda_powertools.utilities.idempotency import base as idempotency
from aws_lambda_powertools.utilities.idempotency.persistence import base, datarecord, dynamodb
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from stripe import _http_client

from infra.triggers import Schedule, Step
from infra.wiring import WIRING
from inventory import sales
from kit import auth, clock, ids, table, telemetry
from local.stripe_standin import book, intents
from payments import gateway
from tests import harness
from tests.faults import bank as banks
from tests.faults.clock import Clock
from tests.faults.deliveries import Deliveries
from tests.faults.machine import Failed, Machine
from tests.faults.pasts import Pasts
from tests.faults.services import Services
from tests.faults.tables import Refusal, Tables
from tests.faults.trouble import Trouble

BEGINS = datetime(2030, 5, 4, 12, tzinfo=UTC)
SWEEPERS = ("SweepOrders", "SweepPayments")
"""Of all schedules those that a purchase needs; reconciling would read the whole of Stripe's book."""
THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "sqs": "RequestThrottled",
    "sesv2": "TooManyRequestsException",
}
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
LATE_SECONDS = (0.0, 1.0, 30.0, 1000.0)
"""After what time a step that was invoked twice runs again, whatever became of its order since."""


SECRETS = ("sk_test_", "whsec_", "_secret_", "pm_", "@example.com", "@boxoffice.example", "eyJ")
"""What must not be said where others read."""


class Crash(BaseException):
    """The process has ended: nothing in it runs any more, no `except`, no next call."""


class _Process:
    def __init__(self, name: str) -> None:
        self.name, self.dead = name, False


class World:
    """Everything, from the clock to the bank. Work in it while `entered`."""

    def __init__(self, seed: int = 1, *, keys: bool = True) -> None:
        self.chance = random.Random(seed)
        self.clock = Clock(BEGINS)
        self.trouble = Trouble(random.Random(seed + 1))
        self.tables = Tables(self._changed)
        self.deliveries = Deliveries(self.clock, self.chance, self.invoke, self.call)
        self.services = Services(self.machine, self.deliveries.send)
        self.bank = banks.Bank(self.deliveries.publish, keys=keys)
        self.machines: dict[str, Machine] = {}
        self.invoked: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()
        """The metrics, from which alarms are made."""
        self.pasts = Pasts()
        self.unpaid: list[str] = []
        """Tickets that were active while their order's money was not taken."""
        self.twice = 0.0
        """How likely a step is invoked twice."""
        self.interleaved = 0.0
        """How likely something else happens in the middle of a call."""
        self.meanwhile: list[tuple[str, str, Callable[[], object]]] = []
        """Planned interruptions: during which verb or state, before which call, what happens."""
        self.calls: Counter[str] = Counter()
        """How many calls each verb or state has made."""
        self.headers: dict[str, str] = {}
        """Of the last answer."""
        self._processes: list[_Process] = []
        self._tokens: dict[str, str] = {}
        self._steps = {
            trigger.name: verb
            for function in WIRING
            for trigger, verb in function.verbs.items()
            if isinstance(trigger, Step)
        }

    @contextmanager
    def entered(self) -> Iterator[World]:
        """The product meets this world instead of AWS, Stripe, the time and chance."""
        for name in (*harness.TABLES, "idempotency"):
            keys = ("pk",) if name == "idempotency" else ("pk", "sk")
            index = harness.INDEXES.get(name)
            self.tables.create(name, keys, {index[0]: (index[1], index[2])} if index else {})
        world, draw = self, self.chance
        bits = SimpleNamespace(
            token_bytes=draw.randbytes,
            randbits=draw.getrandbits,
            choice=draw.choice,
            token_hex=lambda count: draw.randbytes(count).hex(),
            token_urlsafe=lambda count: draw.randbytes(count).hex(),
        )

        class Moment(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return world.clock.now.astimezone(tz) if tz else world.clock.now.astimezone().replace(tzinfo=None)

        times = SimpleNamespace(datetime=Moment, timedelta=dt.timedelta)
        calm = SimpleNamespace(sleep=lambda seconds: None, time=lambda: self.clock.seconds)
        replaced: list[tuple[Any, str, Any]] = [
            (auth, "_fetch_keys", harness._public_keys),
            (auth, "_keys", auth._Keys()),
            (clock, "now", lambda: self.clock.now),
            (table, "time", calm),
            (importlib.import_module("inventory.writes"), "time", calm),
            (sales, "_remembered", {}),
            (ids, "secrets", bits),
            (book, "secrets", bits),
            (intents, "secrets", bits),
            (book, "time", SimpleNamespace(time=lambda: self.clock.now.timestamp())),
            *((module, "dt", times) for module in (idempotency, base, datarecord, dynamodb)),
            (telemetry.metrics, "add_metric", lambda name, unit, value: self.counted.update({name: value})),
            (telemetry.log._logger, "handle", self._note_log),
            (_http_client, "time", calm),
            (*banks.PATCHED, banks.transport(self._stripe)),
            (botocore.client.BaseClient, "_make_api_call", lambda client, *call: self._aws(client, *call)),
        ]
        with ExitStack() as stack:
            stack.enter_context(mock.patch.dict("os.environ", _environment()))
            for what in replaced:
                stack.enter_context(mock.patch.object(*what))
            harness.forget_clients()
            gateway._client_of.cache_clear()
            stack.callback(harness.forget_clients)
            stack.callback(gateway._client_of.cache_clear)
            yield self

    def run(self, seconds: float) -> None:
        self.clock.run(seconds)

    def schedules(self, seconds: float) -> None:
        """Have the sweepers come, each at its own pace, for so long."""
        for function in WIRING:
            for trigger, verb in function.verbs.items():
                if isinstance(trigger, Schedule) and trigger.name in SWEEPERS:
                    pause = 60.0 * trigger.every_minutes
                    act = partial(self.background, trigger.name, verb, {"step": trigger.name})
                    for number in range(1, int(seconds / pause) + 1):
                        self.clock.after(number * pause, act)

    def machine(self, name: str = "purchase") -> Machine:
        if name not in self.machines:
            read_list = self.services.read_list
            self.machines[name] = Machine(name, self.clock, self.chance, self._step, read_list)
        return self.machines[name]

    def invoke(self, name: str, verb: str, event: dict[str, Any]) -> Any:
        """One invocation of a function. Raises Failed, as Lambda tells a handler's exception or its end."""
        process = _Process(name)
        self._processes.append(process)
        self.invoked[name] += 1
        try:
            return importlib.import_module(verb).handler(event, harness.CONTEXT)
        except Crash:
            raise Failed("Runtime.ExitError", "the process ended") from None
        except Exception as error:
            cause = json.dumps({"errorMessage": str(error), "errorType": type(error).__name__})
            raise Failed(type(error).__name__, cause) from error
        finally:
            self._processes.pop()

    def background(self, name: str, verb: str, event: dict[str, Any]) -> None:
        """One invocation that nobody waits for."""
        with contextlib.suppress(Failed):
            self.invoke(name, verb, event)

    def call(self, route: str, verb: str, person: str | None = None, **options: Any) -> tuple[int, Any]:
        """One request of the HTTP API. Raises Failed where the function ends without an answer."""
        headers, groups = options.pop("headers", {}), options.pop("groups", ("fan",))
        if person:
            token = self._tokens.get(person) or self._tokens.setdefault(person, harness.access_token(person, groups))
            headers = {**headers, "authorization": f"Bearer {token}"}
        answer = self.invoke(route, verb, harness.http_event(route=route, headers=headers, **options))
        self.headers = answer["headers"]
        text = answer.get("body")
        return answer["statusCode"], json.loads(text) if text and not answer.get("isBase64Encoded") else text

    def step(self, state: str, document: dict[str, Any]) -> Any:
        """A state's function, as the machine invokes it."""
        return self.invoke(state, self._steps[state], document)

    def _step(self, state: str, document: dict[str, Any]) -> Any:
        if self.chance.random() < self.twice:
            again = partial(self.background, state, self._steps[state], document)
            self.clock.after(self.chance.choice(LATE_SECONDS), again)
        return self.step(state, document)

    def _aws(self, client: Any, operation: str, request: dict[str, Any]) -> Any:
        """The AWS client's boundary."""
        service = client.meta.service_model.service_name
        tables = _tables_of(request) if service == "dynamodb" else ""
        how = self._before("aws", f"{service}.{operation} {tables}".rstrip())
        try:
            answer = self._answer(service, operation, request, how)
        except Refusal as refused:
            if how == "crash-after":
                self._die()
            status = 500 if refused.code in ("InternalServerError", "InternalFailure") else 400
            metadata = {"HTTPStatusCode": status, "HTTPHeaders": {}, "RequestId": "request"}
            error = {"Code": refused.code, "Message": refused.code}
            raised = client.exceptions.from_code(refused.code)
            raise raised({"Error": error, "ResponseMetadata": metadata, **refused.details}, operation) from None
        if how == "crash-after":
            self._die()
        if how == "lost":
            raise ReadTimeoutError(endpoint_url=service)
        return {"ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}}, **answer}

    def _answer(self, service: str, operation: str, request: dict[str, Any], how: str | None) -> dict[str, Any]:
        if how == "crash-before":
            self._die()
        if how == "unreached":
            raise EndpointConnectionError(endpoint_url=service)
        if how == "broken":
            raise Refusal("InternalServerError" if service == "dynamodb" else "InternalFailure")
        if how == "throttled":
            raise Refusal(THROTTLED.get(service, "ThrottlingException"))
        if how == "conflict" and service == "dynamodb" and operation in WRITES:
            if operation == "TransactWriteItems":
                reasons = [{"Code": "TransactionConflict"} for _ in request["TransactItems"]]
                raise Refusal("TransactionCanceledException", CancellationReasons=reasons)
            raise Refusal("TransactionConflictException")
        serve = self.tables.serve if service == "dynamodb" else self.services.serve
        if how == "twice" and operation != "TransactWriteItems":  # a transaction's token tells the second
            with contextlib.suppress(Refusal):
                serve(operation, request)
        return serve(operation, request)

    def _stripe(self, method: str, url: str, headers: Mapping[str, str], post_data: Any) -> Any:
        """The Stripe SDK's boundary."""
        path = url.partition("stripe.com")[2].partition("?")[0]
        how = self._before("stripe", f"stripe {method.upper()} {path}")
        if how == "crash-before":
            self._die()
        answer = self.bank.serve(method, url, headers, post_data, how if how != "crash-after" else None)
        if how == "crash-after":
            self._die()
        return answer

    def _before(self, boundary: str, call: str) -> str | None:
        """What is to happen to this call; sometimes something else goes on meanwhile."""
        if not self._processes:
            return None
        process = self._processes[-1]
        if process.dead:
            raise Crash
        if self.interleaved and len(self._processes) == 1 and self.chance.random() < self.interleaved:
            self.clock.step(self.clock.seconds + 1)
        self._interrupt(process.name, call)
        self.calls[process.name] += 1
        return self.trouble.strike(boundary, process.name, call)

    def _interrupt(self, name: str, call: str) -> None:
        for planned in self.meanwhile:
            during, wanted, act = planned
            if fnmatchcase(name, during) and fnmatchcase(call, wanted):
                self.meanwhile.remove(planned)
                act()
                return

    def _die(self) -> None:
        self._processes[-1].dead = True
        raise Crash

    def _changed(self, name: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        self._note(name, before, after)
        self.deliveries.changed(name, before, after)

    def _note(self, name: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        self.pasts.note(name, before, after, self.clock.now)
        if name == "tickets" and after and after.get("status") == {"S": "active"} and after["sk"]["S"] == "TICKET":
            paid = self.tables.look("payments", after["orderId"]["S"], "payment")
            if paid is None or paid["state"]["S"] != "captured":
                self.unpaid.append(after["pk"]["S"])

    def _note_log(self, record: logging.LogRecord) -> None:
        said = f"{record.getMessage()} {record.__dict__}"
        if any(word in said for word in SECRETS):
            self.services.told.append(("the log", said))


def _environment() -> dict[str, str]:
    named = {f"TABLE_{name.upper()}": name for name in (*harness.TABLES, "idempotency")}
    named |= {f"QUEUE_{name.upper()}": name for name in harness.QUEUES}
    named |= {f"BUCKET_{name.upper()}": name for name in harness.BUCKETS}
    named |= {name: name for name in harness.SECRETS}
    machines = f"arn:aws:states:{harness.REGION}:123456789012:stateMachine"
    named |= {
        f"MACHINE_{name.upper().replace('-', '_')}": f"{machines}:{name}"
        for name in ("purchase", "cancellation", "event-change")
    }
    named |= {"PARAM_SITE_URL": "PARAM_SITE_URL"}
    return harness.ENVIRONMENT | named | {"MAIL_FROM": "box@office.example", "USER_POOL_ID": "pool"}


def _tables_of(request: dict[str, Any]) -> str:
    if "TableName" in request:
        return str(request["TableName"])
    if "RequestItems" in request:
        return "+".join(request["RequestItems"])
    return "+".join(sorted({wanted["TableName"] for write in request["TransactItems"] for wanted in write.values()}))
