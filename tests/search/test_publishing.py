"""From a change in the catalog to an answer: built, published, opened, and never half of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

import catalog
from kit import settings
from search import publish_index, purge_edge, snapshots
from search.index import build_index
from search.listing import listing
from search.purging import Purge, wait_seconds
from search.serving import serving
from search.snapshots import Outdated
from tests import harness
from tests.catalog.conftest import NOW, _account, event, hall, imported, venue
from tests.search.conftest import SEASON, forget_index

BUCKET = "test-search"
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    forget_index()
    publish_index._known.clear()
    yield from _account()


def stored(key: str = snapshots.MANIFEST) -> bytes:
    return bytes(_s3().get_object(Bucket=BUCKET, Key=key)["Body"].read())


def overwrite(key: str, body: bytes) -> None:
    _s3().put_object(Bucket=BUCKET, Key=key, Body=body)


def _s3() -> Any:
    return settings.client("s3")


def publish(*numbers: int, now: Any = NOW) -> None:
    publish_index.publish_changes({found.event_id: found for found in map(_numbered, numbers)}, now)


def _numbered(number: int) -> Any:
    return msgspec.structs.replace(SEASON[number - 1], starts_at=NOW + timedelta(days=number))


def found(now: Any = NOW, **query: str) -> list[str]:
    status, answer, _ = harness.call("search.search_events", query=query, now=now)
    assert status == 200, answer
    return [item["eventId"][-2:] for item in answer["events"]]


def stream(event_id: str, kind: str = "MODIFY") -> dict[str, Any]:
    """What the table's stream says of an event as it is now."""
    table = settings.client("dynamodb")
    key = {"pk": {"S": f"EVENT#{event_id}"}, "sk": {"S": "EVENT"}}
    image = table.get_item(TableName="test-catalog", Key=key).get("Item")
    return {"eventName": kind, "dynamodb": {"Keys": key, **({"NewImage": image} if image else {})}}


def deliver(*records: dict[str, Any], now: Any = NOW) -> None:
    with harness.at(now):
        publish_index.handler({"Records": list(records)}, harness.CONTEXT)


def test_before_the_first_index_nothing_is_found_and_nothing_is_broken() -> None:
    assert found() == []


def test_an_event_is_found_once_the_stream_has_said_so() -> None:
    created = event(name="Étude Nº 1")
    deliver(stream(created["eventId"], "INSERT"))
    [shown] = harness.call("search.search_events", query={"keyword": "etude"}, now=NOW)[1]["events"]
    assert {name: created[name] for name in shown if name != "distanceKm"} == {
        name: value for name, value in shown.items() if name != "distanceKm"
    }
    catalog.mark_on_sale(created["eventId"], 118, NOW)
    deliver(stream(created["eventId"]), now=LATER)
    [shown] = harness.call("search.search_events", query={"keyword": "etude"}, now=LATER)[1]["events"]
    assert (shown["status"], shown["availability"]) == ("on_sale", "available")


def test_the_first_index_has_what_the_stream_has_forgotten() -> None:
    chart, place = imported(hall()), venue()
    older, newer = (event(name=name, venueId=place, chartHash=chart) for name in ("Older", "Newer"))
    deliver(stream(newer["eventId"], "INSERT"))
    assert sorted(found()) == sorted(created["eventId"][-2:] for created in (older, newer))


def test_what_is_gone_is_not_found() -> None:
    publish(1, 2, 3)
    publish_index.publish_changes({SEASON[1].event_id: None}, LATER)
    assert found(LATER) == ["01", "03"]
    assert found(NOW + timedelta(days=1, seconds=1)) == ["03"], "and what has begun"


