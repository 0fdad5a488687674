"""Requests to origins: where a domain of AWS lives locally, and which parts of a request reach it."""

import re
from collections.abc import AsyncIterator

import aiohttp
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from multidict import CIMultiDict
from yarl import URL

from local.edge.distribution import Behavior, Origin
from local.edge.policies import NOTHING
from local.edge.viewer import ViewerRequest, accepted_encodings, query_string

CONNECT_TIMEOUT_SECONDS = 10
# The emulator closes idle connections after 75 s; a request must never meet one that is being closed.
_KEEPALIVE_SECONDS = 20
_API = re.compile(r"^(?P<api>[a-z0-9]+)\.execute-api\.")
_BUCKET = re.compile(r"^(?P<bucket>.+?)\.s3[.-][a-z0-9.-]*amazonaws\.com$")

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
CONDITIONAL = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range")
_ALWAYS_SENT = frozenset({"content-type", "content-length", "content-md5", "range", *CONDITIONAL})
_NEVER_SENT = HOP_BY_HOP | {"host", "cookie", "accept-encoding", "expect", "x-forwarded-for"}


class Origins:
    """The origins of the distribution, reached over one pool of connections."""

    def __init__(self, cloud_url: str, region: str) -> None:
        self._cloud = cloud_url.rstrip("/")
        self._region = region
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=512, keepalive_timeout=_KEEPALIVE_SECONDS),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers={"User-Agent", "Accept", "Accept-Encoding", "Content-Type"},
        )

    async def close(self) -> None:
        await self._session.close()

    def url(self, origin: Origin, viewer: ViewerRequest, behavior: Behavior) -> URL:
        """Where this request goes; API and bucket domains are those of the local cloud."""
        path = origin.path + viewer.path
        if found := _API.match(origin.domain):
            base = f"{self._cloud}/_aws/execute-api/{found['api']}"
        elif found := _BUCKET.match(origin.domain):
            base = f"{self._cloud}/{found['bucket']}"
        else:
            base = f"http://{origin.domain}:{origin.http_port}"
        forwarded = behavior.forward.queries if behavior.forward else NOTHING
        query = query_string(pair for pair in viewer.query if pair[0] in behavior.cache.queries or pair[0] in forwarded)
        return URL(f"{base}{path}?{query}" if query else base + path, encoded=True)

    async def send(
        self, viewer: ViewerRequest, behavior: Behavior, body: AsyncIterator[bytes] | None
    ) -> aiohttp.ClientResponse:
        """The origin's response, its body still to be read. Raises aiohttp's errors and TimeoutError."""
        origin = behavior.origin
        url = self.url(origin, viewer, behavior)
        headers = origin_headers(viewer, behavior)
        if origin.is_bucket:
            headers.extend(self._signature(viewer.method, url))
        return await self._session.request(
            viewer.method,
            url,
            headers=headers,
            data=body,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=CONNECT_TIMEOUT_SECONDS, sock_read=origin.read_timeout_seconds
            ),
        )

    async def connect(self, viewer: ViewerRequest, behavior: Behavior) -> aiohttp.ClientWebSocketResponse:
        """A WebSocket to the origin, with the same parts of the request."""
        headers = origin_headers(viewer, behavior)
        protocols = [name.strip() for name in (viewer.header("sec-websocket-protocol") or "").split(",") if name]
        for name in [name for name in headers if name.lower().startswith("sec-websocket-")]:
            headers.popall(name, None)
        return await self._session.ws_connect(
            self.url(behavior.origin, viewer, behavior),
            headers=headers,
            protocols=protocols,
            timeout=aiohttp.ClientWSTimeout(ws_close=CONNECT_TIMEOUT_SECONDS),
        )

    def _signature(self, method: str, url: URL) -> dict[str, str]:
        """An origin access control signs every request, so that the bucket need not be public."""
        request = AWSRequest(method=method, url=str(url), headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
        S3SigV4Auth(Credentials("test", "test"), "s3", self._region).add_auth(request)
        return dict(request.headers.items())


def origin_headers(viewer: ViewerRequest, behavior: Behavior) -> "CIMultiDict[str]":
    """What CloudFront sends on: what the two policies pick, what every request needs, and its own."""
    sent: CIMultiDict[str] = CIMultiDict()
    forward = behavior.forward
    for name, value in viewer.headers:
        if name in _NEVER_SENT:
            continue
        picked = name in behavior.cache.headers or (forward is not None and name in forward.headers)
        if picked or name in _ALWAYS_SENT or name.startswith("sec-websocket-"):
            sent.add(name, value)
    cookies = [
        f"{name}={value}"
        for name, value in viewer.cookies
        if name in behavior.cache.cookies or (forward is not None and name in forward.cookies)
    ]
    if cookies:
        sent["cookie"] = "; ".join(cookies)
    if encodings := accepted_encodings(viewer, behavior):
        sent["accept-encoding"] = ",".join(encodings)
    sent.setdefault("user-agent", "Amazon CloudFront")
    sent["x-forwarded-for"] = ", ".join(filter(None, [viewer.header("x-forwarded-for"), viewer.ip]))
    sent["via"] = "1.1 local.cloudfront.net (CloudFront)"
    sent["x-amz-cf-id"] = viewer.request_id
    for name, value in behavior.origin.headers:
        sent[name] = value
    return sent


def response_headers(response: aiohttp.ClientResponse, origin: Origin) -> tuple[tuple[str, str], ...]:
    """The origin's headers without those that concern one connection."""
    dropped = {*HOP_BY_HOP, *(name.strip() for name in response.headers.get("connection", "").lower().split(","))}
    if origin.is_bucket and "origin" not in response.request_info.headers:
        # The emulator allows every origin, unasked; S3 says nothing unless asked.
        dropped |= {name.lower() for name in response.headers if name.lower().startswith("access-control-")}
    return tuple((name, value) for name, value in response.headers.items() if name.lower() not in dropped)
