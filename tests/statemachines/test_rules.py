"""What every state machine of the house keeps, beside the house rules: valid, in time, given what it takes."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest

from infra.app_stack import states_of
from infra.triggers import Step
from infra.wiring import WIRING
from inventory import Purchase
from orders.changing import OrderChange
from orders.launching import Return
from orders.order import LEASE

ROOT = Path(__file__).parents[2]
MACHINES = sorted(ROOT.glob("statemachines/*.asl.json"))
VALIDATOR = ROOT / "infra/node_modules/.bin/asl-validator"
INPUT: dict[str, type[msgspec.Struct]] = {"purchase": Purchase, "cancellation": Return, "event-change": OrderChange}
ON_THE_WAY = {"error", "challenge", "recalled.cancellationId", "recalled.refundId"}
CASES = [
    pytest.param(path.name.partition(".")[0], name, state, id=f"{path.name.partition('.')[0]}-{name}")
    for path in MACHINES
    for name, state in states_of(json.loads(path.read_text()))
    if state["Type"] == "Task"
]
tasks = pytest.mark.parametrize(("machine", "name", "task"), CASES)


@pytest.mark.skipif(not VALIDATOR.exists(), reason="the ASL validator is not installed: npm ci in infra/")
@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_it_is_valid_asl(path: Path) -> None:
    ran = subprocess.run([VALIDATOR, "--json-path", path], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@tasks
def test_a_state_gets_what_its_verb_takes(machine: str, name: str, task: dict[str, Any]) -> None:
    wanted = next(iter(get_type_hints(_verb(name).handler.__wrapped__).values()))
    required = {field.encode_name for field in msgspec.structs.fields(wanted) if field.required}
    parameters = task["Parameters"]["Payload"] if waits(task) else task["Parameters"]
    passed = {key.removesuffix(".$"): value for key, value in parameters.items()}
    assert passed.pop("step") == "$$.State.Name"
    assert passed.pop("taskToken", None) == ("$$.Task.Token" if waits(task) else None)
    required -= {"taskToken"}
    assert required <= set(passed)
    given = {f"$.{field.encode_name}" for field in msgspec.structs.fields(INPUT[machine])}
    assert set(passed.values()) <= given | {f"$.{key}" for key in ON_THE_WAY}


@tasks
def test_a_state_ends_in_time_and_is_tried_again(machine: str, name: str, task: dict[str, Any]) -> None:
    assert task["TimeoutSeconds"] >= _timeout_of_its_function(name)
    *refusals, again = task["Retry"]
    assert all(retry["MaxAttempts"] == 0 for retry in refusals)
    assert (again["ErrorEquals"], again["JitterStrategy"]) == (["States.ALL"], "FULL")
    assert again["MaxAttempts"] >= 1 and again["BackoffRate"] > 1
    assert ("States.Timeout" in str(refusals)) == waits(task), "a wait is over when its time is over"


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_the_comment_adds_up(path: Path) -> None:
    """Every duration in the comment is the sum of what stands in the states."""
    machine = json.loads(path.read_text())
    said, seconds = machine["Comment"], machine["TimeoutSeconds"]
    of_each = [state["ItemProcessor"] for state in machine["States"].values() if "ItemProcessor" in state]
    [machine] = of_each or [machine]
    states = machine["States"]
    longest = {name: _longest(state) for name, state in states.items()}
    assert [name for name, seconds in longest.items() if seconds and f"{name} {seconds} s" not in said] == []
    in_all = max(sum(longest[name] for name in way) for way in _ways(states, machine["StartAt"]))
    assert f"in all {in_all} s" in said
    assert in_all < seconds


def test_a_purchase_takes_less_than_the_lease() -> None:
    machine = json.loads((ROOT / "statemachines/purchase.asl.json").read_text())
    states, said = machine["States"], machine["Comment"]
    straight_on = sum(_longest(states[name]) for name in _straight_on(states, machine["StartAt"]))
    assert f"together {straight_on} s" in said
    assert straight_on < LEASE.total_seconds()


def waits(task: dict[str, Any]) -> bool:
    """It goes on when somebody sends its token back."""
    return str(task["Resource"]).endswith(".waitForTaskToken")


def _verb(state: str) -> Any:
    file = re.sub(r"(?<!^)(?=[A-Z])", "_", state).lower()
    [path] = ROOT.glob(f"functions/*/{file}.py")
    return importlib.import_module(f"{path.parent.name}.{path.stem}")


def _timeout_of_its_function(state: str) -> int:
    [function] = [function for function in WIRING for trigger in function.verbs if trigger == Step(state)]
    return function.timeout_seconds


def _longest(task: dict[str, Any]) -> int:
    """Every try takes all its time, every pause is as long as jitter may make it."""
    if task["Type"] in ("Choice", "Fail"):
        return 0
    again = task["Retry"][-1]
    pauses = [
        min(again["IntervalSeconds"] * again["BackoffRate"] ** i, again["MaxDelaySeconds"])
        for i in range(again["MaxAttempts"])
    ]
    tries = 1 if waits(task) else again["MaxAttempts"] + 1
    return int(task["TimeoutSeconds"] * tries + sum(pauses))


def _straight_on(states: dict[str, Any], name: str) -> list[str]:
    following = states[name].get("Next")
    return [name, *(_straight_on(states, following) if following else [])]


def _ways(states: dict[str, Any], name: str) -> list[list[str]]:
    """All ways through the machine from this state to an end."""
    state = states[name]
    branches = {rule["Next"] for rule in (*state.get("Catch", ()), *state.get("Choices", ()))}
    following = branches | {state.get("Next"), state.get("Default")} - {None}
    ways = [way for next_name in following for way in _ways(states, next_name)]
    return [[name, *way] for way in ways] + ([[name]] if state.get("End") or state["Type"] == "Fail" else [])
