"""What `Custom::CDKBucketDeployment` does: unpack assets into a bucket, with deploy-time values filled in."""

from __future__ import annotations

import io
import json
import mimetypes
import zipfile
from typing import Any


def copy(properties: dict[str, Any]) -> dict[str, Any]:
    """Put what the source archives hold into the destination bucket; with Prune, remove everything else."""
    from ministack.services import s3

    if properties.get("Exclude") or properties.get("Include"):
        raise ValueError("A bucket deployment with include or exclude filters is not known to the local cloud")
    bucket = properties["DestinationBucketName"]
    folder = properties.get("DestinationBucketKeyPrefix", "").strip("/")
    prefix = f"{folder}/" if folder else ""
    keys = properties["SourceObjectKeys"]
    files: dict[str, bytes] = {}
    for source, key, markers, marking in zip(
        properties["SourceBucketNames"],
        keys,
        properties.get("SourceMarkers") or [{}] * len(keys),
        properties.get("SourceMarkersConfig") or [{}] * len(keys),
        strict=True,
    ):
        archive = s3._get_object_data(source, key)
        if archive is None:
            raise ValueError(f"The asset {key} is not in the bucket {source}")
        files.update(_unzipped(archive, markers, escape=_true(marking.get("jsonEscape"))))
    files = {prefix + path: body for path, body in files.items()}
    for path, body in files.items():
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        status, _, answer = s3._put_object(
            bucket, path, body, {"content-type": kind, **properties.get("SystemMetadata", {})}
        )[:3]
        if status >= 300:
            raise ValueError(f"{path} could not be put into {bucket}: {answer!r}")
    if _true(properties.get("Prune", True)):
        for path in [each for each in s3._buckets[bucket]["objects"] if each.startswith(prefix)]:
            if path not in files:
                s3._delete_object(bucket, path, {})
    return {"DestinationBucketArn": properties.get("DestinationBucketArn"), "SourceObjectKeys": keys}


def _unzipped(archive: bytes, markers: dict[str, str], *, escape: bool) -> dict[str, bytes]:
    """The files of an archive, with deploy-time values put in the place of their markers."""
    values = {
        marker.encode(): (json.dumps(value)[1:-1] if escape else value).encode() for marker, value in markers.items()
    }
    files = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for path in opened.namelist():
            if path.endswith("/"):
                continue
            body = opened.read(path)
            for marker, value in values.items():
                body = body.replace(marker, value)
            files[path] = body
    return files


def _true(value: object) -> bool:
    return str(value).lower() == "true"
