"""The API's OpenAPI 3.1 document, made from the wiring and from the types each entry point declares.

    python -m infra.openapi          writes web/public/openapi.json

The document is committed: a change of the API shows as a difference, and the client's types are made of it.
"""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import msgspec

from infra.triggers import camel_case
from infra.wiring import WIRING
from kit.errors import VersionRequired
from kit.http import Answer, Endpoint

DOCUMENT = Path(__file__).parent.parent / "web/public/openapi.json"
REFERENCE = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The whole document, ready for JSON."""
    operations = [
        (api.route, verb, importlib.import_module(verb).handler.endpoint)
        for function in WIRING
        for api, verb in function.verbs.items()
        if api in function.routes and api.key != "$default"
    ]
    schemas = _Schemas([endpoint for _, _, endpoint in operations])
    paths: dict[str, dict[str, Any]] = {}
    for route, verb, endpoint in operations:
        method, path = route.split(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(path, verb, endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Boxoffice",
            "version": "1",
            "description": "Events, seats, orders and tickets. Errors are problem+json (RFC 9457).",
        },
        "servers": [{"url": "/api"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas.components | {"Problem": PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "Its last part is the stable word of the problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "requestId": {"type": "string"},
    },
}


class _Schemas:
    """JSON Schemas of all bodies, queries and answers, named once."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self._types = [
            wanted for endpoint in endpoints for wanted in (endpoint.body, endpoint.answer) if _is_json(wanted)
        ]
        schemas, components = msgspec.json.schema_components(self._types, ref_template=REFERENCE)
        self._by_type = list(zip(self._types, schemas, strict=True))
        self.components = dict(sorted(components.items()))

    def of(self, wanted: Any) -> dict[str, Any]:
        return next(schema for known, schema in self._by_type if known is wanted or known == wanted)


def _is_json(wanted: Any) -> bool:
    return wanted not in (None, type(None), Answer)


def _operation(path: str, verb: str, endpoint: Endpoint, schemas: _Schemas) -> dict[str, Any]:
    name = camel_case(verb)
    operation: dict[str, Any] = {
        "operationId": name[0].lower() + name[1:],
        "tags": [verb.partition(".")[0]],
        "summary": _summary(verb),
        "parameters": _parameters(path, endpoint),
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.callers.signed_in:
        operation["security"] = [{"bearer": sorted(endpoint.callers.groups)}]
    elif endpoint.callers.recognized:
        operation["security"] = [{}, {"bearer": []}]
    if _is_json(endpoint.body):
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas.of(endpoint.body)}},
        }
    return operation


def _summary(verb: str) -> str:
    module = importlib.import_module(verb)
    return (module.__doc__ or "").strip().splitlines()[0]


def _parameters(path: str, endpoint: Endpoint) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if endpoint.query is not None:
        _, components = msgspec.json.schema_components([endpoint.query], ref_template=REFERENCE)
        query = components[endpoint.query.__name__]
        required = query.get("required", [])
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in query["properties"].items()
        ]
    if VersionRequired in endpoint.raises:
        parameters.append({"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}})
    if endpoint.idempotency_key != "none":
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": endpoint.idempotency_key == "required",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    return parameters


def _responses(endpoint: Endpoint, schemas: _Schemas) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Success"}
    if _is_json(endpoint.answer):
        success["content"] = {"application/json": {"schema": schemas.of(endpoint.answer)}}
    problems: dict[str, list[str]] = {}
    for problem in endpoint.raises:
        problems.setdefault(str(problem.status), []).append(problem.word)
    return {
        str(endpoint.status): success,
        **{status: _problem(", ".join(sorted(words))) for status, words in sorted(problems.items())},
        "default": _problem("Any other problem"),
    }


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": REFERENCE.format(name="Problem")}}},
    }


def text() -> str:
    """The document as it is committed."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(text())
