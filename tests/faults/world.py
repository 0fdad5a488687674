"""The product in one process: `wiring`'s triggers, the state machine, and a cloud behind the AWS client."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import importlib
import io
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

import botocore.client
from aws_lambda_powertools.utilities.idempotency import base as idempotency
from aws_lambda_powertools.utilities.idempotency.persistence import base, datarecord, dynamodb
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from stripe._http_client import HTTPClient

from infra.triggers import Queue, Schedule, Step, Stream
from infra.wiring import WIRING
from inventory import sales
from kit import auth, clock, ids, table, telemetry
from local.stripe_standin import book, intents
from local.stripe_standin.courier import sign
from payments import gateway
from payments.webhook_event import _SAYS
from tests import harness
from tests.faults import bank as banks
from tests.faults.clock import Clock
from tests.faults.machine import Failed, Machine
from tests.faults.tables import Refusal, Tables
from tests.faults.trouble import Trouble

BEGINS = datetime(2030, 5, 4, 12, tzinfo=UTC)
DELIVERIES_MAX = 5
"""Of a message, before it goes to the dead letters; and of a stream's record."""
VISIBLE_AGAIN_SECONDS = 60.0
WEBHOOK_AGAIN_SECONDS = (5.0, 60.0, 300.0, 1800.0, 7200.0, 14400.0, 28800.0, 43200.0)
NOT_HERE = ("SweepRoom", "ReconcileLedger")
"""Schedules that have nothing to do with a purchase, or read Stripe's whole book."""
STEP_FUNCTIONS = "stepfunctions"
THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "sqs": "RequestThrottled",
    "sesv2": "TooManyRequestsException",
}


class Crash(BaseException):
    """The process has ended: nothing in it runs any more, no `except`, no next call."""


class NoAnswer(Exception):
    """The caller of an API got nothing, or a gateway's 5xx."""


class _Process:
    def __init__(self, name: str) -> None:
        self.name, self.dead = name, False


