"""Alarms on the counters that the code itself keeps."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


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
