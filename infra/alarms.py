"""Alarms on the counters that the code itself keeps."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def alarm_on_counters(scope: Construct, meanings: Mapping[str, str]) -> None:
    """Alarm as soon as one of these is counted; each comes with what it means."""
    for name, meaning in meanings.items():
        cloudwatch.Alarm(
            scope,
            f"{name}-alarm",
            alarm_description=meaning,
            metric=cloudwatch.Metric(
                namespace="Boxoffice",
                metric_name=name,
                dimensions_map={"service": "boxoffice"},
                statistic="Sum",
                period=Duration.minutes(1),
            ),
            threshold=0,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