class World:
    """Everything, from the clock to the bank. Enter it to work in it."""

    def __init__(self, seed: int = 1, *, keys: bool = True) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.clock = Clock(BEGINS)
        self.trouble = Trouble(random.Random(seed + 1))
        self.tables = Tables(self._changed)
        self.bank = banks.Bank(self._publish, keys=keys)
        self.machines: dict[str, Machine] = {}
        self.mails: list[dict[str, Any]] = []
        self.dead_letters: list[tuple[str, str]] = []
        self.sent: list[tuple[str, str]] = []
        self.invoked: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()
        """The metrics, from which alarms are made."""
        self.webhooks: list[tuple[str, int, str]] = []
        """Event, status and outcome of each delivery that was answered."""
        self.history: dict[tuple[str, str, str], list[Any]] = {}
        """By table and key: each state or status that an item has had, in order."""
        self.sold_at: dict[tuple[str, str], datetime] = {}
        self.webhook_delay = (0.1, 2.0)
        self.held_webhooks: list[dict[str, Any]] | None = None
        self.twice = 0.0
        """How likely a message, a record, a webhook or a step comes twice."""
        self.interleaved = 0.0
        """How likely something else happens in the middle of a call."""
        self._processes: list[_Process] = []
        self._objects: dict[str, bytes] = {}
        self._tokens: dict[str, str] = {}
        self._steps = _verbs(Step)
        self._queues = _verbs(Queue)
        self._streams = [
            (trigger, verb)
            for function in WIRING
            for trigger, verb in function.verbs.items()
            if isinstance(trigger, Stream) and trigger.table in ("orders", "payments")
        ]

    @contextmanager
    def entered(self) -> Iterator[World]:
        """The product meets this world instead of AWS, Stripe, the time and chance."""
        names = {f"TABLE_{name.upper()}": name for name in (*harness.TABLES, "idempotency")}
        names |= {f"QUEUE_{name.upper()}": name for name in harness.QUEUES}
        names |= {f"BUCKET_{name.upper()}": name for name in harness.BUCKETS}
        names |= dict.fromkeys(harness.SECRETS) and {name: name for name in harness.SECRETS}
        names |= {
            "MACHINE_PURCHASE": f"arn:aws:states:{harness.REGION}:123456789012:stateMachine:purchase",
            "PARAM_SITE_URL": "PARAM_SITE_URL",
            "MAIL_FROM": "box@office.example",
            "USER_POOL_ID": "pool",
        }
        for name in (*harness.TABLES, "idempotency"):
            keys = ("pk",) if name == "idempotency" else ("pk", "sk")
            index = harness.INDEXES.get(name)
            self.tables.create(name, keys, {index[0]: (index[1], index[2])} if index else {})
        world, bits = self, SimpleNamespace(
            token_bytes=self.chance.randbytes,
            choice=self.chance.choice,
            token_urlsafe=lambda count: self.chance.randbytes(count).hex(),
        )

        class Moment(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return world.clock.now.astimezone(tz) if tz else world.clock.now.astimezone().replace(tzinfo=None)

        times = SimpleNamespace(datetime=Moment, timedelta=dt.timedelta)
        calm = SimpleNamespace(sleep=lambda seconds: None)
        with ExitStack() as stack:
            patch = lambda *what: stack.enter_context(mock.patch.object(*what))  # noqa: E731
            stack.enter_context(mock.patch.dict("os.environ", {**harness.ENVIRONMENT, **names}))
            harness.forget_clients()
            stack.callback(harness.forget_clients)
            patch(auth, "_fetch_keys", harness._public_keys)
            patch(auth, "_keys", auth._Keys())
            patch(clock, "now", lambda: self.clock.now)
            patch(telemetry.metrics, "add_metric", lambda name, unit, value: self.counted.update({name: value}))
            patch(table, "time", calm)
            patch(importlib.import_module("inventory.writes"), "time", calm)
            patch(sales, "_remembered", {})
            patch(ids, "secrets", bits)
            patch(book, "secrets", bits)
            patch(intents, "secrets", bits)
            patch(book, "time", SimpleNamespace(time=lambda: self.clock.now.timestamp()))
            for module in (idempotency, base, datarecord, dynamodb):
                patch(module, "dt", times)
            patch(HTTPClient, "_sleep_time_seconds", lambda client, retries: 0)
            patch(*banks.PATCHED, banks.transport(self._stripe))
            patch(botocore.client.BaseClient, "_make_api_call", lambda client, *call: self._aws(client, *call))
            patch(telemetry.log._logger, "disabled", True)
            gateway._client_of.cache_clear()
            stack.callback(gateway._client_of.cache_clear)
            yield self

    # What runs.

    def run(self, seconds: float) -> None:
        self.clock.run(seconds)

    def schedules(self, seconds: float) -> None:
        """Have the sweepers come, each at its own pace, for so long."""
        for function in WIRING:
            for trigger, verb in function.verbs.items():
                if isinstance(trigger, Schedule) and trigger.name not in NOT_HERE:
                    pause = 60.0 * trigger.every_minutes
                    for number in range(1, int(seconds / pause) + 1):
                        self.clock.after(number * pause, lambda name=trigger.name, verb=verb: self._background(name, verb, {"step": name}))  # type: ignore[misc]

    def invoke(self, name: str, verb: str, event: dict[str, Any]) -> Any:
        """One invocation of a function. Raises Failed, as Lambda tells a handler's exception or its end."""
        process = _Process(name)
        self._processes.append(process)
        self.invoked[name] += 1
        try:
            return importlib.import_module(verb).handler(event, harness.CONTEXT)
        except Crash:
            raise Failed("Runtime.ExitError", "the process ended") from None
        except Exception as error:  # noqa: BLE001  what Lambda does with a handler's exception
            cause = json.dumps({"errorMessage": str(error), "errorType": type(error).__name__})
            raise Failed(type(error).__name__, cause) from error
        finally:
            self._processes.pop()

    def call(self, route: str, verb: str, person: str | None = None, **options: Any) -> tuple[int, Any]:
        """One request of the HTTP API. Raises NoAnswer where the function crashes."""
        headers = options.pop("headers", {})
        if person:
            token = self._tokens.get(person) or self._tokens.setdefault(person, harness.access_token(person))
            headers = {**headers, "authorization": f"Bearer {token}"}
        event = harness.http_event(route=route, headers=headers, **options)
        try:
            answer = self.invoke(route, verb, event)
        except Failed as failed:
            raise NoAnswer(failed.error) from failed
        text = answer.get("body")
        return answer["statusCode"], json.loads(text) if text and not answer.get("isBase64Encoded") else text

    def machine(self, name: str = "purchase") -> Machine:
        if name not in self.machines:
            self.machines[name] = Machine(name, self.clock, self.chance, self._step)
        return self.machines[name]

    def _step(self, state: str, document: dict[str, Any]) -> Any:
        if self.chance.random() < self.twice:
            late = self.chance.choice((0.0, 1.0, 30.0, 1000.0))
            self.clock.after(late, lambda: self._background(state, self._steps[state], document))
        return self.invoke(state, self._steps[state], document)

    def _background(self, name: str, verb: str, event: dict[str, Any]) -> None:
        with contextlib.suppress(Failed):
            self.invoke(name, verb, event)

    # The AWS client's boundary.

    def _aws(self, client: Any, operation: str, request: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        tables = _tables_of(request) if service == "dynamodb" else ""
        how = self._before("aws", f"{service}.{operation} {tables}".rstrip())
        try:
            return self._answer(service, operation, request, how)
        except Refusal as refused:
            message = {"Error": {"Code": refused.code, "Message": refused.code}, **refused.details}
            status = 500 if refused.code in ("InternalServerError", "InternalFailure") else 400
            metadata = {"HTTPStatusCode": status, "HTTPHeaders": {}, "RequestId": "request"}
            raised = client.exceptions.from_code(refused.code)
            raise raised({**message, "ResponseMetadata": metadata}, operation) from None
        finally:
            if how == "crash-after":
                self._die()

    def _answer(self, service: str, operation: str, request: dict[str, Any], how: str | None) -> Any:
        writes = operation in ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
        if how == "crash-before":
            self._die()
        if how == "unreached":
            raise EndpointConnectionError(endpoint_url=service)
        if how == "broken":
            raise Refusal("InternalServerError" if service == "dynamodb" else "InternalFailure")
        if how == "throttled":
            raise Refusal(THROTTLED.get(service, "ThrottlingException"))
        if how == "conflict" and service == "dynamodb" and writes:
            if operation == "TransactWriteItems":
                reasons = [{"Code": "TransactionConflict"} for _ in request["TransactItems"]]
                raise Refusal("TransactionCanceledException", CancellationReasons=reasons)
            raise Refusal("TransactionConflictException")
        serve = self.tables.serve if service == "dynamodb" else getattr(self, f"_{operation.lower()}")
        arguments = (operation, request) if service == "dynamodb" else (request,)
        if how == "twice" and operation != "TransactWriteItems":  # a transaction's token tells the second
            with contextlib.suppress(Refusal):
                serve(*arguments)
        answer = serve(*arguments)
        if how == "lost":
            raise ReadTimeoutError(endpoint_url=service)
        return {"ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}}, **(answer or {})}

    def _before(self, boundary: str, call: str) -> str | None:
        """What is to happen to this call; sometimes something else goes on meanwhile."""
        if not self._processes:
            return None
        process = self._processes[-1]
        if process.dead:
            raise Crash
        if self.interleaved and len(self._processes) == 1 and self.chance.random() < self.interleaved:
            self.clock.step(self.clock.seconds + 1)
        return self.trouble.strike(boundary, process.name, call)

    def _die(self) -> None:
        self._processes[-1].dead = True
        raise Crash

    def _stripe(self, method: str, url: str, headers: Mapping[str, str], post_data: Any) -> Any:
        path = url.partition("stripe.com")[2].partition("?")[0]
        how = self._before("stripe", f"stripe {method.upper()} {path}")
        if how == "crash-before":
            self._die()
        answer = self.bank.serve(method, url, headers, post_data, how if how != "crash-after" else None)
        if how == "crash-after":
            self._die()
        return answer

    # The other services.

    def _getsecretvalue(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"SecretString": harness.SECRETS[request["SecretId"]]}

    def _getparameter(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"Parameter": {"Value": "https://site.example"}}

    def _admingetuser(self, request: dict[str, Any]) -> dict[str, Any]:
        attributes = {"email": f"{request['Username']}@example.com", "email_verified": "true", "name": "A Buyer"}
        return {"UserAttributes": [{"Name": name, "Value": value} for name, value in attributes.items()]}

    def _putobject(self, request: dict[str, Any]) -> dict[str, Any]:
        self._objects[request["Key"]] = request["Body"]
        return {}

    def _getobject(self, request: dict[str, Any]) -> dict[str, Any]:
        body = self._objects[request["Key"]]
        return {"Body": io.BytesIO(body), "ContentLength": len(body)}

    def _sendemail(self, request: dict[str, Any]) -> dict[str, Any]:
        [address] = request["Destination"]["ToAddresses"]
        if address.startswith("refused"):
            raise Refusal("MessageRejected")
        self.mails.append({"to": address, "subject": request["Content"]["Simple"]["Subject"]["Data"]})
        return {"MessageId": str(len(self.mails))}

    def _sendmessage(self, request: dict[str, Any]) -> dict[str, Any]:
        self._send(request["QueueUrl"], request["MessageBody"], request.get("DelaySeconds", 0))
        return {"MessageId": "1"}

    def _sendmessagebatch(self, request: dict[str, Any]) -> dict[str, Any]:
        for entry in request["Entries"]:
            self._send(request["QueueUrl"], entry["MessageBody"], entry.get("DelaySeconds", 0))
        return {"Successful": [], "Failed": []}

    def _startexecution(self, request: dict[str, Any]) -> dict[str, Any]:
        machine = self.machine(request["stateMachineArn"].rpartition(":")[2])
        self.sent.append(("execution", request["input"]))
        if not machine.start(request["name"], json.loads(request["input"])):
            raise Refusal("ExecutionAlreadyExists")
        return {"executionArn": f"execution:{request['name']}"}

    def _describeexecution(self, request: dict[str, Any]) -> dict[str, Any]:
        *_, machine, name = request["executionArn"].split(":")
        return {"status": self.machine(machine).executions[name].status}

    def _redriveexecution(self, request: dict[str, Any]) -> dict[str, Any]:
        *_, machine, name = request["executionArn"].split(":")
        if name not in self.machine(machine).executions:
            raise Refusal("ExecutionDoesNotExist")
        if not self.machine(machine).redrive(name):
            raise Refusal("ExecutionNotRedrivable")
        return {}

    def _sendtasksuccess(self, request: dict[str, Any]) -> dict[str, Any]:
        if not any(one.answer(request["taskToken"], json.loads(request["output"])) for one in self.machines.values()):
            raise Refusal("TaskTimedOut")
        return {}

    def _sendtaskfailure(self, request: dict[str, Any]) -> dict[str, Any]:
        failure = Failed(request["error"], request["cause"])
        if not any(one.answer(request["taskToken"], failure=failure) for one in self.machines.values()):
            raise Refusal("TaskTimedOut")
        return {}

    # Queues, streams and webhooks: at least once, in no order.

    def _send(self, queue: str, body: str, delay: float) -> None:
        self.sent.append((queue, body))
        trigger = next((one for one in self._queues if one == queue), None)
        if trigger is None or queue == "expiries":  # the map's, which nobody looks at here
            return
        for _ in range(1 + (self.chance.random() < self.twice)):
            self.clock.after(delay + self.chance.uniform(0, 0.2), lambda: self.receive(queue, [body]))

    def receive(self, queue: str, bodies: list[str], attempt: int = 1) -> list[str]:
        """One batch; what fails comes again alone, and in the end goes to the dead letters. Answers what failed."""
        records = [
            {"messageId": str(number), "body": body, "eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}}
            for number, body in enumerate(bodies)
        ]
        try:
            answer = self.invoke(queue, self._queues[queue], {"Records": records})
            failed = [bodies[int(one["itemIdentifier"])] for one in answer["batchItemFailures"]]
        except Failed:
            failed = bodies
        for body in failed:
            if attempt >= DELIVERIES_MAX:
                self.dead_letters.append((queue, body))
            else:
                self.clock.after(VISIBLE_AGAIN_SECONDS, lambda body=body: self.receive(queue, [body], attempt + 1))  # type: ignore[misc]
        return failed

    def _changed(self, name: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        self._note(name, before, after)
        for trigger, verb in self._streams:
            kind = "INSERT" if before is None else "MODIFY" if after else "REMOVE"
            image = after or before or {}
            if trigger.table == name and trigger.kind == kind and image["sk"]["S"].startswith(trigger.sk_prefix):
                if image["pk"]["S"].startswith(trigger.pk_prefix):
                    record = {"eventName": kind, "dynamodb": {"SequenceNumber": "1", "NewImage": _as_json(image)}}
                    self._tell(verb, record)

    def _tell(self, verb: str, record: dict[str, Any], attempt: int = 1) -> None:
        def bring(attempt: int) -> None:
            try:
                failed = bool(self.invoke(verb, verb, {"Records": [record]})["batchItemFailures"])
            except Failed:
                failed = True
            if failed and attempt >= DELIVERIES_MAX:
                self.dead_letters.append((verb, json.dumps(record)))
            elif failed:
                self.clock.after(10.0 * attempt, lambda: bring(attempt + 1))

        for _ in range(1 + (self.chance.random() < self.twice)):
            self.clock.after(self.chance.uniform(0.1, 0.5), lambda: bring(1))

    def _publish(self, event: dict[str, Any]) -> None:
        if event["type"] not in _SAYS:
            return
        if self.held_webhooks is not None:
            self.held_webhooks.append(event)
            return
        for _ in range(1 + (self.chance.random() < self.twice)):
            self.clock.after(self.chance.uniform(*self.webhook_delay), lambda: self.deliver(event))

    def deliver(self, event: dict[str, Any], attempt: int = 0) -> str:
        """Stripe delivers an event, again and again until it is taken. What became of it."""
        body = json.dumps(event).encode()
        signature = sign(body, "whsec_local", int(self.clock.now.timestamp()))
        headers = {"stripe-signature": signature}
        status, outcome = 0, ""
        with contextlib.suppress(NoAnswer):
            status, answer = self.call(
                "POST /payments/webhook", "payments.receive_webhook", body=body, headers=headers
            )
            outcome = answer.get("outcome", "") if status == 200 else str(status)
            self.webhooks.append((event["id"], status, outcome))
        if status != 200 and attempt < len(WEBHOOK_AGAIN_SECONDS):
            self.clock.after(WEBHOOK_AGAIN_SECONDS[attempt], lambda: self.deliver(event, attempt + 1))
        return outcome

    def _note(self, name: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        """Keep what the auditor must see happen: an item at rest does not tell its past."""
        item = after or before or {}
        attribute = {"orders": "status", "payments": "state", "fraud": "verdict", "tickets": "status"}.get(name)
        if attribute and attribute in item:
            states = self.history.setdefault((name, item["pk"]["S"], item["sk"]["S"]), [])
            state = after and after[attribute]["S"]
            if not states or states[-1] != state:
                states.append(state)
        if name == "inventory" and item["pk"]["S"].startswith("R#") and before and after:
            for slot, value in after.items():
                if "B" in value and value["B"][:6] == b"\xff" * 6 and before.get(slot) != value:
                    self.sold_at[item["pk"]["S"] + slot, ids.from_bytes("ord", value["B"][6:])] = self.clock.now


def _verbs(kind: type[Any]) -> dict[str, str]:
    return {
        trigger.name: verb for function in WIRING for trigger, verb in function.verbs.items() if isinstance(trigger, kind)
    }


def _tables_of(request: dict[str, Any]) -> str:
    if "TableName" in request:
        return str(request["TableName"])
    if "RequestItems" in request:
        return "+".join(request["RequestItems"])
    return "+".join(sorted({wanted["TableName"] for write in request["TransactItems"] for wanted in write.values()}))


def _as_json(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value for name, value in item.items()
    }
