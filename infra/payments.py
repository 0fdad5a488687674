"""What payments keep: the payment of each order and the webhook events dealt with; and what must alarm."""

from __future__ import annotations

from constructs import Construct

from infra.alarms import alarm_on_counters
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
        alarm_on_counters(self, ALARMS)
