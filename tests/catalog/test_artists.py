"""Artists and series: made, changed, named by events, found with them; and presales of an event."""

from __future__ import annotations

from typing import Any

import pytest

import catalog
from catalog import update_copies
from tests import harness
from tests.catalog.conftest import NOW, OLGA, event, event_body, hall, imported, venue
from tests.catalog.test_editing import edit, word

pytestmark = pytest.mark.usefixtures("aws")


def create(kind: str, **body: Any) -> dict[str, Any]:
    status, answer, _ = harness.call(f"catalog.create_{kind}", body=body, **OLGA)
    assert status == 201, answer
    return dict(answer)


def change(kind: str, thing_id: str, version: int, **changes: Any) -> tuple[int, Any]:
    where, headers = {f"{kind}Id": thing_id}, {"if-match": str(version)}
    return harness.call(f"catalog.edit_{kind}", path=where, body=changes, headers=headers, **OLGA)[:2]


@pytest.mark.parametrize("kind", ["artist", "series"])
def test_made_changed_and_guarded(kind: str) -> None:
    made = create(kind, name="Lindenhof", description="Since 1998.")
    where = {f"{kind}Id": made[f"{kind}Id"]}
    status, changed = change(kind, where[f"{kind}Id"], 1, name="Lindenhöfer")
    assert (status, changed) == (200, made | {"name": "Lindenhöfer", "version": 2})
    assert harness.call(f"catalog.open_{kind}", path=where, **OLGA)[1] == changed
    status, problem = change(kind, where[f"{kind}Id"], 1, name="Too late")
    assert (status, word(problem), problem["version"]) == (412, "changed-meanwhile", 2)
    assert harness.call(f"catalog.open_{kind}", path={f"{kind}Id": "../x"}, **OLGA)[0] == 404
    assert change(kind, where[f"{kind}Id"], 2, status="famous")[0] == 422


def test_an_artist_may_have_a_picture_of_ours() -> None:
    address = f"/images/{'a' * 64}/640.webp"
    assert create("artist", name="Lindenhof", imageUrl=address)["imageUrl"] == address
    for bad in ("/images/../x.webp", "/etc/passwd", "http://elsewhere.example/x.png"):
        assert harness.call("catalog.create_artist", body={"name": "L", "imageUrl": bad}, **OLGA)[0] == 422


def test_an_event_carries_its_artists_name_whatever_it_becomes() -> None:
    artist_id = create("artist", name="Lindenhof Quartet")["artistId"]
    created = event(artist=None, artistId=artist_id)
    assert (created["artist"], created["artistId"]) == ("Lindenhof Quartet", artist_id)
    change("artist", artist_id, 1, name="Lindenhof String Quartet")
    record = {"dynamodb": {"Keys": {"pk": {"S": f"ARTIST#{artist_id}"}, "sk": {"S": "SELF"}}}}
    update_copies.handler({"Records": [record]}, harness.CONTEXT)
    assert catalog.get_event(created["eventId"]).artist == "Lindenhof String Quartet"
    status, changed = edit(created["eventId"], description="Same artist.")
    assert (status, changed["artist"], changed["artistId"]) == (200, "Lindenhof String Quartet", artist_id)
    status, changed = edit(created["eventId"], 2, artist="Somebody Else")
    assert (status, changed["artist"], changed["artistId"]) == (200, "Somebody Else", None)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"artist": None}, "artist"),
        ({"artistId": "art_0000000000000000", "artist": None}, "artistId"),
        ({"seriesId": "ser_0000000000000000"}, "seriesId"),
    ],
)
def test_what_an_event_names_must_be_there(changes: dict[str, Any], path: str) -> None:
    body = event_body(venueId=venue(), chartHash=imported(hall())) | changes
    status, problem, _ = harness.call("catalog.create_event", body=body, now=NOW, **OLGA)
    assert (status, [said["path"] for said in problem["problems"]]) == (422, [path])


def test_presales_come_before_the_sale() -> None:
    created = event(onSaleAt="2030-03-10T09:00:00Z")
    fans = {"id": "fans", "name": "Fan club", "startsAt": "2030-03-08T10:00:00+01:00", "endsAt": "2030-03-09T09:00:00Z"}
    status, changed = edit(created["eventId"], presales=[fans])
    assert (status, changed["presales"]) == (200, [fans | {"startsAt": "2030-03-08T09:00:00Z"}])
    late = fans | {"endsAt": "2030-03-11T09:00:00Z"}
    status, problem = edit(created["eventId"], 2, presales=[fans, late])
    assert (status, [said["path"] for said in problem["problems"]]) == (422, ["presales[1].id", "presales[1].endsAt"])
    assert edit(created["eventId"], 2, presales=[fans | {"id": str(n)} for n in range(11)])[0] == 422
    status, problem = edit(created["eventId"], 2, onSaleAt="2030-03-08T10:00:00Z")
    assert (status, [said["path"] for said in problem["problems"]]) == (422, ["presales[0].endsAt"])
