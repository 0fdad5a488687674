"""What payments keep: payments, their refunds, disputes and books, the webhook events; and what must alarm."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.alarms import alarm_on_counters
from infra.storage import context_table

ALARMS = {
    "AmountMismatch": "An intent asked for another amount than its order: nothing was captured.",
    "UnexpectedPayment": "Stripe told of a payment that fits no order of ours.",
    "IntentsUnknown": "Stripe does not know an intent of ours, so its order ended uncharged: is it the right account?",
    "StrayAuthorization": "Money was set aside or taken for an order after it had ended; it was given back.",
    "RefundFailed": "A buyer's bank did not take a refund: the money is back with us and owed.",
    "PaymentsAbandoned": "An authorisation that no purchase took or gave back was given back: look at that purchase.",
    "LedgerDifferences": "Our books and Stripe's do not agree: the log, and `make reconcile`, name the orders.",
    "WebhookMismatch": "A webhook came from another Stripe account, or from live mode to test mode or back.",
}
"""The counters of `functions/payments` that are never raised in an ordinary day, and what they mean."""


class Payments(Construct):
    """The table's stream carries news to other contexts; sweeping and reconciling find payments in its index."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Payments")
        self.table = context_table(self, stream=True)
        self.table.add_global_secondary_index(
            index_name="listing",
            partition_key=dynamodb.Attribute(name="listed", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="listed_at", type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        alarm_on_counters(self, ALARMS)
