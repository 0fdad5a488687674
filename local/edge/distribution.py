"""The distribution as the data plane needs it: behaviours in order, origins, error responses, functions."""

import fnmatch
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from local.edge import policies
from local.edge.policies import NOTHING, CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy
from local.edge.template import Assembly, Resource

Json = dict[str, Any]
Policy = TypeVar("Policy")

_READ_TIMEOUT_SECONDS = 30
_SECRET_REFERENCE = re.compile(
    r"\{\{resolve:secretsmanager:(?P<id>.+?)(?::SecretString(?::(?P<key>[^:}]*))?[^}]*)?\}\}"
)


class ReadSecret(Protocol):
    """(secret name or ARN, JSON key or "") → its value."""

    def __call__(self, secret_id: str, json_key: str) -> str: ...


@dataclass(frozen=True)
class Origin:
    """Where a behaviour fetches from. `domain` is the name AWS would use, see `origins.Origins`."""

    origin_id: str
    domain: str
    path: str
    headers: tuple[tuple[str, str], ...]
    read_timeout_seconds: float
    http_port: int
    is_bucket: bool


@dataclass(frozen=True)
class Behavior:
    """One cache behaviour, its policies looked up."""

    pattern: str
    origin: Origin
    methods: frozenset[str]
    cached_methods: frozenset[str]
    compress: bool
    cache: CachePolicy
    forward: OriginRequestPolicy | None
    response_headers: ResponseHeadersPolicy
    functions: dict[str, str] = field(default_factory=dict, hash=False)
    """event type (viewer-request, viewer-response) → JavaScript"""

    def matches(self, path: str) -> bool:
        return _matcher(self.pattern)(path)

    @property
    def forwards_cookies(self) -> bool:
        forwarded = self.forward.cookies if self.forward else NOTHING
        return not (self.cache.cookies.is_empty and forwarded.is_empty)


@dataclass(frozen=True)
class ErrorResponse:
    """What the viewer gets for an error of the origin, and how long the edge remembers it (seconds)."""

    min_ttl: float = 10
    page: str | None = None
    status: int | None = None


@dataclass(frozen=True)
class Distribution:
    """The whole of it."""

    behaviors: tuple[Behavior, ...]
    """in order of precedence, the default last"""
    errors: dict[int, ErrorResponse]
    default_root_object: str

    def behavior_for(self, path: str) -> Behavior:
        """The first behaviour whose pattern matches, compared after `..` and `//` are taken out."""
        normal = posixpath.normpath(path) if path != "/" else path
        normal = "/" + normal.lstrip("/") + ("/" if path.endswith("/") and normal != "/" else "")
        return next(behavior for behavior in self.behaviors if behavior.matches(normal))

    def error_response(self, status: int) -> ErrorResponse:
        return self.errors.get(status, ErrorResponse())


def read_distribution(assembly: Assembly, read_secret: ReadSecret) -> Distribution:
    """The one distribution of the assembly, ready to serve."""
    found = assembly.resources("AWS::CloudFront::Distribution")
    if len(found) != 1:
        raise LookupError(f"the assembly has {len(found)} CloudFront distributions, the local edge serves one")
    return _Reader(assembly, read_secret, found[0]).distribution()


class _Reader:
    def __init__(self, assembly: Assembly, read_secret: ReadSecret, resource: Resource) -> None:
        self._assembly = assembly
        self._read_secret = read_secret
        self._stack = resource.stack
        self._config: Json = resource.properties["DistributionConfig"]

    def distribution(self) -> Distribution:
        origins = {origin["Id"]: self._origin(origin) for origin in self._config["Origins"]}
        behaviors = [self._behavior(item, origins) for item in self._config.get("CacheBehaviors", [])]
        behaviors.append(self._behavior({**self._config["DefaultCacheBehavior"], "PathPattern": "*"}, origins))
        errors = {
            int(item["ErrorCode"]): ErrorResponse(
                float(item.get("ErrorCachingMinTTL", 10)),
                item.get("ResponsePagePath"),
                int(item["ResponseCode"]) if "ResponseCode" in item else None,
            )
            for item in self._config.get("CustomErrorResponses", [])
        }
        return Distribution(tuple(behaviors), errors, self._config.get("DefaultRootObject", ""))

    def _origin(self, config: Json) -> Origin:
        custom = config.get("CustomOriginConfig", {})
        domain = self._assembly.text(self._stack, config["DomainName"])
        return Origin(
            origin_id=config["Id"],
            domain=urlsplit(domain).hostname or domain if "//" in domain else domain,
            path=self._assembly.text(self._stack, config.get("OriginPath", "")),
            headers=tuple(
                (item["HeaderName"], self._header(item["HeaderValue"]))
                for item in config.get("OriginCustomHeaders", [])
            ),
            read_timeout_seconds=float(custom.get("OriginReadTimeout", _READ_TIMEOUT_SECONDS)),
            http_port=int(custom.get("HTTPPort", 80)),
            is_bucket="S3OriginConfig" in config,
        )

    def _header(self, value: Any) -> str:
        return self._secrets_in(self._assembly.text(self._stack, value))

    def _behavior(self, config: Json, origins: dict[str, Origin]) -> Behavior:
        forward = self._policy(
            config.get("OriginRequestPolicyId"),
            policies.ORIGIN_REQUEST_POLICIES,
            policies.origin_request_policy,
        )
        response_headers = self._policy(
            config.get("ResponseHeadersPolicyId"),
            policies.RESPONSE_HEADERS_POLICIES,
            policies.response_headers_policy,
        )
        cache = self._policy(config["CachePolicyId"], policies.CACHE_POLICIES, policies.cache_policy)
        assert cache is not None
        return Behavior(
            pattern=config["PathPattern"],
            origin=origins[config["TargetOriginId"]],
            methods=frozenset(config.get("AllowedMethods", ["GET", "HEAD"])),
            cached_methods=frozenset(config.get("CachedMethods", ["GET", "HEAD"])),
            compress=bool(config.get("Compress", False)),
            cache=cache,
            forward=forward,
            response_headers=response_headers or ResponseHeadersPolicy(),
            functions={item["EventType"]: self._code(item) for item in config.get("FunctionAssociations", [])},
        )

    def _policy(self, reference: Any, managed: dict[str, Policy], read: Callable[[Json], Policy]) -> Policy | None:
        if reference is None:
            return None
        own = self._assembly.resource(self._stack, reference)
        if own is None:
            return policies.managed(managed, self._assembly.text(self._stack, reference))
        return read(self._assembly.resolve(own.stack, own.properties))

    def _code(self, association: Json) -> str:
        function = self._assembly.resource(self._stack, association["FunctionARN"])
        if function is None:
            raise LookupError(f"{association['FunctionARN']} is not a function of this assembly")
        return self._secrets_in(self._assembly.text(function.stack, function.properties["FunctionCode"]))

    def _secrets_in(self, text: str) -> str:
        return _SECRET_REFERENCE.sub(lambda found: self._read_secret(found["id"], found["key"] or ""), text)


def _matcher(pattern: str) -> Callable[[str], bool]:
    """CloudFront's `*` and `?`; a leading slash may be missing from the pattern. `[` means itself."""
    anchored = pattern if pattern.startswith(("/", "*")) else "/" + pattern
    compiled = re.compile(fnmatch.translate(anchored.replace("[", "[[]")))
    return lambda path: compiled.match(path) is not None
