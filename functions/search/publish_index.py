"""The stream of events, and once a day: bring the index up to what the catalog says.

An index is built whole, from the one that holds and what has changed (DECISIONS.md, "The index is built whole").
Where only words of availability have changed, a small document says so and no index is built. Records may come twice
or late in one batch; the last image of an event counts, and an event that is as it was changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

import catalog
from kit import clock
from kit.settings import client, env
from kit.telemetry import count, log, metrics
from search import snapshots
from search.index import build_index
from search.index_file import UnreadableIndex
from search.listing import STATUSES, EventSummary, listing
from search.purging import Purge
from search.snapshots import Damaged, Manifest, Outdated, Word

ATTEMPTS = 4
WORDS_MAX = 2_000
"""With more changed words than these, a new index is the smaller thing to read."""
WORDS_KEPT = timedelta(minutes=10)
"""How long a word stays beside an index that has it: readers of the one before need it."""
SETTLED_SECONDS = 20
"""Until every reader that is asked at all has the new index, and the edge may ask again."""
Listings = dict[str, EventSummary]
Changes = Mapping[str, EventSummary | None]
Base = tuple[Manifest, str]
UNKNOWN = Manifest("search/unknown.index", "", 0, 0, datetime.fromtimestamp(0, UTC))

_known: dict[str, Listings] = {}
"""The events of the index published last, by its checksum: the next change need not read them again."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    now = clock.now()
    if "Records" in event:
        publish_changes(_changes(event["Records"]), now)
    else:
        publish_all(now)
    return {"batchItemFailures": []}


def publish_changes(changes: Changes, now: datetime) -> None:
    """Make these changes findable. Raises Outdated when other publishers do not let it."""
    for _ in range(ATTEMPTS):
        try:
            return _publish_once(changes, now)
        except Outdated:
            log.info("another publisher was faster")
    raise Outdated


def publish_all(now: datetime) -> None:
    """An index of what the catalog holds, whatever was published before."""
    base = _manifest()
    _publish(_from_catalog(now), base, now)


def _publish_once(changes: Changes, now: datetime) -> None:
    base = _manifest()
    try:
        before = _listings(base, now)
    except (Damaged, UnreadableIndex):
        log.exception("what was published is damaged: it is built again from the catalog")
        _publish(_from_catalog(now), base, now)
        return
    changed = {event_id: new for event_id, new in changes.items() if before.get(event_id) != new}
    if not changed and base:
        return
    words = _only_words(changed, before)
    if base and words is not None and _say(words, base):
        return
    after = {**before, **{event_id: new for event_id, new in changed.items() if new is not None}}
    gone = {event_id for event_id, new in changed.items() if new is None}
    ahead = {event_id: event for event_id, event in after.items() if event_id not in gone and event.starts_at > now}
    _publish(ahead, base, now)


def _publish(listings: Listings, base: Base | None, now: datetime) -> None:
    manifest, _ = snapshots.publish(build_index(listings.values()), base, now)
    _known.clear()
    _known[manifest.sha256] = listings
    message = Purge(clock.now())  # a purge while it was being built has not made anybody forget
    client("sqs").send_message(
        QueueUrl=env("QUEUE_PURGES"), MessageBody=msgspec.json.encode(message).decode(), DelaySeconds=SETTLED_SECONDS
    )
    count("IndexesPublished")


def _manifest() -> Base | None:
    """Which index holds; where nobody can say, one that is not there, to be published over."""
    try:
        return snapshots.read_manifest()
    except Damaged as damaged:
        log.exception("the manifest is damaged")
        return UNKNOWN, str(damaged.etag)


def _words() -> dict[str, Word]:
    """What was said beside the index; what cannot be read is taken away. Raises Damaged."""
    try:
        return snapshots.read_words()[0]
    except Damaged as damaged:
        snapshots.write_words({}, damaged.etag)
        raise


def _listings(base: Base | None, now: datetime) -> Listings:
    """Every event of the index that holds, with the words said since. Raises Damaged, UnreadableIndex."""
    if base is None:
        return _from_catalog(now)
    if base[0].sha256 not in _known:
        index = snapshots.fetch(base[0])
        _known.clear()
        _known[base[0].sha256] = {event.event_id: event for event in index.listings()}
    listings = _known[base[0].sha256]
    for event_id, word in _words().items():
        if event_id in listings and word.at > base[0].built_at:
            listings[event_id] = msgspec.structs.replace(listings[event_id], availability=word.availability)
    return listings


def _from_catalog(now: datetime) -> Listings:
    found = (listing(event) for _, event in catalog.upcoming(clock.rfc3339(now)) if event.status in STATUSES)
    return {event.event_id: event for event in found}


def _only_words(changed: Changes, before: Listings) -> dict[str, EventSummary] | None:
    """The changed events, where nothing but what is left of them has changed."""
    words = {}
    for event_id, new in changed.items():
        old = before.get(event_id)
        if new is None or old is None or msgspec.structs.replace(old, availability=new.availability) != new:
            return None
        words[event_id] = new
    return words


def _say(changed: dict[str, EventSummary], base: Base) -> bool:
    """Write what is left of these events beside the index, unless that has grown too long. Raises Outdated."""
    said, etag = snapshots.read_words()
    built_at = base[0].built_at
    words = {event_id: word for event_id, word in said.items() if word.at > built_at - WORDS_KEPT}
    # Readers heed what was said after the index was begun. One that is being built has read the words before these,
    # and its publisher may have begun later than this one.
    at = max(clock.now(), built_at + timedelta(milliseconds=1))
    words |= {event_id: Word(event.availability, at) for event_id, event in changed.items()}
    if len(words) > WORDS_MAX:
        return False
    snapshots.write_words(words, etag)
    if _manifest() != base:
        raise Outdated  # by an index that knows nothing of these words
    return True


def _changes(records: list[dict[str, Any]]) -> dict[str, EventSummary | None]:
    changes: dict[str, EventSummary | None] = {}
    for record in records:
        image = record["dynamodb"].get("NewImage")
        event_id = record["dynamodb"]["Keys"]["pk"]["S"].partition("#")[2]
        event = catalog.event_of_image(image) if image else None
        changes[event_id] = listing(event) if event and event.status in STATUSES else None
    return changes
