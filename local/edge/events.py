"""What CloudFront Functions receive and return, to and from the edge's own types."""

import base64
from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from local.edge.cache import Answer
from local.edge.functions import FunctionFailed
from local.edge.viewer import Pairs, ViewerRequest, parse_cookies, parse_query

Json = dict[str, Any]


def request_event(viewer: ViewerRequest) -> Json:
    """The event of a viewer-request function."""
    return _event(viewer, "viewer-request")


def response_event(viewer: ViewerRequest, answer: Answer) -> Json:
    """The event of a viewer-response function. It never sees the body, as on CloudFront."""
    event = _event(viewer, "viewer-response")
    headers = [(name.lower(), value) for name, value in answer.headers if name.lower() != "set-cookie"]
    event["response"] = {
        "statusCode": answer.status,
        "statusDescription": _phrase(answer.status),
        "headers": _grouped(headers),
        "cookies": _set_cookies(value for name, value in answer.headers if name.lower() == "set-cookie"),
    }
    return event


def changed_request(viewer: ViewerRequest, returned: Json) -> ViewerRequest:
    """The request as a viewer-request function gave it back."""
    try:
        query = returned.get("querystring", {})
        return replace(
            viewer,
            path=quote(returned["uri"], safe="/%:@!$&'()*+,;=~-._"),
            query=parse_query(query) if isinstance(query, str) else _pairs(query),
            headers=tuple((name.lower(), value) for name, value in _pairs(returned.get("headers", {}))),
            cookies=_pairs(returned.get("cookies", {})),
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise FunctionFailed(f"returned neither a request nor a response: {returned}") from problem


def generated_answer(returned: Json) -> Answer:
    """The response a function gave instead of asking the origin."""
    return changed_answer(Answer(int(returned["statusCode"]), (), b""), returned)


def changed_answer(answer: Answer, returned: Json) -> Answer:
    """`answer` with the status, headers, cookies and, where given, body that a function returned."""
    try:
        cookies = [
            ("Set-Cookie", "; ".join(filter(None, [f"{name}={entry['value']}", entry.get("attributes")])))
            for name, entry in returned.get("cookies", {}).items()
        ]
        return replace(
            answer,
            status=int(returned["statusCode"]),
            headers=(*_pairs(returned.get("headers", {})), *cookies),
            body=_body(returned["body"]) if "body" in returned else answer.body,
        )
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise FunctionFailed(f"returned no valid response: {returned}") from problem


def _event(viewer: ViewerRequest, event_type: str) -> Json:
    return {
        "version": "1.0",
        "context": {
            "distributionDomainName": "local",
            "distributionId": "LOCAL",
            "eventType": event_type,
            "requestId": viewer.request_id,
        },
        "viewer": {"ip": viewer.ip},
        "request": {
            "method": viewer.method,
            "uri": viewer.path,
            "querystring": _grouped(viewer.query),
            "headers": _grouped(pair for pair in viewer.headers if pair[0] != "cookie"),
            "cookies": _grouped(viewer.cookies),
        },
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> Json:
    found: Json = {}
    for name, value in pairs:
        if name not in found:
            found[name] = {"value": value}
            continue
        found[name].setdefault("multiValue", [{"value": found[name]["value"]}]).append({"value": value})
    return found


def _pairs(grouped: Json) -> Pairs:
    return tuple(
        (name, str(item["value"])) for name, entry in grouped.items() for item in entry.get("multiValue", [entry])
    )


def _set_cookies(headers: Iterable[str]) -> Json:
    found: Json = {}
    for header in headers:
        pair, _, attributes = header.partition(";")
        for name, value in parse_cookies([pair]):
            found[name] = {"value": value, "attributes": attributes.strip()}
    return found


def _body(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    data = body.get("data", "")
    return base64.b64decode(data) if body.get("encoding") == "base64" else data.encode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
