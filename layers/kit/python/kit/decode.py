"""From bytes a stranger sent to a typed struct, or to the problem that says what is wrong where."""

from __future__ import annotations

import json
import types
from datetime import MAXYEAR, MINYEAR, datetime
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec

from kit.errors import Invalid, Malformed, UnknownField

T = TypeVar("T")
END = r"$(?!\n)"
"""The end of a pattern: Python's `$` alone lets a line break through behind it."""


def decode_json(raw: bytes, wanted: type[T]) -> T:
    """Raises Malformed (no JSON, duplicate keys, too deep), UnknownField, Invalid with the field's word."""
    try:
        document = json.loads(raw.decode(), object_pairs_hook=_no_duplicates)
        if b"\\u" in raw:
            json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair can be neither kept nor answered
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    return build(document, wanted)


def decode_query(query: dict[str, str], wanted: type[T]) -> T:
    """Query parameters are text: numbers and booleans are read from it."""
    return build(query, wanted, strict=False)


def build(document: object, wanted: type[T], *, strict: bool = True, at: str = "") -> T:
    """Check a document against a struct field by field, so that an error knows its field and its word."""
    if not isinstance(document, dict):
        raise Invalid(f"{at.rstrip('.') or 'The body'} must be an object.")
    fields = _fields(wanted)  # type: ignore[arg-type]
    unknown = sorted(set(document) - {field.encode_name for field in fields})
    if unknown:
        raise UnknownField(f"Unknown: {', '.join(unknown)}.", fields=[at + name for name in unknown])
    values = {}
    for field in fields:
        name = at + field.encode_name
        if field.encode_name in document:
            values[field.name] = _value(document[field.encode_name], field.type, name, strict)
        elif field.required:
            raise Invalid(f"{name} is missing.", word=_word(field.type), field=name)
    return wanted(**values)


@cache
def _fields(wanted: type) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(wanted)


def _value(value: object, wanted: Any, name: str, strict: bool) -> Any:
    struct = _struct(wanted)
    if struct is not None and value is not None:
        return build(value, struct, strict=strict, at=f"{name}.")
    element = next((_struct(get_args(part)[0]) for part in _alternatives(wanted) if get_origin(part) is list), None)
    if element is not None and isinstance(value, list):
        for i, item in enumerate(value):  # so that an error knows which; how many there may be, the list itself says
            build(item, element, strict=strict, at=f"{name}[{i}].")
    try:
        found = msgspec.convert(value, wanted, strict=strict)
    except msgspec.ValidationError as error:
        raise Invalid(f"{name}: {error}.", word=_word(wanted), field=name) from error
    if isinstance(found, datetime) and not MINYEAR < found.year < MAXYEAR:
        raise Invalid(f"{name} is not a year of ours.", word=_word(wanted), field=name)  # nor one to reckon with
    return found


def _struct(wanted: Any) -> type | None:
    """The struct in `S` or `S | None`."""
    for candidate in _alternatives(wanted):
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return candidate
    return None


def _alternatives(wanted: Any) -> tuple[Any, ...]:
    """What stands between the `|`, without what is said about it."""
    parts = get_args(wanted) if get_origin(wanted) in (types.UnionType, Union) else (wanted,)
    return tuple(get_args(part)[0] if get_origin(part) is Annotated else part for part in parts)


def _word(wanted: Any) -> str | None:
    """The problem word a field's annotation names: `Meta(extra={"problem": "invalid-quantity"})`."""
    if get_origin(wanted) is Annotated:
        for meta in get_args(wanted)[1:]:
            if isinstance(meta, msgspec.Meta) and meta.extra and "problem" in meta.extra:
                return str(meta.extra["problem"])
    for part in get_args(wanted):
        if (word := _word(part)) is not None:
            return word
    return None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("duplicate keys")
    return document
