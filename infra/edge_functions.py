"""CloudFront Functions: the JavaScript in `infra/edge/`, those that seal or check with the keys put before them."""

from __future__ import annotations

from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.functions import ROOT

SEALED = ("queue", "admission")
"""Functions that need the waiting room's keys."""


def code(name: str, keys: str = "") -> str:
    """A function's whole source; `keys` is the secret's text, or CloudFormation's reference to it."""
    parts = ("sealed", name) if name in SEALED else (name,)
    source = "".join((ROOT / f"infra/edge/{part}.js").read_text() for part in parts)
    return source.replace("%KEYS%", keys)


def at_viewer_request(scope: Construct, name: str, keys: str = "") -> cloudfront.FunctionAssociation:
    """The function, run on every request before the cache is asked."""
    return cloudfront.FunctionAssociation(
        event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
        function=cloudfront.Function(
            scope,
            name.capitalize(),
            code=cloudfront.FunctionCode.from_inline(code(name, keys)),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        ),
    )
