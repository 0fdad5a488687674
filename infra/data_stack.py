"""Everything that must survive a deployment: tables, buckets, queues, people, secrets."""

from __future__ import annotations

import string
from typing import Any

from aws_cdk import CfnParameter, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.accounts import Accounts
from infra.alarms import Operators
from infra.catalog import Catalog
from infra.inventory import Inventory
from infra.notifications import Notifications
from infra.orders import Orders
from infra.payments import Payments
from infra.search import Search
from infra.storage import context_table
from infra.waitingroom import WaitingRoom

EDGE_REGION = "us-east-1"
"""Where a distribution's firewall has to be, and so the distribution's stack."""


class DataStack(Stack):
    """The stateful side, by the names wiring uses."""

    def __init__(self, scope: Construct, name: str, **options: Any) -> None:
        super().__init__(scope, name, termination_protection=True, **options)
        self.cognito_endpoint = CfnParameter(
            self,
            "CognitoEndpoint",
            default=f"https://cognito-idp.{self.region}.amazonaws.com",
            description="Where clients sign in and functions fetch token keys.",
        ).value_as_string
        self.operators = Operators(self)
        self.accounts = Accounts(self)
        self.catalog = Catalog(self)
        self.search = Search(self)
        inventory = Inventory(self)
        self.orders = Orders(self)
        self.tables: dict[str, dynamodb.Table] = {
            "catalog": self.catalog.table,
            "inventory": inventory.table,
            "orders": self.orders.table,
            "payments": Payments(self).table,
        }
        notifications = Notifications(self)
        self.tables["notifications"] = notifications.table
        waiting_room = WaitingRoom(self)
        self.tables["waitingroom"] = waiting_room.table
        for context in ("tickets", "fraud", "live"):
            self.tables[context] = context_table(Construct(self, context.capitalize()))
        self.tables["idempotency"] = context_table(Construct(self, "Idempotency"), sorted_by=None)
        self.queues: dict[str, sqs.Queue] = {
            "charts": self.catalog.imports,
            "expiries": inventory.expiries,
            "ticks": inventory.ticks,
            "purchases": self.orders.purchases,
            "messages": notifications.messages,
            "purges": self.search.purges,
            "turns": waiting_room.turns,
            "buckets": waiting_room.buckets,
        }
        at_edge = [secretsmanager.ReplicaRegion(region=EDGE_REGION)] if self.region != EDGE_REGION else None
        self.secrets: dict[str, secretsmanager.Secret] = {
            "edge": self._generated("edge", "What the edge and the API seal the waiting room's tokens with.", at_edge),
            "origin": self._generated("origin", "What the CDN shows the API, so that nobody goes around it.", at_edge),
            "signing": self._generated("signing", "Ticket and cursor keys are derived from it."),
            "push": self._generated("push", "The key that signs what is pushed to browsers is derived from it."),
            "stripe": secretsmanager.Secret(
                self,
                "stripe",
                secret_name="boxoffice/stripe",  # noqa: S106  a name
                description="secretKey, webhookSecret and publishableKey of the Stripe account.",
                removal_policy=RemovalPolicy.RETAIN,
            ),
        }

    def _generated(
        self, name: str, description: str, copies: list[secretsmanager.ReplicaRegion] | None = None
    ) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            name,
            secret_name=f"boxoffice/{name}",
            description=description,
            # Letters and digits alone, since one of them stands in JavaScript; the local cloud knows only characters.
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True, exclude_characters=string.punctuation
            ),
            replica_regions=copies,
            removal_policy=RemovalPolicy.RETAIN,
        )
