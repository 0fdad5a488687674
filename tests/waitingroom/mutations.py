"""Takes one guard out of the product's own code while a test runs: its source, a piece of it replaced, compiled."""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable
from importlib import import_module

import pytest

Mutation = Callable[[pytest.MonkeyPatch], None]


def without(where: str, *pieces: tuple[str, str]) -> Mutation:
    """The function `module.name`, with the first of each pair replaced by the second, wherever it was imported to."""
    module_name, _, name = where.rpartition(".")

    def mutate(patch: pytest.MonkeyPatch) -> None:
        module = import_module(module_name)
        real = getattr(module, name)
        source = textwrap.dedent(inspect.getsource(real))
        for old, new in pieces:
            assert source.count(old) == 1, f"{where} no longer says {old!r} once: mend the mutation"
            source = source.replace(old, new)
        made: dict[str, object] = {}
        exec(compile(source, f"<{where}, mutated>", "exec"), vars(module), made)  # noqa: S102
        for loaded in list(sys.modules.values()):
            if getattr(loaded, "__dict__", {}).get(name) is real:
                patch.setattr(loaded, name, made[name])

    return mutate
