"""A state machine's file, run by a clock of ours: Task, Choice, Retry, Catch, task tokens, time limits, redrive.

Knows what a purchase and a cancellation use and refuses everything else. `test_machine.py` sends it down the same
ways as moto's engine.
"""

from __future__ import annotations

import copy
import json
import random
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.clock import Clock

MACHINES = Path(__file__).parents[2] / "statemachines"
TRANSITION_SECONDS = 0.03
_KNOWN = {
    "Task": "Type Comment Resource Parameters ResultPath TimeoutSeconds Retry Catch Next End",
    "Choice": "Type Comment Choices Default",
}
_WAITING = "arn:aws:states:::lambda:invoke.waitForTaskToken"


class Failed(Exception):
    """A task's failure: an error's name, and its cause as text."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error, cause)
        self.error, self.cause = error, cause


Invoke = Callable[[str, dict[str, Any]], Any]
"""Runs a state's function; raises Failed."""


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


class Machine:
    """All executions of one state machine."""

    def __init__(self, name: str, clock: Clock, chance: random.Random, invoke: Invoke) -> None:
        self._definition = json.loads((MACHINES / f"{name}.asl.json").read_text())
        self._clock, self._chance, self._invoke = clock, chance, invoke
        self.executions: dict[str, Execution] = {}
        self._tokens: dict[str, tuple[Execution, int]] = {}
        for state in self._definition["States"].values():
            unknown = state.keys() - set(_KNOWN[state["Type"]].split())
            assert not unknown, unknown

    def start(self, name: str, document: dict[str, Any]) -> bool:
        """False where this name was started before."""
        if name in self.executions:
            return False
        execution = self.executions[name] = Execution(name, document, self._clock.seconds)
        self._begin(execution, self._definition["StartAt"])
        return True

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
        limit = self._definition["TimeoutSeconds"]
        started = execution.started
        self._clock.after(limit, lambda: self._time_out(execution, started))
        self._soon(execution, lambda: self._enter(execution, state))

    def _time_out(self, execution: Execution, started: float) -> None:
        if execution.status == "RUNNING" and execution.started == started:
            execution.turn += 1
            execution.status = "TIMED_OUT"

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
        else:
            self._try(execution)

    def _try(self, execution: Execution) -> None:
        state = self._definition["States"][execution.state]
        execution.turn += 1
        turn, name = execution.turn, execution.state
        waits = state["Resource"] == _WAITING
        token = str(uuid.UUID(int=self._chance.getrandbits(128)))
        if waits:
            self._tokens[token] = (execution, turn)
            self._clock.after(state["TimeoutSeconds"], lambda: self.answer(token, failure=Failed("States.Timeout")))
        parameters = _filled(state["Parameters"], execution.document, name, token)
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
            execution.turn += 1
            execution.status = "SUCCEEDED"
        else:
            self._go(execution, state["Next"])

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
        execution.turn += 1
        execution.status = "FAILED"

    def _go(self, execution: Execution, name: str) -> None:
        self._soon(execution, lambda: self._enter(execution, name))


def _matches(rule: dict[str, Any], failure: Failed) -> bool:
    return failure.error in rule["ErrorEquals"] or "States.ALL" in rule["ErrorEquals"]


def _filled(template: Any, document: dict[str, Any], state: str, token: str) -> Any:
    if not isinstance(template, dict):
        return template
    filled = {}
    for name, value in template.items():
        if not name.endswith(".$"):
            filled[name] = _filled(value, document, state, token)
        elif value in ("$$.State.Name", "$$.Task.Token"):
            filled[name[:-2]] = state if value == "$$.State.Name" else token
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
    [wanted] = [value for name, value in rule.items() if name in ("StringEquals", "BooleanEquals")]
    return bool(_get(document, rule["Variable"]) == wanted)
