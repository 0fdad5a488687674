"""Charts, and the bucket they lie in with their pictures, uploads and images.

    charts/<hash>.json    a chart, immutable
    charts/<hash>.svg     its drawn preview

What is known of a chart without opening it is an item of the catalog's table.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

import msgspec
from botocore.exceptions import ClientError
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from catalog.charts import Chart
from catalog.store import Item
from kit.clock import rfc3339
from kit.errors import NotFound, TooLarge
from kit.settings import client, env

CHART_HASH = re.compile(r"[0-9a-f]{64}")
CHARTS_IN_MEMORY = 8
CHART_BYTES_MAX = 64 * 1024 * 1024
DAY = "public, max-age=86400"
YEAR = "public, max-age=31536000, immutable"


class ChartItem(Item):
    name = UnicodeAttribute()
    seat_count = NumberAttribute()
    imported_at = UnicodeAttribute()
    imported_by = UnicodeAttribute()


def save_chart(chart_hash: str, canonical: bytes, preview: bytes, chart: Chart, now: datetime, person_id: str) -> None:
    """Keep a chart and its picture under its hash, for good."""
    for ending, body, kind in (("json", canonical, "application/json"), ("svg", preview, "image/svg+xml")):
        client("s3").put_object(
            Bucket=env("BUCKET_CHARTS"),
            Key=f"charts/{chart_hash}.{ending}",
            Body=body,
            ContentType=kind,
            CacheControl=YEAR,
        )
    ChartItem(
        f"CHART#{chart_hash}",
        "CHART",
        name=chart.name,
        seat_count=chart.seat_count,
        imported_at=rfc3339(now),
        imported_by=person_id,
    ).save()


def save_image(key: str, picture: bytes) -> None:
    """Keep a WebP picture under a name made of its own bytes."""
    client("s3").put_object(
        Bucket=env("BUCKET_CHARTS"), Key=key, Body=picture, ContentType="image/webp", CacheControl=DAY
    )


def get_chart(chart_hash: str) -> Chart:
    """The chart with this hash, from memory where possible. Raises NotFound."""
    if not CHART_HASH.fullmatch(chart_hash):
        raise NotFound
    return _chart(chart_hash)


@lru_cache(maxsize=CHARTS_IN_MEMORY)
def _chart(chart_hash: str) -> Chart:
    return msgspec.json.decode(read_object(f"charts/{chart_hash}.json"), type=Chart)


def object_size(key: str) -> int:
    """In bytes. Raises NotFound."""
    try:
        answer = client("s3").head_object(Bucket=env("BUCKET_CHARTS"), Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "403"):
            raise
        raise NotFound from error
    return int(answer["ContentLength"])


def read_object(key: str, bytes_max: int = CHART_BYTES_MAX) -> bytes:
    """An object of the charts bucket. Raises NotFound, also where S3 hides it behind a 403; TooLarge."""
    try:
        answer = client("s3").get_object(Bucket=env("BUCKET_CHARTS"), Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchKey", "AccessDenied"):
            raise
        raise NotFound from error
    if answer["ContentLength"] > bytes_max:
        raise TooLarge(limitBytes=bytes_max)
    return bytes(answer["Body"].read())