def test_what_is_left_is_told_without_a_new_index() -> None:
    publish(1, 2)
    assert found(availability="none") == []
    before = stored()
    sold_out = msgspec.structs.replace(_numbered(2), availability="none")
    publish_index.publish_changes({sold_out.event_id: sold_out}, LATER)
    assert stored() == before
    assert found(LATER, availability="none") == ["02"]
    publish(3, now=LATER)
    assert found(LATER + timedelta(minutes=1), availability="none") == ["02"], "the next index has it as well"
    forget_index()
    assert found(LATER + timedelta(minutes=1), availability="none") == ["02"]


def test_a_cold_publisher_goes_on_where_another_stopped() -> None:
    publish(1, 2)
    sold_out = msgspec.structs.replace(_numbered(2), availability="none")
    publish_index.publish_changes({sold_out.event_id: sold_out}, LATER)
    publish_index._known.clear()
    publish(3, now=LATER)
    assert (found(LATER), found(LATER, availability="none")) == (["01", "02", "03"], ["02"])


def test_what_another_publisher_said_is_not_taken_back() -> None:
    """A publisher that is warm knows the index, but not what was said beside it since."""
    publish(1, 2)
    warm = {sha256: dict(listings) for sha256, listings in publish_index._known.items()}
    sold_out = msgspec.structs.replace(_numbered(2), availability="none")
    publish_index.publish_changes({sold_out.event_id: sold_out}, LATER)
    publish_index._known.clear()
    publish_index._known.update(warm)
    publish(3, now=LATER + timedelta(seconds=1))
    assert found(LATER + timedelta(minutes=1), availability="none") == ["02"]


def test_two_publishers_words_do_not_undo_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(1, 2)
    one, two = (msgspec.structs.replace(_numbered(number), availability="none") for number in (1, 2))
    real = snapshots.write_words
    written: list[bool] = []

    def overtaken(words: Any, etag: Any) -> None:
        if not written:
            written.append(True)
            publish_index.publish_changes({one.event_id: one}, LATER)
        real(words, etag)

    monkeypatch.setattr(snapshots, "write_words", overtaken)
    publish_index.publish_changes({two.event_id: two}, LATER)
    assert found(LATER, availability="none") == ["01", "02"]


def test_a_word_holds_over_an_index_whose_publisher_began_later() -> None:
    publish(1, 2, now=LATER)
    sold_out = msgspec.structs.replace(_numbered(2), availability="none")
    publish_index.publish_changes({sold_out.event_id: sold_out}, NOW)
    assert found(LATER, availability="none") == ["02"]


def test_a_word_that_an_index_overtakes_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(1, 2)
    sold_out = msgspec.structs.replace(_numbered(2), availability="none")
    real = snapshots.write_words
    overtaken: list[bool] = []

    def slow(words: Any, etag: Any) -> None:
        if not overtaken:
            overtaken.append(True)
            publish(3, now=LATER)
        real(words, etag)

    monkeypatch.setattr(snapshots, "write_words", slow)
    publish_index.publish_changes({sold_out.event_id: sold_out}, NOW)
    assert found(LATER, availability="none") == ["02"]


def test_an_index_built_anew_of_the_same_events_takes_words_back() -> None:
    publish(1, 2)
    sold_out = msgspec.structs.replace(_numbered(2), availability="none")
    publish_index.publish_changes({sold_out.event_id: sold_out}, NOW)
    assert found(availability="none") == ["02"]
    before = snapshots.read_manifest()
    snapshots.publish(build_index(map(_numbered, (1, 2))), before, LATER)
    after = snapshots.read_manifest()
    assert before and after and before[0].sha256 == after[0].sha256
    assert found(LATER, availability="none") == []


def test_a_word_holds_over_an_index_that_was_being_built_when_it_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(1, 2)
    sold_out = msgspec.structs.replace(_numbered(2), availability="none")
    real = snapshots.publish

    def slow(index: Any, follows: Any, now: Any) -> Any:
        with harness.at(now + timedelta(seconds=1)):
            publish_index.publish_changes({sold_out.event_id: sold_out}, now - timedelta(seconds=1))
        return real(index, follows, now)

    monkeypatch.setattr(snapshots, "publish", slow)
    publish(3, now=LATER)
    assert found(LATER, availability="none") == ["02"]


