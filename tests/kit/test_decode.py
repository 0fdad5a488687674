"""What a stranger's bytes may be: JSON in UTF-8, each key once, no deeper than we look. Case 32."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from kit.decode import END, decode_json
from kit.errors import Invalid, Malformed, UnknownField


class Seat(msgspec.Struct, rename="camel"):
    row_name: Annotated[str, msgspec.Meta(pattern="^[a-z]+" + END)]


class Wish(msgspec.Struct):
    name: str
    seats: list[Seat] = []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"name": "a", "name": "b"}',
        b'{"name": "a", "seats": [{"rowName": "a", "rowName": "b"}]}',
        b'{"name": "\xff"}',
        '{"name": "a"}'.encode("utf-16"),
        b"[" * 30_000,
        b'{"name":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"name": ' + b"9" * 5_000 + b"}",
        rb'{"name": "\ud800"}',
        rb'{"\udfff": 1}',
        rb'{"name": ["\ud83d", "\ude00"]}',
    ],
)
def test_what_is_no_document(raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode_json(raw, Wish)


@pytest.mark.parametrize(("raw", "name"), [(rb'{"name": "\ud83d\ude00"}', "😀"), (rb'{"name": "\\ud800"}', "\\ud800")])
def test_escapes_that_are_text(raw: bytes, name: str) -> None:
    assert decode_json(raw, Wish).name == name


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"name": NaN}', "name"),
        (b'{"name": "a", "seats": [{"rowName": "a"}, {"rowName": "a\\n"}]}', "seats[1].rowName"),
        (b'{"name": "a", "seats": [{}]}', "seats[0].rowName"),
        (b"{}", "name"),
    ],
)
def test_a_value_is_refused_by_its_field(raw: bytes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_json(raw, Wish)
    assert refused.value.data["field"] == field


def test_an_unknown_field_is_named_where_it_is() -> None:
    with pytest.raises(UnknownField) as refused:
        decode_json(b'{"name": "a", "seats": [{"rowName": "a", "price": 1}]}', Wish)
    assert refused.value.data["fields"] == ["seats[0].price"]
