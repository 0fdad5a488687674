"""A chart on its way in: signed address, upload, import, and the file the map is drawn from."""

from __future__ import annotations

import json
import urllib.parse

import boto3
import msgspec
import pytest
from msgspec.structs import replace

import catalog
from catalog.charts import Chart, encode, hash_of
from tests import harness
from tests.catalog.conftest import OLGA, hall, upload

pytestmark = pytest.mark.usefixtures("aws")


def bring(raw: bytes, drawn_as: str = "boxoffice") -> tuple[int, dict[str, object]]:
    status, answer, _ = harness.call("catalog.import_chart", body={"uploadId": upload(raw), "format": drawn_as}, **OLGA)
    return status, answer


def test_an_upload_gets_an_address_for_exactly_its_size() -> None:
    status, answer, _ = harness.call("catalog.request_chart_upload", body={"sizeBytes": 1234}, **OLGA)
    assert (status, answer["method"], answer["headers"]) == (201, "PUT", {"content-length": "1234"})
    address = urllib.parse.urlsplit(answer["url"])
    signed = urllib.parse.parse_qs(address.query)
    assert address.path.endswith(f"/uploads/olga/{answer['uploadId']}")
    assert "content-length" in signed["X-Amz-SignedHeaders"][0]
    assert signed["X-Amz-Expires"] == ["900"]


@pytest.mark.parametrize(("size", "status"), [(50_000_000, 413), (0, 422), (-1, 422), (1.5, 422), ("10", 422)])
def test_an_upload_has_a_limit(size: object, status: int) -> None:
    assert harness.call("catalog.request_chart_upload", body={"sizeBytes": size}, **OLGA)[0] == status


def test_an_imported_chart_is_kept_under_its_hash() -> None:
    status, answer = bring(encode(hall()))
    assert (status, answer["seatCount"], answer["problems"]) == (201, 118, [])
    assert answer["hash"] == hash_of(encode(hall()))
    assert [section["seatCount"] for section in answer["sections"]] == [18, 100]  # type: ignore[attr-defined]
    stored = boto3.client("s3", region_name=harness.REGION).get_object(
        Bucket="test-charts", Key=f"charts/{answer['hash']}.json"
    )
    assert "immutable" in stored["CacheControl"] and stored["ContentType"] == "application/json"
    assert msgspec.json.decode(stored["Body"].read(), type=Chart) == hall()
    assert catalog.get_chart(str(answer["hash"])) == hall()


def test_importing_twice_gives_the_same_chart() -> None:
    assert (
        bring(encode(hall()))[1]["hash"] == bring(json.dumps(json.loads(encode(hall())), indent=1).encode())[1]["hash"]
    )


def test_what_was_mended_is_said() -> None:
    stalls, floor = hall().sections
    status, answer = bring(encode(replace(hall(), sections=[replace(stalls, label=""), floor])))
    assert status == 201
    assert answer["problems"] == [{"path": "section 1", "problem": "has no label", "repair": "called 'Section 1'"}]


@pytest.mark.parametrize(
    ("raw", "drawn_as", "path", "said"),
    [
        (b"", "boxoffice", "file", "truncated"),
        (b"\xff\xfe", "boxoffice", "file", ""),
        (b"\x1f\x8b\x08" + b"\0" * 50, "seatsio", "file", "malformed"),
        (b"[" * 100_000, "seatsio", "file", ""),
        (b'{"subChart": 7}', "seatsio", "file", "$.subChart"),
        (b'{"name": "x"}', "boxoffice", "file", "width"),
        (encode(replace(hall(), sections=[])), "boxoffice", "chart", "has no seats"),
        (encode(hall()).replace(b'"capacity":100', b'"capacity":0'), "boxoffice", "Floor", "capacity"),
        (
            encode(hall()).replace(b'"x":45.0,"y":10.0', b'"x":1e300,"y":10.0'),
            "boxoffice",
            "focal point",
            "no usable position",
        ),
        (encode(hall()).replace(b'"width":', b'"colour":1,"width":'), "boxoffice", "file", "colour"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(raw: bytes, drawn_as: str, path: str, said: str) -> None:
    status, problem = bring(raw, drawn_as)
    assert (status, str(problem["type"]).rpartition("/")[2]) == (422, "invalid-chart")
    found = problem["problems"][0]  # type: ignore[index]
    assert found["path"] == path and said in found["problem"]


@pytest.mark.parametrize("upload_id", ["upl_0000000000000009", "../charts/x", "", "upl_"])
def test_a_missing_upload_is_not_found(upload_id: str) -> None:
    body = {"uploadId": upload_id, "format": "seatsio"}
    assert harness.call("catalog.import_chart", body=body, **OLGA)[0] == 404


def test_somebody_elses_upload_is_not_found() -> None:
    upload_id = upload(encode(hall()), person="oscar")
    body = {"uploadId": upload_id, "format": "boxoffice"}
    assert harness.call("catalog.import_chart", body=body, **OLGA)[0] == 404
    assert harness.call("catalog.import_chart", body=body, person="oscar", groups=["organizer"])[0] == 201


def test_an_upload_beyond_the_limit_is_not_read() -> None:
    status, problem = bring(b" " * (20 * 1024 * 1024 + 1))
    assert (status, str(problem["type"]).rpartition("/")[2]) == (413, "too-large")
