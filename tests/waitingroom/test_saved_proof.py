"""A proof as a fan saves it from the page: `make verify-draw` and the page's own check agree on it, and on forgeries.

`web/test/verify.test.ts` puts the same file to the page's check.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from local.verify_draw import checks
from waitingroom.show_proof import Proof

SAVED = json.loads((Path(__file__).parent / "proof.json").read_text())
FORGERIES = {
    "rank": "0" + "0" * 32,
    "personId": "somebody else",
    "secret": "00" * 32,
    "beacon": "00" * 32,
    "registered": 13,
    "root": "00" * 32,
    "salt": "00" * 16,
    "steps": SAVED["proof"]["steps"][1:],
}


def test_the_saved_proof_is_what_the_api_answers() -> None:
    msgspec.convert(SAVED["proof"], Proof, strict=True)
    assert set(SAVED["proof"]) == {field.encode_name for field in msgspec.structs.fields(Proof)}


def test_the_saved_proof_holds() -> None:
    found = checks(SAVED["proof"], SAVED["published"], "stand-in")
    assert all(found.values()), found


@pytest.mark.parametrize("field", FORGERIES)
def test_a_forged_proof_does_not(field: str) -> None:
    forged: dict[str, Any] = SAVED["proof"] | {field: FORGERIES[field]}
    assert not all(checks(forged, SAVED["published"], "stand-in").values())


def test_a_draw_shown_to_one_person_alone_does_not() -> None:
    elsewhere = SAVED["published"] | {"draw": SAVED["published"]["draw"] | {"root": "00" * 32}}
    assert not all(checks(SAVED["proof"], elsewhere, "stand-in").values())


def test_a_beacon_that_was_known_before_the_root_does_not() -> None:
    later = SAVED["published"] | {"draw": SAVED["published"]["draw"] | {"rootedAt": "2030-05-04T12:01:33Z"}}
    assert not all(checks(SAVED["proof"], later, "stand-in").values())
