"""The WebSocket API: one route for each action of the wiring, and who may post to its connections."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk.aws_apigatewayv2_integrations import WebSocketLambdaIntegration
from constructs import Construct

from infra.functions import WiredFunction

STAGE = "live"
"""Also the path at the edge, which so needs no rewriting."""
ENDPOINT = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"
"""Where botocore looks for the address of connections."""
LIFECYCLE = ("$connect", "$disconnect")


class LiveApi(Construct):
    """What a function answers to a message goes back on the connection."""

    def __init__(self, scope: Construct, functions: Sequence[WiredFunction]) -> None:
        super().__init__(scope, "Live")
        self.api = apigateway.WebSocketApi(
            self, "Api", api_name="boxoffice-live", route_selection_expression="$request.body.action"
        )
        self.stage = apigateway.WebSocketStage(
            self,
            "Stage",
            web_socket_api=self.api,
            stage_name=STAGE,
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=2_000, burst_limit=1_000),
        )
        for wired in functions:
            for trigger in wired.wired.actions:
                self.api.add_route(
                    trigger.action,
                    integration=WebSocketLambdaIntegration(trigger.action, wired.function),
                    return_response=trigger.action not in LIFECYCLE,
                )
            if wired.wired.tells_live:
                self._let_post(wired)
                wired.function.add_environment(ENDPOINT, self.stage.callback_url)

    def _let_post(self, wired: WiredFunction) -> None:
        """To any connection; not to end one, nor to ask whose it is."""
        wired.function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["execute-api:ManageConnections"],
                resources=[
                    Stack.of(self).format_arn(
                        service="execute-api", resource=self.api.api_id, resource_name=f"{STAGE}/POST/@connections/*"
                    )
                ],
            )
        )

    @property
    def domain(self) -> str:
        return f"{self.api.api_id}.execute-api.{Stack.of(self).region}.amazonaws.com"
