"""One logger and one metrics sink for all functions. Nothing personal and nothing secret is logged (I25)."""

from __future__ import annotations

import warnings

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

__all__ = ["MetricUnit", "count", "log", "metrics"]

log = Logger(service="boxoffice")
metrics = Metrics(namespace="Boxoffice", service="boxoffice")

# An invocation that has nothing to count is no fault.
warnings.filterwarnings("ignore", message="No application metrics to publish")


def count(name: str, value: float = 1) -> None:
    """Add to a CloudWatch counter; written to the log when the invocation ends."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
