"""DynamoDB's condition and update expressions, compiled once per text. What is not known here raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

Item = dict[str, Any]
Value = dict[str, Any]
Evaluate = Callable[[Item, dict[str, str], dict[str, Value]], Any]

_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),+\-.]|[#:]?\w+)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_FUNCTIONS = {"attribute_exists", "attribute_not_exists", "begins_with", "contains", "size"}


class _Tokens:
    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        assert "".join(self._tokens) == re.sub(r"\s", "", text), text
        self._at = 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens[self._at :])

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def word(self) -> str:
        return self.peek().upper()

    def take(self, expected: str = "") -> str:
        token = self.peek()
        assert token and (not expected or token.upper() == expected), (expected, token, self._tokens)
        self._at += 1
        return token


@cache
def condition(text: str) -> Evaluate:
    """Whether an item meets it."""
    tokens = _Tokens(text)
    found = _either(tokens)
    assert not tokens.peek(), text
    return found


def _either(tokens: _Tokens) -> Evaluate:
    left = _both(tokens)
    while tokens.word() == "OR":
        tokens.take()
        left = _joined(left, _both(tokens), any)
    return left


def _both(tokens: _Tokens) -> Evaluate:
    left = _single(tokens)
    while tokens.word() == "AND":
        tokens.take()
        left = _joined(left, _single(tokens), all)
    return left


def _joined(left: Evaluate, right: Evaluate, how: Callable[[Any], bool]) -> Evaluate:
    return lambda *given: how(part(*given) for part in (left, right))


def _single(tokens: _Tokens) -> Evaluate:
    if tokens.word() == "NOT":
        tokens.take()
        inner = _single(tokens)
        return lambda *given: not inner(*given)
    if tokens.peek() == "(":
        tokens.take()
        found = _either(tokens)
        tokens.take(")")
        return found
    left = _operand(tokens)
    word = tokens.word()
    if word in _COMPARE:
        tokens.take()
        return _comparison(left, _operand(tokens), _COMPARE[word])
    if word == "BETWEEN":
        tokens.take()
        low = _operand(tokens)
        tokens.take("AND")
        high = _operand(tokens)
        return _joined(_comparison(left, low, ge), _comparison(left, high, le), all)
    if word == "IN":
        tokens.take()
        choices = [_comparison(left, choice, eq) for choice in _arguments(tokens)]
        return lambda *given: any(choice(*given) for choice in choices)
    return left


def _operand(tokens: _Tokens) -> Evaluate:
    token = tokens.take()
    if token in _FUNCTIONS:
        return _function(token, _arguments(tokens))
    if token.startswith(":"):
        return lambda item, names, values: values[token]
    return lambda item, names, values: item.get(names.get(token, token))


def _arguments(tokens: _Tokens) -> list[Evaluate]:
    tokens.take("(")
    found = [_operand(tokens)]
    while tokens.peek() == ",":
        tokens.take()
        found.append(_operand(tokens))
    tokens.take(")")
    return found


def _function(name: str, arguments: list[Evaluate]) -> Evaluate:
    first, *rest = arguments
    if name == "attribute_exists":
        return lambda *given: first(*given) is not None
    if name == "attribute_not_exists":
        return lambda *given: first(*given) is None
    if name == "size":
        return lambda *given: _size(first(*given))
    other = rest[0]
    return lambda *given: _holds(name, first(*given), other(*given))


def _size(value: Value | None) -> Value | None:
    return None if value is None else {"N": str(len(plain(value)))}


def _holds(name: str, value: Value | None, wanted: Value) -> bool:
    if value is None:
        return False
    if name == "begins_with":
        return bool(plain(value).startswith(plain(wanted)))
    return plain(wanted) in plain(value)


def _comparison(left: Evaluate, right: Evaluate, compare: Callable[[Any, Any], bool]) -> Evaluate:
    def meets(*given: Any) -> bool:
        one, other = left(*given), right(*given)
        if one is None or other is None or one.keys() != other.keys():
            return compare is ne and one is not other
        return compare(plain(one), plain(other))

    return meets


def plain(value: Value) -> Any:
    """The value without its type; numbers as numbers."""
    [(kind, content)] = value.items()
    if kind == "N":
        return Decimal(content)
    return set(content) if kind in ("SS", "NS", "BS") else content


@cache
def update(text: str) -> Callable[[Item, dict[str, str], dict[str, Value]], None]:
    """Changes an item in place; everything is read before anything is written."""
    tokens = _Tokens(text)
    clauses: list[tuple[str, str, Evaluate | None]] = []
    verb = ""
    while tokens.peek():
        if tokens.word() in ("SET", "REMOVE", "ADD", "DELETE"):
            verb = tokens.take().upper()
        elif tokens.peek() == ",":
            tokens.take()
        name = tokens.take()
        if verb == "SET":
            tokens.take("=")
        clauses.append((verb, name, None if verb == "REMOVE" else _sum(tokens)))

    def apply(item: Item, names: dict[str, str], values: dict[str, Value]) -> None:
        changes = [(verb, names.get(name, name), of and of(item, names, values)) for verb, name, of in clauses]
        for verb, name, value in changes:
            _change(item, verb, name, value)

    return apply


def _sum(tokens: _Tokens) -> Evaluate:
    left = _term(tokens)
    if tokens.peek() not in ("+", "-"):
        return left
    sign = 1 if tokens.take() == "+" else -1
    right = _term(tokens)
    return lambda *given: {"N": str(plain(left(*given)) + sign * plain(right(*given)))}


def _term(tokens: _Tokens) -> Evaluate:
    if tokens.peek() != "if_not_exists":
        return _operand(tokens)
    tokens.take()
    there, otherwise = _arguments(tokens)
    return lambda *given: there(*given) or otherwise(*given)


def _change(item: Item, verb: str, name: str, value: Value | None) -> None:
    before = item.get(name)
    if verb == "REMOVE":
        item.pop(name, None)
        return
    assert value is not None
    [(kind, content)] = value.items()
    if verb == "SET":
        item[name] = value
    elif kind == "N":
        item[name] = {"N": str((plain(before) if before else 0) + Decimal(content))}
    else:
        members = plain(before) if before else set()
        members = members | set(content) if verb == "ADD" else members - set(content)
        item.pop(name, None)
        if members:
            item[name] = {kind: sorted(members)}
