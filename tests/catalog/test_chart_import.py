"""A chart on its way in: signed address, upload, import, and the file the map is drawn from."""

from __future__ import annotations

import json
import urllib.parse
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

import catalog
from catalog import import_chart
from catalog.charts import Chart, encode, hash_of
from catalog.request_chart_import import ImportMessage
from kit import settings
from tests import harness
from tests.catalog.conftest import NOW, OLGA, brought, hall, import_queued, upload

pytestmark = pytest.mark.usefixtures("aws")


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
    ended = brought(encode(hall()))
    chart = ended["chart"]
    assert (ended["status"], chart["seatCount"], ended["problemCount"]) == ("completed", 118, 0)
    assert chart["hash"] == hash_of(encode(hall()))
    assert [section["seatCount"] for section in chart["sections"]] == [18, 100]
    stored = kept(f"charts/{chart['hash']}.json")
    assert "immutable" in stored["CacheControl"] and stored["ContentType"] == "application/json"
    assert msgspec.json.decode(stored["Body"].read(), type=Chart) == hall()
    assert catalog.get_chart(str(chart["hash"])) == hall()


def test_an_imported_chart_has_its_picture() -> None:
    chart = brought(encode(hall()).replace(b'"Stalls"', b'"<script>alert(1)</script>"'))["chart"]
    stored = kept(chart["previewUrl"].removeprefix("/"))
    picture = stored["Body"].read()
    assert stored["ContentType"] == "image/svg+xml"
    assert b"<script" not in picture and b"&lt;script&gt;" in picture
    assert picture.count(b"h0") == 18


def test_importing_twice_gives_the_same_chart() -> None:
    spaced = json.dumps(json.loads(encode(hall())), indent=1).encode()
    assert brought(encode(hall()))["chart"]["hash"] == brought(spaced)["chart"]["hash"]


def test_asking_again_for_an_import_answers_the_one_there_is() -> None:
    body = {"uploadId": upload(encode(hall())), "format": "boxoffice"}
    first = harness.call("catalog.request_chart_import", body=body, **OLGA)[1]
    import_queued()
    status, again, _ = harness.call("catalog.request_chart_import", body=body, **OLGA)
    assert (status, again["status"], again["chartImportId"]) == (202, "completed", first["chartImportId"])


def test_a_message_that_comes_again_changes_nothing() -> None:
    upload_id = upload(encode(hall()))
    begun = harness.call("catalog.request_chart_import", body={"uploadId": upload_id, "format": "boxoffice"}, **OLGA)[1]
    message = ImportMessage(begun["chartImportId"], upload_id, "boxoffice", "olga")
    import_chart.import_chart(message, NOW)
    upload(b"something else", upload_id=upload_id)
    import_chart.import_chart(message, NOW)
    where = {"chartImportId": begun["chartImportId"]}
    assert harness.call("catalog.show_chart_import", path=where, **OLGA)[1]["status"] == "completed"


def test_who_stops_reading_without_a_word_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = upload(encode(hall()))
    begun = harness.call("catalog.request_chart_import", body={"uploadId": upload_id, "format": "boxoffice"}, **OLGA)[1]
    monkeypatch.setattr(import_chart, "read_chart", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_chart.import_chart(ImportMessage(begun["chartImportId"], upload_id, "boxoffice", "olga"), NOW)

    def status(minutes: int) -> str:
        when = {"path": {"chartImportId": begun["chartImportId"]}, "now": NOW + timedelta(minutes=minutes)}
        return str(harness.call("catalog.show_chart_import", **{**OLGA, **when})[1]["status"])

    assert (status(2), status(6)) == ("reading", "failed")


def test_what_was_mended_is_said() -> None:
    stalls, floor = hall().sections
    ended = brought(encode(replace(hall(), sections=[replace(stalls, label=""), floor])))
    assert ended["status"] == "completed"
    assert ended["problems"] == [{"path": "section 1", "problem": "has no label", "repair": "called 'Section 1'"}]


@pytest.mark.parametrize(
    ("raw", "drawn_as", "path", "said"),
    [
        (b"", "boxoffice", "file", "truncated"),
        (b"\xff\xfe", "boxoffice", "file", ""),
        (b"[" * 100_000, "seatsio", "file", ""),
        (b'{"subChart": 7}', "seatsio", "file", "$.subChart"),
        (b'{"zones": [{"rows": 7}]}', "pretix", "file", "$.zones"),
        (b'{"name": "x"}', "boxoffice", "file", "width"),
        (b"block;row\nA;1\n", "csv", "file", "no column seat"),
        (b"", "csv", "file", "no column section"),
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
    ended = brought(raw, drawn_as)
    assert (ended["status"], ended["chart"]) == ("failed", None)
    found = ended["problems"][0]
    assert found["path"] == path and said in found["problem"] and said in ended["reason"]


@pytest.mark.parametrize("upload_id", ["upl_0000000000000009", "../charts/x", "", "upl_"])
def test_a_missing_upload_is_not_found(upload_id: str) -> None:
    body = {"uploadId": upload_id, "format": "seatsio"}
    assert harness.call("catalog.request_chart_import", body=body, **OLGA)[0] == 404


def test_somebody_elses_upload_and_import_are_not_found() -> None:
    oscar: dict[str, Any] = {"person": "oscar", "groups": ["organizer"]}
    body = {"uploadId": upload(encode(hall()), person="oscar"), "format": "boxoffice"}
    assert harness.call("catalog.request_chart_import", body=body, **OLGA)[0] == 404
    status, begun, _ = harness.call("catalog.request_chart_import", body=body, **oscar)
    assert status == 202
    for import_id in (begun["chartImportId"], "imp_0000000000000009", "../x"):
        assert harness.call("catalog.show_chart_import", path={"chartImportId": import_id}, **OLGA)[0] == 404


def test_an_upload_beyond_the_limit_is_not_read() -> None:
    body = {"uploadId": upload(b" " * (20 * 1024 * 1024 + 1)), "format": "boxoffice"}
    status, problem, _ = harness.call("catalog.request_chart_import", body=body, **OLGA)
    assert (status, str(problem["type"]).rpartition("/")[2]) == (413, "too-large")


def kept(key: str) -> dict[str, Any]:
    storage = settings.client("s3")
    return dict(storage.get_object(Bucket="test-charts", Key=key))
