"""A state machine's file, run by a clock of ours: Task, Choice, Wait, distributed Map, Retry, Catch, task tokens,
time limits, redrive, a stop by hand.

Knows what our machines use and refuses everything else. `test_machine.py` sends a purchase down the same ways as
moto's engine, which knows no distributed map.
"""

from __future__ import annotations

import copy
import json
import random
import uuid
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.clock import Clock

MACHINES = Path(__file__).parents[2] / "statemachines"
TRANSITION_SECONDS = 0.03
_KNOWN = {
    "Task": "Type Comment Resource Parameters ResultPath OutputPath TimeoutSeconds Retry Catch Next End",
    "Choice": "Type Comment Choices Default",
    "Wait": "Type Comment Seconds SecondsPath Next",
    "Map": "Type Comment MaxConcurrency ToleratedFailurePercentage ItemReader ItemSelector ItemProcessor ResultPath "
    "Next",
    "Succeed": "Type",
    "Fail": "Type Error",
}
_ENDS = {"Succeed": "SUCCEEDED", "Fail": "FAILED"}
_WAITING = "arn:aws:states:::lambda:invoke.waitForTaskToken"


class Failed(Exception):
    """A task's failure: an error's name, and its cause as text."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error, cause)
        self.error, self.cause = error, cause


Invoke = Callable[[str, dict[str, Any]], Any]
"""Runs a state's function; raises Failed."""
ReadList = Callable[[str, str], list[Any]]
"""What a map's list has, by bucket and key."""


class Execution:
    """One run. `states` are those it entered."""

    def __init__(self, name: str, document: dict[str, Any], now: float) -> None:
        self.name, self.document, self.started = name, document, now
        self.status = "RUNNING"
        self.states: list[str] = []
        self.state = ""
        self.tries: dict[int, int] = {}
        self.turn = 0
        """Moves on with every state and try, so that what was meant for an earlier one is told apart."""
        self.token: str | None = None
        self.children: list[Execution] = []
        self.ended: Callable[[], None] = lambda: None


