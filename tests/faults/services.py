"""What is behind the AWS client besides tables: each operation as far as the product uses it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from tests import harness
from tests.faults.machine import Failed, Machine
from tests.faults.tables import Refusal

Request = dict[str, Any]
Send = Callable[[str, str, float], None]
EXECUTION_ALREADY_EXISTS = "ExecutionAlreadyExists"


class Services:
    """`serve` answers an operation or raises Refusal. `told` is what left for queues and executions."""

    def __init__(self, machine: Callable[[str], Machine], send: Send) -> None:
        self._machine, self._send = machine, send
        self._objects: dict[str, bytes] = {}
        self._machines: set[str] = set()
        self.mails: list[dict[str, Any]] = []
        self.bad_addresses: set[str] = set()
        """People whose mail is refused."""
        self.told: list[tuple[str, str]] = []

    def serve(self, operation: str, request: Request) -> Request:
        answer: Request | None = getattr(self, f"_{operation.lower()}")(request)
        return answer or {}

    def _getsecretvalue(self, request: Request) -> Request:
        return {"SecretString": harness.SECRETS[request["SecretId"]]}

    def _getparameter(self, request: Request) -> Request:
        return {"Parameter": {"Value": "https://site.example"}}

    def _admingetuser(self, request: Request) -> Request:
        attributes = {"email": f"{request['Username']}@example.com", "email_verified": "true", "name": "A Buyer"}
        return {"UserAttributes": [{"Name": name, "Value": value} for name, value in attributes.items()]}

    def _putobject(self, request: Request) -> None:
        self._objects[request["Key"]] = request["Body"]

    def _getobject(self, request: Request) -> Request:
        body = self._objects[request["Key"]]
        return {"Body": io.BytesIO(body), "ContentLength": len(body)}

    def read_list(self, bucket: str, key: str) -> list[Any]:
        """As a distributed map does."""
        found: list[Any] = json.loads(self._objects[key])
        return found

    def _sendemail(self, request: Request) -> Request:
        [address] = request["Destination"]["ToAddresses"]
        if address.partition("@")[0] in self.bad_addresses:
            raise Refusal("MessageRejected")
        tags = {tag["Name"]: tag["Value"] for tag in request["EmailTags"]}
        self.mails.append({"to": address, "message": tags["message"]})
        return {"MessageId": str(len(self.mails))}

    def _sendmessage(self, request: Request) -> Request:
        self._post(request["QueueUrl"], request)
        return {"MessageId": "1"}

    def _sendmessagebatch(self, request: Request) -> Request:
        for entry in request["Entries"]:
            self._post(request["QueueUrl"], entry)
        return {"Successful": [], "Failed": []}

    def _post(self, queue: str, message: Request) -> None:
        self.told.append((queue, message["MessageBody"]))
        self._send(queue, message["MessageBody"], message.get("DelaySeconds", 0))

    def _startexecution(self, request: Request) -> Request:
        name = request["stateMachineArn"].rpartition(":")[2]
        self._machines.add(name)
        self.told.append((name, request["input"]))
        if not self._machine(name).start(request["name"], json.loads(request["input"])):
            raise Refusal(EXECUTION_ALREADY_EXISTS)
        return {"executionArn": f"execution:{name}:{request['name']}"}

    def _describeexecution(self, request: Request) -> Request:
        *_, machine, name = request["executionArn"].split(":")
        return {"status": self._machine(machine).executions[name].status}

    def _redriveexecution(self, request: Request) -> None:
        *_, machine, name = request["executionArn"].split(":")
        if not self._machine(machine).redrive(name):
            raise Refusal("ExecutionNotRedrivable")

    def _sendtasksuccess(self, request: Request) -> None:
        self._answer(request["taskToken"], json.loads(request["output"]), None)

    def _sendtaskfailure(self, request: Request) -> None:
        self._answer(request["taskToken"], None, Failed(request["error"], request["cause"]))

    def _answer(self, token: str, result: Any, failure: Failed | None) -> None:
        if not any(self._machine(name).answer(token, result, failure) for name in self._machines):
            raise Refusal("TaskTimedOut")
