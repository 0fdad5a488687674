"""Cursors: opened only by the list and the reader they were made for (case 34)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.pages import InvalidCursor, seal, unseal
from tests import harness


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with harness.aws():
        yield


def test_opens_for_its_own_list_and_reader() -> None:
    assert unseal(seal("2030-01-01#ord_1", "orders", "ada"), "orders", "ada") == "2030-01-01#ord_1"


@pytest.mark.parametrize("audience", [("orders", "eve"), ("tickets", "ada"), ("orders",)])
def test_refuses_another_audience(audience: tuple[str, ...]) -> None:
    cursor = seal("2030-01-01#ord_1", "orders", "ada")
    with pytest.raises(InvalidCursor):
        unseal(cursor, *audience)


def test_refuses_every_changed_character() -> None:
    cursor = seal("2030-01-01#ord_1", "orders", "ada")
    for i, letter in enumerate(cursor):
        with pytest.raises(InvalidCursor):
            unseal(cursor[:i] + ("A" if letter != "A" else "B") + cursor[i + 1 :], "orders", "ada")


@pytest.mark.parametrize("cursor", ["", "é", "a", "!!!!", "AAAA", "../../etc/passwd", "0" * 500])
def test_refuses_what_is_no_cursor(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        unseal(cursor, "orders", "ada")
