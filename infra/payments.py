"""What payments keep: the payment of each order and the webhook events dealt with; and what must alarm."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.storage import context_table

ALARMS = {
    "AmountMismatch": "An intent asked for another amount than its order: nothing was captured.",
    "UnexpectedPayment": "Stripe told of a payment that fits no order of ours.",
    "StrayAuthorization": "A card was authorised after its order had ended; the authorisation was given back.",
    "WebhookMismatch": "A webhook came from another Stripe account, or from live mode to test mode or back.",
}
"""The counters of `functions/payments` that are never raised in an ordinary day, and what they mean."""


class Payments(Construct):
    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Payments")
        self.table = context_table(self)
        for name, meaning in ALARMS.items():
            cloudwatch.Alarm(
                self,
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
