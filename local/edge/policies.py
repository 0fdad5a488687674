"""Cache, origin request and response headers policies: those of the template and those AWS manages.

The managed ones are CloudFront's published defaults; an id that is not listed here stops the edge at
start with its name, rather than being guessed at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Json = dict[str, Any]
Policy = TypeVar("Policy")


class UnknownManagedPolicy(Exception):
    """The distribution names a managed policy that the local edge does not know."""


@dataclass(frozen=True)
class Selection:
    """Which headers, cookies or query strings are meant: none, all, only these, or all but these."""

    mode: str
    names: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        """Header names are compared in lower case; callers lower them."""
        match self.mode:
            case "none":
                return False
            case "whitelist":
                return name in self.names
            case "allExcept":
                return name not in self.names
        return True

    @property
    def is_empty(self) -> bool:
        return self.mode == "none"


NOTHING = Selection("none")
EVERYTHING = Selection("all")


def only(*names: str) -> Selection:
    return Selection("whitelist", frozenset(names))


@dataclass(frozen=True)
class CachePolicy:
    """How long the edge keeps an answer (seconds) and what tells two answers apart."""

    min_ttl: float = 0
    default_ttl: float = 86_400
    max_ttl: float = 31_536_000
    queries: Selection = NOTHING
    headers: Selection = NOTHING
    cookies: Selection = NOTHING
    encodings: tuple[str, ...] = ()

    @property
    def caches(self) -> bool:
        return self.max_ttl > 0


@dataclass(frozen=True)
class OriginRequestPolicy:
    """What reaches the origin besides what the cache policy already sends."""

    queries: Selection = NOTHING
    headers: Selection = NOTHING
    cookies: Selection = NOTHING


@dataclass(frozen=True)
class ResponseHeadersPolicy:
    """Headers for the viewer: (name, value, whether it replaces the origin's), and names to drop."""

    headers: tuple[tuple[str, str, bool], ...] = ()
    removed: frozenset[str] = frozenset()


_BOTH = ("br", "gzip")
_OVERRIDES = only("host", "origin", "x-http-method-override", "x-http-method", "x-method-override")

CACHE_POLICIES = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": CachePolicy(min_ttl=1, encodings=_BOTH),  # CachingOptimized
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": CachePolicy(min_ttl=1),  # …ForUncompressedObjects
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": CachePolicy(default_ttl=0, max_ttl=0),  # CachingDisabled
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": CachePolicy(  # UseOriginCacheControlHeaders
        default_ttl=0, headers=_OVERRIDES, cookies=EVERYTHING, encodings=_BOTH
    ),
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": CachePolicy(  # UseOriginCacheControlHeaders-QueryStrings
        default_ttl=0, queries=EVERYTHING, headers=_OVERRIDES, cookies=EVERYTHING, encodings=_BOTH
    ),
}

ORIGIN_REQUEST_POLICIES = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": OriginRequestPolicy(EVERYTHING, EVERYTHING, EVERYTHING),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": OriginRequestPolicy(  # AllViewerExceptHostHeader
        EVERYTHING, Selection("allExcept", frozenset({"host"})), EVERYTHING
    ),
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": OriginRequestPolicy(  # CORS-S3Origin
        headers=only("origin", "access-control-request-headers", "access-control-request-method")
    ),
    "59781a5b-3903-41f3-afcb-af62929ccde1": OriginRequestPolicy(headers=only("origin")),  # CORS-CustomOrigin
    "acba4595-bd28-49b8-b9fe-13317c0390fa": OriginRequestPolicy(headers=only("user-agent", "referer")),
}

_SECURITY = (
    ("X-XSS-Protection", "1; mode=block", False),
    ("X-Frame-Options", "SAMEORIGIN", False),
    ("Referrer-Policy", "strict-origin-when-cross-origin", False),
    ("X-Content-Type-Options", "nosniff", True),
    ("Strict-Transport-Security", "max-age=31536000", False),
)
RESPONSE_HEADERS_POLICIES = {
    "67f7725c-6f97-4210-82d7-5512b31e9d03": ResponseHeadersPolicy(_SECURITY),  # SecurityHeadersPolicy
}


def managed(known: dict[str, Policy], policy_id: str) -> Policy:
    """The managed policy of that id."""
    if policy_id not in known:
        raise UnknownManagedPolicy(policy_id)
    return known[policy_id]


