"""The committed OpenAPI document is the one the code makes, so a change of the API is seen."""

from infra import openapi


def test_the_committed_document_is_current() -> None:
    assert openapi.DOCUMENT.read_text() == openapi.text(), "run: python -m infra.openapi"


def test_every_operation_has_its_own_id() -> None:
    ids = [
        operation["operationId"]
        for operations in openapi.document()["paths"].values()
        for operation in operations.values()
    ]
    assert len(ids) == len(set(ids))
