"""One Lambda of the wiring: its code, environment, permissions, and the triggers that are not HTTP."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.alarms import alarm_above
from infra.catalog import CHART_PREFIXES
from infra.data_stack import DataStack
from infra.storage import dead_letter_queue
from infra.triggers import Function, Queue, Schedule, Stream

ROOT = Path(__file__).parent.parent
NOT_CODE = ["**/__pycache__", "**/*.pyc"]
STREAM_ATTEMPTS = 10
BEHIND = Duration.minutes(2)
READ = ("GetItem", "BatchGetItem", "Query")
WRITE = ("PutItem", "UpdateItem", "BatchWriteItem", "ConditionCheckItem")


def hosts(wired: Function) -> str:
    """What a function is described by. In the 256 characters of a description, each context is named once."""
    verbs = sorted(verb.partition(".") for verb in set(wired.verbs.values()))
    contexts = groupby(verbs, key=lambda verb: verb[0])
    return "Hosts " + "; ".join(f"{context}: {', '.join(name for *_, name in found)}" for context, found in contexts)


class Code(Construct):
    """What every function runs: the contexts' code, the kit, and the pinned dependencies."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Code")
        self.functions = lambda_.Code.from_asset(str(ROOT / "functions"), exclude=NOT_CODE)
        self.layers = [
            self._layer("Kit", ROOT / "layers/kit"),
            self._layer("Dependencies", ROOT / "layers/dependencies"),
        ]
        self.search_layer = self._layer("Search", ROOT / "layers/search")
        self.beacon_layer = self._layer("Beacon", ROOT / "layers/beacon")

    def _layer(self, name: str, folder: Path) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            name,
            code=lambda_.Code.from_asset(str(folder), exclude=NOT_CODE),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            compatible_architectures=[lambda_.Architecture.ARM_64],
        )