def cache_policy(properties: Json) -> CachePolicy:
    """From an `AWS::CloudFront::CachePolicy`, already resolved."""
    config = properties["CachePolicyConfig"]
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]
    encodings = (("br", key.get("EnableAcceptEncodingBrotli")), ("gzip", key.get("EnableAcceptEncodingGzip")))
    return CachePolicy(
        min_ttl=float(config["MinTTL"]),
        default_ttl=float(config["DefaultTTL"]),
        max_ttl=float(config["MaxTTL"]),
        queries=_selection(key["QueryStringsConfig"], "QueryString", "QueryStrings"),
        headers=_selection(key["HeadersConfig"], "Header", "Headers", lower=True),
        cookies=_selection(key["CookiesConfig"], "Cookie", "Cookies"),
        encodings=tuple(name for name, enabled in encodings if enabled),
    )


def origin_request_policy(properties: Json) -> OriginRequestPolicy:
    """From an `AWS::CloudFront::OriginRequestPolicy`, already resolved."""
    config = properties["OriginRequestPolicyConfig"]
    return OriginRequestPolicy(
        queries=_selection(config["QueryStringsConfig"], "QueryString", "QueryStrings"),
        headers=_selection(config["HeadersConfig"], "Header", "Headers", lower=True),
        cookies=_selection(config["CookiesConfig"], "Cookie", "Cookies"),
    )


def _selection(config: Json, kind: str, names: str, *, lower: bool = False) -> Selection:
    mode = config[f"{kind}Behavior"]
    listed = frozenset(name.lower() if lower else name for name in config.get(names, []))
    return Selection("all" if mode.startswith("allViewer") else mode, listed)


def response_headers_policy(properties: Json) -> ResponseHeadersPolicy:
    """From an `AWS::CloudFront::ResponseHeadersPolicy`, already resolved."""
    config = properties["ResponseHeadersPolicyConfig"]
    headers = [*_security_headers(config.get("SecurityHeadersConfig", {}))]
    for item in config.get("CustomHeadersConfig", {}).get("Items", []):
        headers.append((item["Header"], item["Value"], _true(item["Override"])))
    headers.extend(_cors_headers(config.get("CorsConfig")))
    removed = config.get("RemoveHeadersConfig", {}).get("Items", [])
    return ResponseHeadersPolicy(tuple(headers), frozenset(item["Header"].lower() for item in removed))


def _security_headers(config: Json) -> list[tuple[str, str, bool]]:
    named: dict[str, tuple[str, Callable[[Json], str]]] = {
        "ContentSecurityPolicy": ("Content-Security-Policy", lambda part: str(part["ContentSecurityPolicy"])),
        "ContentTypeOptions": ("X-Content-Type-Options", lambda part: "nosniff"),
        "FrameOptions": ("X-Frame-Options", lambda part: str(part["FrameOption"])),
        "ReferrerPolicy": ("Referrer-Policy", lambda part: str(part["ReferrerPolicy"])),
        "StrictTransportSecurity": ("Strict-Transport-Security", _transport_security),
        "XSSProtection": ("X-XSS-Protection", _xss_protection),
    }
    return [
        (name, value(config[key]), _true(config[key]["Override"]))
        for key, (name, value) in named.items()
        if key in config
    ]


def _transport_security(config: Json) -> str:
    parts = [f"max-age={config['AccessControlMaxAgeSec']}"]
    parts += ["includeSubDomains"] if _true(config.get("IncludeSubdomains")) else []
    parts += ["preload"] if _true(config.get("Preload")) else []
    return "; ".join(parts)


def _xss_protection(config: Json) -> str:
    if not _true(config["Protection"]):
        return "0"
    return "1; mode=block" if _true(config.get("ModeBlock")) else "1"


def _cors_headers(config: Json | None) -> list[tuple[str, str, bool]]:
    """Only what a public, cookie-less resource needs; anything finer belongs to the origin."""
    if config is None:
        return []
    origins = config["AccessControlAllowOrigins"]["Items"]
    if origins != ["*"]:
        raise UnknownManagedPolicy(f"a CORS policy for {origins}; the local edge serves '*' only")
    return [("Access-Control-Allow-Origin", "*", _true(config["OriginOverride"]))]


def _true(value: Any) -> bool:
    return str(value).lower() == "true"
