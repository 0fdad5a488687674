"""The committed OpenAPI document is the one the code makes, so a change of the API is seen."""

from collections.abc import Iterator
from typing import Any

from infra import openapi
from kit.decode import END


def test_the_committed_document_is_current() -> None:
    assert openapi.DOCUMENT.read_text() == openapi.text(), "run: python -m infra.openapi"


def test_every_operation_has_its_own_id() -> None:
    ids = [
        operation["operationId"]
        for operations in openapi.document()["paths"].values()
        for operation in operations.values()
    ]
    assert len(ids) == len(set(ids))


def test_no_pattern_lets_a_line_break_through_at_its_end() -> None:
    found = list(patterns(openapi.document()))
    assert found
    assert [pattern for pattern in found if not pattern.endswith(END)] == []


def patterns(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        if isinstance(document.get("pattern"), str):
            yield document["pattern"]
        document = list(document.values())
    if isinstance(document, list):
        for part in document:
            yield from patterns(part)
