"""Stripe's form encoding: `a[b]=1&c[0]=x` to nested dicts and lists, and typed readers of parameters."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from .errors import Json, invalid

_PART = re.compile(r"[^\[\]]+|\[\]")


def decode(raw: str) -> Json:
    """Nested parameters of a query string or a form body."""
    tree: Json = {}
    for key, value in parse_qsl(raw, keep_blank_values=True):
        *parents, leaf = _PART.findall(key)
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
            if not isinstance(node, dict):
                raise invalid(f"Invalid parameter: {key}", param=key)
        node[str(len(node)) if leaf == "[]" else leaf] = value
    return {key: _with_lists(value) for key, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    children = {key: _with_lists(child) for key, child in value.items()}
    if children and all(key.isdigit() for key in children):
        return [children[key] for key in sorted(children, key=int)]
    return children


def refuse_unknown(params: Json, known: frozenset[str]) -> None:
    for key in params:
        if key not in known:
            message = f"Received unknown parameter: {key}"
            raise invalid(message, code="parameter_unknown", param=key)


def text(params: Json, name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return value


def integer(params: Json, name: str, default: int | None = None) -> int:
    if name not in params and default is not None:
        return default
    value = text(params, name)
    if not re.fullmatch(r"-?\d{1,12}", value):
        raise invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def boolean(params: Json, name: str) -> bool:
    value = params.get(name, "false")
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def one_of(params: Json, name: str, choices: tuple[str, ...]) -> str:
    """The first choice is the default."""
    value = params.get(name, choices[0])
    if value not in choices:
        raise invalid(f"Invalid {name}: must be one of {', '.join(choices)}", param=name)
    return str(value)


def metadata(params: Json) -> Json:
    given = params.get("metadata") or {}
    if not isinstance(given, dict):
        raise invalid("Invalid object", param="metadata")
    return {str(key): str(value) for key, value in given.items() if value != ""}
