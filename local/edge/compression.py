"""What CloudFront compresses, and how."""

import asyncio
import gzip
from dataclasses import replace

import brotli

from local.edge.cache import Answer

BYTES_MIN, BYTES_MAX = 1_000, 10_000_000
_STATUSES = frozenset({200, 403, 404})
_TYPES = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/wasm",
        "application/xhtml+xml",
        "application/xml",
        "font/otf",
        "font/ttf",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/plain",
        "text/xml",
    }
)
_IN_PLACE_BYTES_MAX = 64 * 1024


async def compressed(answer: Answer, encodings: tuple[str, ...]) -> Answer:
    """`answer` in the best encoding the viewer takes, or as it is when CloudFront would leave it alone."""
    if not encodings or not _worth_compressing(answer):
        return answer
    encoding = encodings[0]
    compress = _brotli if encoding == "br" else _gzip
    if len(answer.body) > _IN_PLACE_BYTES_MAX:
        body = await asyncio.to_thread(compress, answer.body)
    else:
        body = compress(answer.body)
    headers = [
        (name, _weak(value) if name.lower() == "etag" else value)
        for name, value in answer.headers
        if name.lower() != "content-length"
    ]
    return replace(answer, body=body, headers=(*headers, ("Content-Encoding", encoding), ("Vary", "Accept-Encoding")))


def _worth_compressing(answer: Answer) -> bool:
    return (
        answer.status in _STATUSES
        and BYTES_MIN <= len(answer.body) <= BYTES_MAX
        and answer.header("content-encoding") is None
        and (answer.header("content-type") or "").partition(";")[0].strip().lower() in _TYPES
    )


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, quality=5))


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)


def _weak(etag: str) -> str:
    return etag if etag.startswith("W/") else f"W/{etag}"
