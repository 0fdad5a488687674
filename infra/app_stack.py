"""Everything that runs: functions from the wiring, the HTTP API before them, the state machines behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aws_cdk import ArnFormat, CfnParameter, Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ses as ses
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.alarms import alarm_above
from infra.data_stack import DataStack
from infra.drand import QUICKNET_KEY, QUICKNET_URL
from infra.functions import ROOT, Code, WiredFunction
from infra.live import LiveApi
from infra.triggers import Api, Function, Step
from infra.wiring import WIRING

STAGE = "api"
MACHINES = ("purchase", "cancellation", "event-change")
ACCESS_LOG = {
    "requestId": "$context.requestId",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "latencyMs": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
}
"""No address and no path: paths carry ids of things people own (I25)."""
SITE_URL_PARAMETER = "/boxoffice/site-url"
PUSH_SERVICES = (
    "https://fcm.googleapis.com",
    "https://updates.push.services.mozilla.com",
    "https://web.push.apple.com",
    "https://*.notify.windows.com",
)
DISTRIBUTION_PARAMETER = "/boxoffice/distribution-id"


def states_of(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state of a machine, those that a map runs too."""
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"])


class AppStack(Stack):
    """The stateless side: it can be thrown away and deployed again while nobody buys."""

    def __init__(self, scope: Construct, name: str, *, data: DataStack, **options: Any) -> None:
        super().__init__(scope, name, **options)
        self._data = data
        mail_from = CfnParameter(
            self,
            "MailFrom",
            default="tickets@boxoffice.example",
            description="Sender of all mail; its domain or address must be verified in SES.",
        ).value_as_string
        stripe_api = CfnParameter(
            self, "StripeApiBase", default="https://api.stripe.com", description="Where Stripe's API answers."
        ).value_as_string
        self._beacon = CfnParameter(
            self,
            "BeaconUrl",
            default=QUICKNET_URL,
            description="The public randomness that draws of the waiting room use: drand's quicknet.",
        ).value_as_string
        self._beacon_key = CfnParameter(
            self,
            "BeaconKey",
            default=QUICKNET_KEY,
            description="What that beacon signs its rounds with: of G2.",
        ).value_as_string
        push_services = CfnParameter(
            self,
            "PushServices",
            default=" ".join(PUSH_SERVICES),
            description="Origins of the push services of browsers, the only ones that messages are posted to.",
        ).value_as_string
        ses.CfnEmailIdentity(self, "Sender", email_identity=mail_from)
        self._environment = {
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "ISSUER": data.accounts.people.user_pool_provider_url,
            "CLIENT_IDS": data.accounts.client.user_pool_client_id,
            "JWKS_URL": f"{data.cognito_endpoint}/{data.accounts.people.user_pool_id}/.well-known/jwks.json",
        }
        code = Code(self)
        self._functions = [
            WiredFunction(
                self,
                wired,
                code=code,
                data=data,
                environment=self._environment | self._particular(wired, mail_from, stripe_api, push_services),
            )
            for wired in WIRING
        ]
        self._let_read_parameters()
        self.api = self._http_api()
        self.live = LiveApi(self, self._functions)
        for name in MACHINES:
            self._let_start_and_resume(self._state_machine(name), name)

    def _particular(self, wired: Function, mail_from: str, stripe_api: str, push_services: str) -> dict[str, str]:
        """What one function needs that others should not see."""
        if "stripe" in wired.secrets:
            return {"STRIPE_API_BASE": stripe_api}
        if wired.tells:
            return {"MAIL_FROM": mail_from, "PARAM_SITE_URL": SITE_URL_PARAMETER}
        return {
            "preferences": {"PUSH_SERVICES": push_services},
            "purge": {"PARAM_DISTRIBUTION": DISTRIBUTION_PARAMETER},
            "unrouted": {"ROUTES": json.dumps(self._routes())},
            "usher": {"BEACON_URL": self._beacon, "BEACON_KEY": self._beacon_key},
            "rooms": {"BEACON_URL": self._beacon},
        }.get(wired.name, {})

    def _let_read_parameters(self) -> None:
        """The site's address is for mail, the distribution's id for purging; the edge, made after this, writes both."""
        for wired in self._functions:
            if wired.wired.tells or wired.wired.purges_edge:
                name = (SITE_URL_PARAMETER if wired.wired.tells else DISTRIBUTION_PARAMETER).removeprefix("/")
                arn = self.format_arn(service="ssm", resource="parameter", resource_name=name)
                wired.function.add_to_role_policy(iam.PolicyStatement(actions=["ssm:GetParameter"], resources=[arn]))

    @staticmethod
    def _routes() -> list[str]:
        return [api.route for wired in WIRING for api in wired.routes if api.route != "$default"]

    def _http_api(self) -> apigateway.HttpApi:
        api = apigateway.HttpApi(self, "Api", create_default_stage=False)
        log = logs.LogGroup(
            self, "ApiLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        apigateway.CfnStage(
            self,
            "Stage",
            api_id=api.api_id,
            stage_name=STAGE,
            auto_deploy=True,
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=10_000, throttling_burst_limit=5_000
            ),
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(ACCESS_LOG)
            ),
        )
        for wired in self._functions:
            integration = HttpLambdaIntegration(wired.wired.name, wired.function)
            for trigger in wired.wired.routes:
                self._add_route(api, trigger, integration)
        return api

    @staticmethod
    def _add_route(api: apigateway.HttpApi, trigger: Api, integration: HttpLambdaIntegration) -> None:
        method, _, path = trigger.route.partition(" ")
        key = (
            apigateway.HttpRouteKey.with_(path, apigateway.HttpMethod[method])
            if path
            else apigateway.HttpRouteKey.DEFAULT
        )
        apigateway.HttpRoute(api, trigger.route, http_api=api, route_key=key, integration=integration)

    def _state_machine(self, name: str) -> sfn.StateMachine:
        """`statemachines/<name>.asl.json`, its `${State}` placeholders filled with the functions' ARNs."""
        path = ROOT / f"statemachines/{name}.asl.json"
        tasks = self._tasks_of(path)
        machine = sfn.StateMachine(
            self,
            name.title().replace("-", ""),
            state_machine_name=f"boxoffice-{name}",
            definition_body=sfn.DefinitionBody.from_file(str(path)),
            definition_substitutions={task: function.function_arn for task, function in tasks.items()},
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    self,
                    f"{name}-log",
                    log_group_name=f"/aws/vendedlogs/states/boxoffice-{name}",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=RemovalPolicy.DESTROY,
                ),
                level=sfn.LogLevel.ERROR,
                include_execution_data=False,
            ),
        )
        machine.add_to_role_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"],
                resources=sorted({function.function_arn for function in tasks.values()}),
            )
        )
        if '"DISTRIBUTED"' in path.read_text():
            self._let_map(machine, f"boxoffice-{name}")
        failed = machine.metric_failed(period=Duration.minutes(1))
        alarm_above(self, f"{name}-failed", failed, 0, f"An execution of {name} failed: an order needs a person.")
        return machine

    def _let_map(self, machine: sfn.StateMachine, name: str) -> None:
        """A distributed map reads its items from a list, and runs each as an execution of its own machine."""
        lists = [self._data.orders.lists.arn_for_objects("*")]
        itself, runs = [self._states_arn("stateMachine", name)], [self._states_arn("execution", f"{name}/*")]
        of_runs = ["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"]
        for actions, resources in (["s3:GetObject"], lists), (["states:StartExecution"], itself), (of_runs, runs):
            machine.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=resources))

    def _tasks_of(self, path: Path) -> dict[str, lambda_.Function]:
        """The functions of the states a machine has."""
        states = dict(states_of(json.loads(path.read_text())))
        return {
            trigger.name: wired.function
            for wired in self._functions
            for trigger in wired.wired.verbs
            if isinstance(trigger, Step) and trigger.name in states
        }

    def _states_arn(self, resource: str, name: str) -> str:
        """By name, so that a machine's own role can be given what concerns itself."""
        form = ArnFormat.COLON_RESOURCE_NAME
        return self.format_arn(service="states", resource=resource, resource_name=name, arn_format=form)

    def _let_start_and_resume(self, machine: sfn.StateMachine, name: str) -> None:
        for wired in self._functions:
            if name in wired.wired.starts:
                variable = f"MACHINE_{name.upper().replace('-', '_')}"
                wired.function.add_environment(variable, machine.state_machine_arn)
                machine.grant_start_execution(wired.function)
                wired.function.add_to_role_policy(
                    iam.PolicyStatement(
                        actions=["states:DescribeExecution", "states:RedriveExecution"],
                        resources=[self._states_arn("execution", f"boxoffice-{name}:*")],
                    )
                )
            if name in wired.wired.resumes:
                machine.grant_task_response(wired.function)
