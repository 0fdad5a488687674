"""The index as the publisher leaves it in S3 and the readers find it.

    search/manifest.json          which index holds, written last and only over the manifest it follows
    search/<sha256>.index         an index, named by what is in it
    search/purged.json            when the edge was last told to forget
    search/availability.json      words that have changed since: small, and written far more often

A manifest names an index by its size and checksum, and a reader opens nothing that differs from that: half an
upload, or a file somebody touched, is never served.
"""

from __future__ import annotations

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from kit.settings import client, env
from search.index import Index
from search.index_file import FORMAT, open_index, save_index

MANIFEST = "search/manifest.json"
WORDS = "search/availability.json"
PURGED = "search/purged.json"
KEPT = 2
"""Indexes that stay after their time, for readers that are opening them now."""
TIMEOUT_SECONDS, ATTEMPTS = 3, 2
"""Of each read from the socket, however long the whole takes."""
ABSENT = ("NoSuchKey", "AccessDenied", "404")
"""S3 says AccessDenied for what is not there to those who may not list."""


OVERTAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412")


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """Which index holds. `before` are the keys of those it replaced, the newest first."""

    key: str
    sha256: str
    size_bytes: int
    events: int
    built_at: datetime
    format: int = FORMAT
    before: list[str] = []


class Word(msgspec.Struct, frozen=True, rename="camel"):
    """What is left of an event, and since when."""

    availability: str
    at: datetime


class Outdated(Exception):
    """Another publisher was faster: what was built does not hold its changes."""


class Damaged(Exception):
    """What lies in S3 is not what its manifest says, or is no document; `etag` is that of the document."""

    def __init__(self, said: str, etag: str | None = None) -> None:
        super().__init__(said)
        self.etag = etag


def read_manifest() -> tuple[Manifest, str] | None:
    """The manifest and its ETag; None before the first. Raises Damaged."""
    if (answer := _get(MANIFEST)) is None:
        return None
    try:
        return msgspec.json.decode(answer["Body"].read(), type=Manifest), str(answer["ETag"])
    except msgspec.DecodeError as error:
        raise Damaged(str(error), str(answer["ETag"])) from error


def fetch(manifest: Manifest) -> Index:
    """Bring an index to the local disk and open it. Raises Damaged, UnreadableIndex."""
    if (answer := _get(manifest.key)) is None:
        raise Damaged(f"{manifest.key} is not there")
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(suffix=".index") as file:
        for chunk in answer["Body"].iter_chunks(1024 * 1024):
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        if (size, digest.hexdigest()) != (manifest.size_bytes, manifest.sha256):
            raise Damaged(f"{manifest.key} is not what the manifest says")
        # The map outlives the file's name: nothing is left on the disk when the index is let go.
        return open_index(Path(file.name))


def publish(index: Index, follows: tuple[Manifest, str] | None, now: datetime) -> tuple[Manifest, str]:
    """Upload an index, then say that it holds, unless another was published meanwhile. Raises Outdated."""
    with tempfile.NamedTemporaryFile(suffix=".index") as file:
        save_index(index, Path(file.name))
        with Path(file.name).open("rb") as saved:
            digest = hashlib.file_digest(saved, "sha256").hexdigest()
        size = Path(file.name).stat().st_size
        key = f"search/{digest}.index"
        with Path(file.name).open("rb") as saved:
            _s3().put_object(Bucket=env("BUCKET_SEARCH"), Key=key, Body=saved)
    older = [follows[0].key, *follows[0].before] if follows else []
    older = [name for name in dict.fromkeys(older) if name != key]
    manifest = Manifest(key, digest, size, index.size, now, before=older[:KEPT])
    etag = _put_over(MANIFEST, msgspec.json.encode(manifest), follows and follows[1])
    for name in older[KEPT:]:
        _s3().delete_object(Bucket=env("BUCKET_SEARCH"), Key=name)
    return manifest, etag


def read_words() -> tuple[dict[str, Word], str | None]:
    """What is left, by event id, of events where that has changed lately; and the ETag. Raises Damaged."""
    if (answer := _get(WORDS)) is None:
        return {}, None
    try:
        return msgspec.json.decode(answer["Body"].read(), type=dict[str, Word]), str(answer["ETag"])
    except msgspec.DecodeError as error:
        raise Damaged(str(error), str(answer["ETag"])) from error


def write_words(words: dict[str, Word], follows: str | None) -> None:
    """Raises Outdated when somebody else has written meanwhile."""
    _put_over(WORDS, msgspec.json.encode(words), follows)


def last_purge() -> tuple[datetime | None, str | None]:
    """When the edge was last told to forget, and the ETag of that note."""
    if (answer := _get(PURGED)) is None:
        return None, None
    return msgspec.json.decode(answer["Body"].read(), type=datetime), str(answer["ETag"])


def record_purge(now: datetime, follows: str | None) -> None:
    """Say that it was purged. Raises Outdated when somebody else has."""
    _put_over(PURGED, msgspec.json.encode(now), follows)


def _put_over(key: str, body: bytes, follows: str | None) -> str:
    """Write where nothing was, or over exactly what was read. Raises Outdated."""
    condition = {"IfMatch": follows} if follows else {"IfNoneMatch": "*"}
    try:
        answer = _s3().put_object(Bucket=env("BUCKET_SEARCH"), Key=key, Body=body, **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] not in OVERTAKEN:
            raise
        raise Outdated from error
    return str(answer["ETag"])


def _get(key: str) -> dict[str, Any] | None:
    try:
        return dict(_s3().get_object(Bucket=env("BUCKET_SEARCH"), Key=key))
    except ClientError as error:
        if error.response["Error"]["Code"] not in ABSENT:
            raise
        return None


def _s3() -> Any:
    return client("s3", TIMEOUT_SECONDS, ATTEMPTS)
