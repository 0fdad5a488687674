"""CloudFront Functions run at the edge as the JavaScript they are."""

import hashlib
import hmac

import pytest

from local.edge.functions import CODE_BYTES_MAX
from tests.local.edge_world import World, behavior, cache_policy, function, run

SPA = """
function handler(event) {
  var request = event.request;
  if (request.uri.indexOf('.') === -1) request.uri = '/index.html';
  return request;
}
"""
SIGNED = """
import crypto from 'crypto';
async function handler(event) {
  const { request } = event;
  const given = request.cookies.pass ? request.cookies.pass.value : '';
  const due = crypto.createHmac('sha256', 'key').update('seat').digest('hex');
  if (given !== due) {
    return { statusCode: 403, statusDescription: 'Forbidden', body: '{"no":1}',
             headers: { 'content-type': { value: 'application/problem+json' } } };
  }
  request.headers['x-checked'] = { value: request.querystring.event.value };
  return request;
}
"""
MARK = """
function handler(event) {
  event.response.headers['x-marked'] = { value: event.request.uri };
  return event.response;
}
"""


def associated(**functions: str) -> dict[str, list[dict[str, object]]]:
    return {
        "FunctionAssociations": [
            {"EventType": event_type.replace("_", "-"), "FunctionARN": {"Fn::GetAtt": [name, "FunctionARN"]}}
            for event_type, name in functions.items()
        ]
    }


def test_a_function_rewrites_the_address() -> None:
    async def scenario(world: World) -> None:
        for path in ("/events/42", "/", "/app.js?v=1"):
            assert (await world.get(path)).status == 200
        assert world.origin.paths == ["/index.html", "/index.html", "/app.js"]

    config = {"DefaultCacheBehavior": behavior() | associated(viewer_request="Spa")}
    run(scenario, config, {"Spa": function(SPA)})


def test_a_function_checks_a_signature_and_answers_itself() -> None:
    async def scenario(world: World) -> None:
        refused = await world.get("/queue?event=e1", headers={"Cookie": "pass=forged"})
        assert (refused.status, refused.body) == (403, b'{"no":1}')
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.headers["X-Cache"] == "FunctionGeneratedResponse from cloudfront"
        assert not world.origin.asked

        due = hmac.new(b"key", b"seat", hashlib.sha256).hexdigest()
        assert (await world.get("/queue?event=e1", headers={"Cookie": f"pass={due}"})).status == 200

    config = {"DefaultCacheBehavior": behavior({"Ref": "P"}) | associated(viewer_request="Signed")}

    policy = cache_policy((0, 0, 1), headers={"HeaderBehavior": "whitelist", "Headers": ["X-Checked"]})
    run(scenario, config, {"Signed": function(SIGNED), "P": policy})


def test_a_function_changes_the_response_but_not_an_error() -> None:
    async def scenario(world: World) -> None:
        marked = await world.get("/a")
        assert (marked.headers["X-Marked"], marked.body) == ("/a", b"hello")
        world.origin.status = 409
        assert "X-Marked" not in (await world.get("/b")).headers

    config = {"DefaultCacheBehavior": behavior() | associated(viewer_response="Mark")}
    run(scenario, config, {"Mark": function(MARK)})


@pytest.mark.parametrize(
    "code",
    [
        "function handler(event) { throw new Error('no'); }",
        "function handler(event) { while (true) {} }",
        "function handler(event) { return 7; }",
        "function handler(event) { return {}; }",
        "import fs from 'fs'; function handler(event) { return event.request; }",
        "function handler(event) { process.exit(1); }",
    ],
)
def test_a_function_that_fails_is_a_503_and_the_next_request_is_served(code: str) -> None:
    async def scenario(world: World) -> None:
        failed = await world.get("/broken/x")
        assert (failed.status, failed.headers["X-Cache"]) == (503, "FunctionExecutionError from cloudfront")
        assert (await world.get("/fine")).status == 200

    config = {
        "CacheBehaviors": [behavior(PathPattern="/broken/*") | associated(viewer_request="Broken")],
        "DefaultCacheBehavior": behavior() | associated(viewer_request="Spa"),
    }
    run(scenario, config, {"Broken": function(code), "Spa": function(SPA)})


def test_a_function_of_more_than_ten_kilobytes_is_refused_at_start() -> None:
    async def scenario(world: World) -> None:
        raise AssertionError("the edge started")

    config = {"DefaultCacheBehavior": behavior() | associated(viewer_request="Large")}
    with pytest.raises(ValueError, match="exceeds 10 KB"):
        run(scenario, config, {"Large": function(SPA + "/" * CODE_BYTES_MAX)})
