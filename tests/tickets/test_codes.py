"""A code admits only as it was signed; it fits a small symbol; keys can change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import ids
from tests import harness
from tickets import BadCode, Statement, TicketClass, public_keys, verify
from tickets.codes import sign
from tickets.keys import signing_key

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
KEY_ID, KEY = b"\x01\x02\x03\x04", Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {KEY_ID: KEY.public_key().public_bytes_raw()}
EXAMPLE = Statement(
    ticket_class=TicketClass.PAPER,
    ticket_id=ids.derived("tkt", "ord_1", "stalls-3-4"),
    event_id=ids.derived("evt", "parade"),
    seat_id="stalls-3-4",
    version=1,
    issued_at=datetime(2030, 6, 1, 12, tzinfo=UTC),
)
CODE = sign(EXAMPLE, KEY_ID, KEY)

calmly = settings(deadline=None)
"""A busy machine is no reason to fail."""

statements = st.builds(
    Statement,
    ticket_class=st.sampled_from(TicketClass),
    ticket_id=st.binary(min_size=10, max_size=10).map(lambda raw: ids.from_bytes("tkt", raw)),
    event_id=st.binary(min_size=10, max_size=10).map(lambda raw: ids.from_bytes("evt", raw)),
    seat_id=st.from_regex(r"\A[a-z0-9]{1,16}-(0|[1-9][0-9]{0,3})-([0-9]|[1-3][0-9]|4[0-7])\Z"),
    version=st.integers(1, 65_535),
    issued_at=st.integers(0, 2**32 - 1).map(
        lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
)


@calmly
@given(statements)
def test_what_is_signed_is_what_is_read(statement: Statement) -> None:
    assert verify(KEYS, sign(statement, KEY_ID, KEY)) == statement


@calmly
@given(statements)
def test_every_code_fits_a_small_symbol(statement: Statement) -> None:
    symbol = segno.make(sign(statement, KEY_ID, KEY), error="m", boost_error=False)
    assert (symbol.mode, int(symbol.version) <= 7) == ("alphanumeric", True)


def test_no_character_can_be_another() -> None:
    for place, right in enumerate(CODE):
        for other in set(ALPHABET + "a\x00é") - {right}:
            with pytest.raises(BadCode):
                verify(KEYS, CODE[:place] + other + CODE[place + 1 :])


@calmly
@given(st.integers(0, len(CODE)), st.text(ALPHABET, max_size=4), st.integers(0, 4))
def test_nothing_can_be_cut_or_put_in(place: int, more: str, cut: int) -> None:
    changed = CODE[:place] + more + CODE[place + cut :]
    if changed != CODE:
        with pytest.raises(BadCode):
            verify(KEYS, changed)


@pytest.mark.parametrize(
    "forged", ["", "1", "ord_000000000000000g", "ORD-1042-3", "BX:", "BX:" + "0" * 160, "https://x.test/t/1"]
)
def test_an_invented_code_is_refused(forged: str) -> None:
    with pytest.raises(BadCode):
        verify(KEYS, forged)


@calmly
@given(st.text(max_size=200))
def test_any_text_is_refused_calmly(text: str) -> None:
    with pytest.raises(BadCode):
        verify(KEYS, text)
    with pytest.raises(BadCode):
        verify(KEYS, f"BX:{text}")


def test_another_key_under_our_id_is_refused() -> None:
    with pytest.raises(BadCode):
        verify(KEYS, sign(EXAMPLE, KEY_ID, Ed25519PrivateKey.generate()))


def test_a_new_key_signs_while_the_old_codes_still_open() -> None:
    with harness.aws():
        before = sign(EXAMPLE, *signing_key())
        with mock.patch("tickets.keys.settings.secret", return_value=f"new\n{harness.SECRETS['SECRET_SIGNING']}\n"):
            after = sign(EXAMPLE, *signing_key())
            assert after != before
            assert verify(public_keys(), after) == verify(public_keys(), before) == EXAMPLE
        with mock.patch("tickets.keys.settings.secret", return_value="new"), pytest.raises(BadCode):
            verify(public_keys(), before)