class Machine:
    """All executions of one state machine."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        chance: random.Random,
        invoke: Invoke,
        read_list: ReadList | None = None,
        definition: dict[str, Any] | None = None,
    ) -> None:
        self._definition = definition or json.loads((MACHINES / f"{name}.asl.json").read_text())
        self._clock, self._chance, self._invoke, self._read_list = clock, chance, invoke, read_list
        self.executions: dict[str, Execution] = {}
        self._tokens: dict[str, tuple[Execution, int]] = {}
        self._maps: dict[str, Machine] = {}
        """What each map runs for an item: a machine of its own."""
        for state_name, state in self._definition["States"].items():
            unknown = state.keys() - set(_KNOWN[state["Type"]].split())
            assert not unknown, unknown
            if state["Type"] == "Map":
                processor = state["ItemProcessor"]
                assert processor["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
                assert state["ToleratedFailurePercentage"] == 100
                self._maps[state_name] = Machine(state_name, clock, chance, invoke, definition=processor)

    def start(self, name: str, document: dict[str, Any], ended: Callable[[], None] = lambda: None) -> bool:
        """False where this name was started before. `ended` is called once it has."""
        if name in self.executions:
            return False
        execution = self.executions[name] = Execution(name, document, self._clock.seconds)
        execution.ended = ended
        self._begin(execution, self._definition["StartAt"])
        return True

    def stop(self, name: str) -> None:
        """As somebody does in the console: at once, and what its map runs too."""
        self._stop(self.executions[name])

    def _stop(self, execution: Execution) -> None:
        if execution.status == "RUNNING":
            execution.turn += 1
            execution.status = "ABORTED"
        for child in execution.children:
            self._stop(child)

    def redrive(self, name: str) -> bool:
        """Go on from the state that failed; False where nothing has failed."""
        execution = self.executions[name]
        if execution.status not in ("FAILED", "TIMED_OUT"):
            return False
        execution.status, execution.started = "RUNNING", self._clock.seconds
        self._begin(execution, execution.state)
        return True

    def answer(self, token: str, result: Any = None, failure: Failed | None = None) -> bool:
        """Send a waiting task on; False where nobody waits with this token any more."""
        execution, turn = self._tokens.pop(token, (None, 0))
        if execution is None or not self._is_current(execution, turn):
            return False
        execution.turn += 1
        if failure:
            self._soon(execution, lambda: self._fail(execution, failure))
        else:
            self._soon(execution, lambda: self._succeed(execution, result))
        return True

    def _begin(self, execution: Execution, state: str) -> None:
        started = execution.started
        if limit := self._definition.get("TimeoutSeconds"):
            self._clock.after(limit, lambda: self._time_out(execution, started))
        self._soon(execution, lambda: self._enter(execution, state))

    def _time_out(self, execution: Execution, started: float) -> None:
        if execution.status == "RUNNING" and execution.started == started:
            self._end(execution, "TIMED_OUT")

    def _soon(self, execution: Execution, act: Callable[[], None], seconds: float | None = None) -> None:
        execution.turn += 1
        turn = execution.turn
        wait = self._chance.uniform(0, TRANSITION_SECONDS) if seconds is None else seconds

        def still() -> None:
            if self._is_current(execution, turn):
                act()

        self._clock.after(wait, still)

    def _is_current(self, execution: Execution, turn: int) -> bool:
        return execution.status == "RUNNING" and execution.turn == turn

    def _enter(self, execution: Execution, name: str) -> None:
        execution.state, execution.tries = name, {}
        execution.states.append(name)
        state = self._definition["States"][name]
        if state["Type"] == "Choice":
            chosen = next((rule for rule in state["Choices"] if _holds(rule, execution.document)), None)
            self._go(execution, chosen["Next"] if chosen else state["Default"])
        elif state["Type"] == "Wait":
            seconds = state["Seconds"] if "Seconds" in state else _get(execution.document, state["SecondsPath"])
            self._soon(execution, lambda: self._go(execution, state["Next"]), seconds)
        elif state["Type"] == "Map":
            self._map(execution, state)
        elif state["Type"] in _ENDS:
            self._end(execution, _ENDS[state["Type"]])
        else:
            self._try(execution)

    def _map(self, execution: Execution, state: dict[str, Any]) -> None:
        """Every item of the list as an execution of its own, so many at once, however each of them ends."""
        assert self._read_list
        reader = _filled(state["ItemReader"]["Parameters"], execution.document)
        left = deque(self._read_list(reader["Bucket"], reader["Key"]))
        runs, turn = self._maps[execution.state], execution.turn
        running = 0

        def take_one() -> None:
            nonlocal running
            running += 1
            name = f"{execution.name}/{len(execution.children)}"
            document = _filled(state["ItemSelector"], execution.document, {"$$.Map.Item.Value": left.popleft()})
            runs.start(name, document, one_ended)
            execution.children.append(runs.executions[name])

        def one_ended() -> None:
            nonlocal running
            running -= 1
            if self._is_current(execution, turn):
                if left:
                    take_one()
                elif not running:
                    self._succeed(execution, None)

        for _ in range(min(len(left), state["MaxConcurrency"])):
            take_one()

    def _try(self, execution: Execution) -> None:
        state = self._definition["States"][execution.state]
        execution.turn += 1
        turn, name = execution.turn, execution.state
        waits = state["Resource"] == _WAITING
        token = str(uuid.UUID(int=self._chance.getrandbits(128)))
        if waits:
            self._tokens[token] = (execution, turn)
            self._clock.after(state["TimeoutSeconds"], lambda: self.answer(token, failure=Failed("States.Timeout")))
        given = {"$$.State.Name": name, "$$.Task.Token": token}
        parameters = _filled(state["Parameters"], execution.document, given)
        try:
            result = self._invoke(name, parameters["Payload"] if waits else parameters)
        except Failed as failure:
            self._tokens.pop(token, None)
            if self._is_current(execution, turn):
                self._fail(execution, failure)
            return
        if not waits and self._is_current(execution, turn):
            self._succeed(execution, result)

    def _succeed(self, execution: Execution, result: Any) -> None:
        state = self._definition["States"][execution.state]
        _put(execution.document, state["ResultPath"], result)
        if state.get("End"):
            self._end(execution, "SUCCEEDED")
        else:
            self._go(execution, state["Next"])

    def _end(self, execution: Execution, status: str) -> None:
        execution.turn += 1
        execution.status = status
        execution.ended()

    def _fail(self, execution: Execution, failure: Failed) -> None:
        state = self._definition["States"][execution.state]
        for number, retry in enumerate(state.get("Retry", ())):
            if _matches(retry, failure):
                if (tried := execution.tries.get(number, 0)) < retry["MaxAttempts"]:
                    execution.tries[number] = tried + 1
                    assert retry["JitterStrategy"] == "FULL"
                    pause = min(retry["IntervalSeconds"] * retry["BackoffRate"] ** tried, retry["MaxDelaySeconds"])
                    self._soon(execution, lambda: self._try(execution), self._chance.uniform(0, pause))
                    return
                break
        for catch in state.get("Catch", ()):
            if _matches(catch, failure):
                _put(execution.document, catch["ResultPath"], {"Error": failure.error, "Cause": failure.cause})
                self._go(execution, catch["Next"])
                return
        self._end(execution, "FAILED")

    def _go(self, execution: Execution, name: str) -> None:
        self._soon(execution, lambda: self._enter(execution, name))


def _matches(rule: dict[str, Any], failure: Failed) -> bool:
    return failure.error in rule["ErrorEquals"] or "States.ALL" in rule["ErrorEquals"]


def _filled(template: Any, document: dict[str, Any], given: dict[str, Any] | None = None) -> Any:
    """`given`: what the context object tells."""
    if not isinstance(template, dict):
        return template
    filled = {}
    for name, value in template.items():
        if not name.endswith(".$"):
            filled[name] = _filled(value, document, given)
        elif given and value in given:
            filled[name[:-2]] = given[value]
        else:
            filled[name[:-2]] = copy.deepcopy(_get(document, value))
    return filled


def _get(document: Any, path: str) -> Any:
    assert path.startswith("$."), path
    for name in path[2:].split("."):
        document = document[name]
    return document


def _put(document: dict[str, Any], path: str | None, value: Any) -> None:
    if path is not None:
        assert path.startswith("$.") and "." not in path[2:], path
        document[path[2:]] = value


def _holds(rule: dict[str, Any], document: dict[str, Any]) -> bool:
    if "Or" in rule:
        return any(_holds(one, document) for one in rule["Or"])
    value = _get(document, rule["Variable"])
    if "NumericGreaterThan" in rule:
        return bool(value > rule["NumericGreaterThan"])
    [wanted] = [wanted for name, wanted in rule.items() if name in ("StringEquals", "BooleanEquals")]
    return bool(value == wanted)
