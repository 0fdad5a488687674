"""The house rules that can be checked: direction of imports, wiring, state machines, sample events."""

import ast
import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from infra.triggers import Step, camel_case
from infra.wiring import WIRING

ROOT = Path(__file__).parents[1]
FUNCTIONS = ROOT / "functions"
KIT = ROOT / "layers/kit/python/kit"
CONTEXTS = sorted(folder.name for folder in FUNCTIONS.iterdir() if (folder / "__init__.py").exists())
MODULES = sorted(FUNCTIONS.rglob("*.py"))
MACHINES = sorted((ROOT / "statemachines").glob("*.asl.json"))
VERBS = sorted({verb for function in WIRING for verb in function.verbs.values()})
STORAGE = {"boto3", "pynamodb"}


def imports(path: Path) -> Iterator[str]:
    """Dotted names a file imports, absolute."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


def context_of(path: Path) -> str:
    return path.relative_to(FUNCTIONS).parts[0]


def entry_points() -> list[str]:
    """`context.verb` of every file that defines a `handler`."""
    return sorted(
        f"{context_of(path)}.{path.stem}"
        for path in MODULES
        if any(
            isinstance(node, ast.FunctionDef) and node.name == "handler" for node in ast.parse(path.read_text()).body
        )
    )


def states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state, nested ones of maps and parallels too."""
    for name, state in machine["States"].items():
        yield name, state
        for inner in (state.get("ItemProcessor"), *state.get("Branches", ())):
            if inner:
                yield from states(inner)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FUNCTIONS)))
def test_a_context_sees_others_only_through_their_front_door(path: Path) -> None:
    own = context_of(path)
    for name in imports(path):
        root, _, rest = name.partition(".")
        assert root not in ("infra", "local", "tests"), f"{path} imports {name}"
        assert root == own or root not in CONTEXTS or not rest, f"{path} imports {name}"


def test_contexts_depend_on_each_other_in_one_direction() -> None:
    graph: dict[str, set[str]] = {context: set() for context in CONTEXTS}
    for path in MODULES:
        graph[context_of(path)] |= {name.partition(".")[0] for name in imports(path)} & set(CONTEXTS)
    TopologicalSorter({context: needs - {context} for context, needs in graph.items()}).prepare()


@pytest.mark.parametrize("path", sorted(KIT.glob("*.py")), ids=lambda path: path.stem)
def test_the_kit_imports_no_context(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imports(path)} & {*CONTEXTS, "infra", "local"}


def test_every_verb_is_wired_and_every_wired_verb_exists() -> None:
    assert entry_points() == VERBS


def test_an_entry_point_has_exactly_one_handler_and_a_docstring() -> None:
    for verb in VERBS:
        path = FUNCTIONS / f"{verb.replace('.', '/')}.py"
        assert ast.get_docstring(ast.parse(path.read_text())), verb
        assert "_" in path.stem, f"{verb}: an entry point is verb_noun"


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_every_task_is_a_file_of_its_name(path: Path) -> None:
    steps = {
        trigger.name: verb
        for function in WIRING
        for trigger, verb in function.verbs.items()
        if isinstance(trigger, Step)
    }
    for name, state in states(json.loads(path.read_text())):
        if state["Type"] == "Task":
            assert camel_case(steps[name]) == name
            assert f"${{{name}}}" in json.dumps(state), f"{name} calls another state's function"


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_every_error_a_machine_names_is_an_exception_class(path: Path) -> None:
    classes = {
        node.name
        for module in [*MODULES, *KIT.glob("*.py")]
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ClassDef)
    }
    named = set(re.findall(r'"([A-Za-z.]+)"', " ".join(_error_lists(json.loads(path.read_text())))))
    ours = {name for name in named if not name.startswith(("States.", "Lambda."))}
    assert ours <= classes, ours - classes


def _error_lists(machine: dict[str, Any]) -> Iterator[str]:
    for _, state in states(machine):
        for rule in (*state.get("Retry", ()), *state.get("Catch", ())):
            yield json.dumps(rule["ErrorEquals"])


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_sample_event(verb: str) -> None:
    context, name = verb.split(".")
    sample = ROOT / "events" / context / f"{name}.json"
    assert isinstance(json.loads(sample.read_text()), dict), f"{sample} is what {verb} is sent"