def test_a_repeated_record_publishes_nothing() -> None:
    publish(1)
    before = stored()
    publish(1, now=LATER)
    assert stored() == before


@pytest.mark.parametrize("damage", ["manifest", "cut", "flipped", "gone", "format"])
def test_half_a_snapshot_is_never_served(damage: str) -> None:
    """The old index goes on answering, and a function that starts meanwhile says that it is too early."""
    publish(1)
    assert found() == ["01"]
    publish(2, now=LATER)
    manifest = json.loads(stored())
    whole = stored(manifest["key"])
    if damage == "manifest":
        overwrite(snapshots.MANIFEST, stored()[:-20])
    elif damage == "cut":
        overwrite(manifest["key"], whole[: len(whole) // 2])
    elif damage == "flipped":
        overwrite(manifest["key"], whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
    elif damage == "gone":
        _s3().delete_object(Bucket=BUCKET, Key=manifest["key"])
    else:
        body = whole.replace(b'"format":2', b'"format":9', 1)
        digest = __import__("hashlib").sha256(body).hexdigest()
        overwrite(manifest["key"], body)
        overwrite(snapshots.MANIFEST, json.dumps(manifest | {"sha256": digest, "sizeBytes": len(body)}).encode())
    assert found(LATER) == ["01"]
    forget_index()
    status, problem, headers = harness.call("search.search_events", now=LATER)
    assert (status, problem["type"].rpartition("/")[2], headers["retry-after"]) == (503, "busy", "1")


def test_a_damaged_index_is_built_again_from_the_catalog() -> None:
    created = event()
    publish_index.publish_all(NOW)
    overwrite(json.loads(stored())["key"], b"half")
    publish_index._known.clear()
    deliver(stream(created["eventId"]), now=LATER)
    assert found(LATER) == [created["eventId"][-2:]]


@pytest.mark.parametrize("document", [snapshots.MANIFEST, snapshots.WORDS])
def test_a_damaged_document_is_written_anew(document: str) -> None:
    created = event()
    publish_index.publish_all(NOW)
    overwrite(document, b"half")
    deliver(stream(created["eventId"]), now=LATER)
    assert found(LATER) == [created["eventId"][-2:]]
    sold_out = msgspec.structs.replace(listing(catalog.get_event(created["eventId"])), availability="none")
    publish_index.publish_changes({sold_out.event_id: sold_out}, LATER)
    assert found(LATER + timedelta(minutes=1), availability="none") == [created["eventId"][-2:]]


def test_of_two_publishers_the_slower_one_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both start from the same index; without the condition on the manifest the second would undo the first."""
    publish(1)
    first_try: list[bool] = []

    def overtaken(listings: Any) -> Any:
        if not first_try:
            first_try.append(True)
            publish(2)
        return build_index(listings)

    monkeypatch.setattr(publish_index, "build_index", overtaken)
    publish(3)
    assert found(LATER) == ["01", "02", "03"]


def test_a_publisher_that_is_always_overtaken_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def outdated(*_: Any) -> Any:
        raise Outdated

    monkeypatch.setattr(snapshots, "publish", outdated)
    with pytest.raises(Outdated):
        publish(1)


def test_a_busy_function_looks_for_a_new_index_behind_a_requests_back() -> None:
    publish(1)
    assert found() == ["01"]
    publish(2)
    soon = NOW + timedelta(seconds=4)
    found(soon)
    with serving.looking:  # the look in the background has ended
        pass
    assert found(soon) == ["01", "02"]


def test_only_the_newest_snapshots_stay() -> None:
    for number in range(1, 7):
        publish(number, now=NOW + timedelta(seconds=number))
    keys = [item["Key"] for item in _s3().list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert len([key for key in keys if key.endswith(".index")]) == 3


def purges(cloudfront: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Write invalidations down instead of asking for them."""
    real = settings.client

    class CloudFront:
        def create_invalidation(self, **asked: Any) -> None:
            cloudfront.append(asked)

    monkeypatch.setattr(purge_edge, "client", lambda name, *how: CloudFront() if name == "cloudfront" else real(name))
    monkeypatch.setattr(purge_edge, "parameter", lambda name: "E123")


def test_the_edge_is_purged_within_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    purges(asked, monkeypatch)
    for second in (0, 5, 30, 61):
        publish(1 + second % 10, now=NOW + timedelta(seconds=second))
    queue = settings.client("sqs")
    address = queue.get_queue_url(QueueName="test-purges")["QueueUrl"]
    sent = queue.get_queue_attributes(QueueUrl=address, AttributeNames=["ApproximateNumberOfMessagesDelayed"])
    assert int(sent["Attributes"]["ApproximateNumberOfMessagesDelayed"]) == 3, "one publish changed nothing"

    def told(published: int, at: int) -> int:
        body = msgspec.json.encode({"publishedAt": NOW + timedelta(seconds=published)}).decode()
        with harness.at(NOW + timedelta(seconds=at)):
            purge_edge.handler({"Records": [{"body": body}]}, harness.CONTEXT)
        return len(asked)

    assert told(0, 20) == 1
    assert told(5, 25) == 1, "too soon: it comes again"
    assert told(0, 30) == 1, "done already"
    assert told(5, 81) == 2
    assert told(30, 82) == 2
    assert asked[0]["InvalidationBatch"]["Paths"]["Items"] == ["/api/*"]


def test_a_purge_while_an_index_was_built_is_not_one_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    class Sqs:
        def send_message(self, **asked: Any) -> None:
            sent.append(asked["MessageBody"])

    monkeypatch.setattr(publish_index, "client", lambda name: Sqs())
    with harness.at(LATER):
        publish(1, now=NOW)
    purge = msgspec.json.decode(sent[0], type=Purge)
    assert wait_seconds(purge, NOW + timedelta(seconds=30), LATER + timedelta(seconds=20)) == 10


def test_calendars() -> None:
    place = venue(name="Halle, am; Fluss")
    created = event(name="Étude Nº 1", artist="Gęś Trio", venueId=place)
    deliver(stream(created["eventId"], "INSERT"))
    for verb, path in (("venue_calendar", {"venueId": place}), ("artist_calendar", {"artist": "ges%20TRIO"})):
        status, raw, headers = harness.call(f"search.{verb}", path=path, now=NOW)
        assert (status, headers["content-type"]) == (200, "text/calendar; charset=utf-8")
        text = raw.decode()
        assert "SUMMARY:Étude Nº 1\r\n" in text
        assert "DTSTART:20300410T120000Z\r\n" in text
        assert f"UID:{created['eventId']}@boxoffice\r\n" in text
        assert "LOCATION:Halle\\, am\\; Fluss\\, Wien\r\n" in text
    for path in ({"artist": "nobody"}, {"artist": ""}, {"artist": "..%2F"}):
        assert harness.call("search.artist_calendar", path=path, now=NOW)[0] == 404
    assert harness.call("search.venue_calendar", path={"venueId": "ven_none"}, now=NOW)[0] == 404


def test_suggestions_through_the_front_door() -> None:
    publish(1)
    status, answer, headers = harness.call("search.suggest_events", query={"keyword": "beyon"}, now=NOW)
    assert (status, headers["cache-control"]) == (200, "public, max-age=60")
    assert [item["label"] for item in answer["suggestions"]] == ["Beyoncé", "Renaissance Tour"]
    assert harness.call("search.suggest_events", query={"keyword": "x" * 10_000}, now=NOW)[0] == 422


def test_how_long_the_edge_and_the_browser_keep_an_answer() -> None:
    publish(1)
    assert harness.call("search.search_events", now=NOW)[2]["cache-control"] == "public, max-age=60, s-maxage=300"
