"""Alarms, and whom they tell. Every alarm is made here, and `tell_operators` gives each of them the same one action."""

from __future__ import annotations

from collections.abc import Mapping

import jsii
from aws_cdk import Aspects, Aws, CfnCondition, CfnParameter, Duration, Fn, IAspect, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct


class Operators(Construct):
    """The topic that hears of every alarm, and of its end; mail is one way to listen to it."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Operators")
        address = CfnParameter(
            Stack.of(self),
            "OperatorsEmail",
            default="",
            description="Who is written to when an alarm goes off; nobody where it is empty. SNS asks to confirm it.",
        ).value_as_string
        self.topic = sns.Topic(self, "Alarms", display_name="Boxoffice alarms", enforce_ssl=True)
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        self.topic.grant_publish(iam.ServicePrincipal("cloudwatch.amazonaws.com", conditions=ours))
        given = CfnCondition(self, "EmailGiven", expression=Fn.condition_not(Fn.condition_equals(address, "")))
        mail = sns.CfnSubscription(self, "Mail", topic_arn=self.topic.topic_arn, protocol="email", endpoint=address)
        mail.cfn_options.condition = given


@jsii.implements(IAspect)
class _Told:
    def __init__(self, topic: sns.Topic) -> None:
        self._topic = topic

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cloudwatch.CfnAlarm):
            node.alarm_actions = node.ok_actions = [self._topic.topic_arn]


def tell_operators(scope: Construct, operators: Operators) -> None:
    """Of every alarm below, and of those that are yet to be made."""
    Aspects.of(scope).add(_Told(operators.topic))


def alarm_above(scope: Construct, name: str, metric: cloudwatch.Metric, threshold: float, meaning: str) -> None:
    """Alarm as soon as the metric is above this for a period."""
    cloudwatch.Alarm(
        scope,
        f"{name}-alarm",
        alarm_description=meaning,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def alarm_on_counters(scope: Construct, meanings: Mapping[str, str]) -> None:
    """Alarm as soon as one of these is counted; each comes with what it means."""
    for name, meaning in meanings.items():
        counter = cloudwatch.Metric(
            namespace="Boxoffice",
            metric_name=name,
            dimensions_map={"service": "boxoffice"},
            statistic="Sum",
            period=Duration.minutes(1),
        )
        alarm_above(scope, name, counter, 0, meaning)