class WiredFunction(Construct):
    """A function with exactly the permissions its wiring names."""

    def __init__(
        self,
        scope: Construct,
        wired: Function,
        *,
        code: Code,
        data: DataStack,
        environment: dict[str, str],
    ) -> None:
        super().__init__(scope, wired.name)
        self.wired, self._data = wired, data
        self.function = lambda_.Function(
            self,
            "Function",
            description=hosts(wired),
            code=code.functions,
            layers=[
                *code.layers,
                *([code.search_layer] if wired.search else []),
                *([code.beacon_layer] if wired.asks_beacon else []),
            ],
            handler="kit.entry.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=wired.memory_mb,
            timeout=Duration.seconds(wired.timeout_seconds),
            tracing=lambda_.Tracing.ACTIVE,
            log_group=logs.LogGroup(
                self, "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
            ),
            environment=environment | self._environment(),
        )
        self._grant()
        for trigger in wired.verbs:
            if isinstance(trigger, Queue):
                self._poll(trigger)
            elif isinstance(trigger, Stream):
                self._follow(trigger)
            elif isinstance(trigger, Schedule):
                self._repeat(trigger)

    def _environment(self) -> dict[str, str]:
        wired, data = self.wired, self._data
        environment = {
            f"TABLE_{context.upper()}": data.tables[context].table_name for context in (*wired.reads, *wired.writes)
        }
        environment |= {f"SECRET_{name.upper()}": data.secrets[name].secret_arn for name in self._secrets()}
        environment |= {f"QUEUE_{name.upper().replace('-', '_')}": data.queues[name].queue_url for name in wired.sends}
        if wired.writes_charts:
            environment["BUCKET_CHARTS"] = data.catalog.charts.bucket_name
        if wired.search:
            environment["BUCKET_SEARCH"] = data.search.bucket.bucket_name
        if wired.writes_lists:
            environment["BUCKET_LISTS"] = data.orders.lists.bucket_name
        if wired.reads_people:
            environment["USER_POOL_ID"] = data.accounts.people.user_pool_id
        environment["VERBS"] = json.dumps({trigger.key: verb for trigger, verb in wired.verbs.items()})
        return environment | dict(wired.environment)

    def _secrets(self) -> list[str]:
        return [*self.wired.secrets, *(["origin"] if self.wired.faces_the_edge else [])]

    def _grant(self) -> None:
        wired, data, function = self.wired, self._data, self.function
        for context in wired.reads:
            self._allow(READ, data.tables[context])
        for context in wired.writes:
            if prefixes := wired.writes_only.get(context):
                self._allow(READ, data.tables[context])
                self._let_write(data.tables[context], prefixes)
            else:
                self._allow((*READ, *WRITE), data.tables[context])
        for context in wired.forgets:
            self._allow(("DeleteItem",), data.tables[context])
        for name in self._secrets():
            data.secrets[name].grant_read(function)
        for name in wired.sends:
            data.queues[name].grant_send_messages(function)
        if wired.writes_charts:
            function.add_to_role_policy(
                iam.PolicyStatement(
                    actions=["s3:GetObject", "s3:PutObject"],
                    resources=[data.catalog.charts.arn_for_objects(f"{prefix}*") for prefix in CHART_PREFIXES],
                )
            )
        if wired.search:
            data.search.grant(function, wired.search == "writes")
        if wired.purges_edge:
            self._let_purge()
        if wired.writes_lists:
            put = iam.PolicyStatement(actions=["s3:PutObject"], resources=[data.orders.lists.arn_for_objects("*")])
            function.add_to_role_policy(put)
        if wired.reads_people:
            data.accounts.people.grant(function, "cognito-idp:AdminGetUser")
        if wired.tells:
            function.add_to_role_policy(
                iam.PolicyStatement(
                    actions=["ses:SendEmail", "ses:SendRawEmail"],
                    resources=[Stack.of(self).format_arn(service="ses", resource="identity", resource_name="*")],
                )
            )
            # A phone number is no resource: topics are what "everything but" leaves out.
            function.add_to_role_policy(
                iam.PolicyStatement(actions=["sns:Publish"], not_resources=["arn:aws:sns:*:*:*"])
            )

    def _let_purge(self) -> None:
        """Any distribution of the account: the edge's stack, which knows its own, depends on this one."""
        stack = Stack.of(self)
        distributions = stack.format_arn(service="cloudfront", region="", resource="distribution", resource_name="*")
        self.function.add_to_role_policy(
            iam.PolicyStatement(actions=["cloudfront:CreateInvalidation"], resources=[distributions])
        )

    def _allow(self, actions: tuple[str, ...], table: dynamodb.Table) -> None:
        table.grant(self.function, *(f"dynamodb:{action}" for action in actions))

    def _let_write(self, table: dynamodb.Table, prefixes: tuple[str, ...]) -> None:
        """Only items of these partitions. Every write names its partition, so the list is never empty."""
        self.function.add_to_role_policy(
            iam.PolicyStatement(
                actions=[f"dynamodb:{action}" for action in WRITE],
                resources=[table.table_arn],
                conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{each}*" for each in prefixes]}},
            )
        )

    def _poll(self, trigger: Queue) -> None:
        self.function.add_event_source(
            sources.SqsEventSource(
                self._data.queues[trigger.name],
                batch_size=trigger.batch_size,
                max_concurrency=trigger.max_concurrency,
                report_batch_item_failures=True,
            )
        )

    def _follow(self, trigger: Stream) -> None:
        """Records that fail again and again go to a queue an operator reads; the shard moves on."""
        failed = dead_letter_queue(self, f"{trigger.table}-failed")
        if not self.node.try_find_child("behind-alarm"):
            behind = self.function.metric("IteratorAge", statistic="Maximum", period=Duration.minutes(1))
            words = f"{self.wired.name} is minutes behind the changes it follows."
            alarm_above(self, "behind", behind, BEHIND.to_milliseconds(), words)
        prefixes = {"pk": trigger.pk_prefix, "sk": trigger.sk_prefix}
        keys: dict[str, Any] = {
            name: {"S": lambda_.FilterRule.begins_with(prefix)} for name, prefix in prefixes.items() if prefix
        }
        kind = {"eventName": lambda_.FilterRule.is_equal(trigger.kind)} if trigger.kind else {}
        self.function.add_event_source(
            sources.DynamoEventSource(
                self._data.tables[trigger.table],
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=trigger.batch_size,
                max_batching_window=Duration.seconds(trigger.window_seconds) if trigger.window_seconds else None,
                bisect_batch_on_error=True,
                retry_attempts=STREAM_ATTEMPTS,
                report_batch_item_failures=True,
                on_failure=sources.SqsDlq(failed),
                filters=[lambda_.FilterCriteria.filter({**kind, "dynamodb": {"Keys": keys}})],
            )
        )

    def _repeat(self, trigger: Schedule) -> None:
        events.Rule(
            self,
            trigger.name,
            schedule=events.Schedule.rate(Duration.minutes(trigger.every_minutes)),
            targets=[
                targets.LambdaFunction(self.function, event=events.RuleTargetInput.from_object({"step": trigger.name}))
            ],
        )
