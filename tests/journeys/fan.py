"""Somebody new who buys on the running product, and what the product's own pages would do for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local.run import RunningBoxoffice
from tests.journeys.doors import Answer, knock
from tests.journeys.world import claims_of, token_of_somebody_new

WAIT_SECONDS = 40


class Fan:
    """Somebody new with two seats on hold."""

    def __init__(self, site: RunningBoxoffice, evening: str) -> None:
        self.site = site
        self.token = token_of_somebody_new(site, "fan")
        wish = {"eventId": evening, "bestAvailable": {"quantity": 2}}
        self.hold = self.ask("POST", "/seats/hold", wish).json
        self._tries = 0

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        return knock(self.site.site_url, method, f"/api{path}", body, self.token, **headers)

    def buy(self, card: str) -> str:
        """The id of an accepted order."""
        self._tries += 1
        body = {"holdId": self.hold["holdId"], "paymentInfo": {"paymentMethodId": card}}
        answer = self.ask("POST", "/orders", body, idempotency_key=f"try-{self._tries}")
        assert answer.status == 202, answer
        return str(answer.json["orderId"])

    def order(self, order_id: str, until: str) -> Any:
        """The order, once it stands there."""

        def look() -> Any:
            return self.ask("GET", f"/orders/{order_id}").json

        return awaited(look, lambda order: order["status"] == until)

    def answer_to_the_bank(self, order: Any, *, passed: bool) -> None:
        """What Stripe's script does once the bank's page is closed."""
        secret = order["nextAction"]["clientSecret"]
        assert self.site.stripe.standin is not None
        self.site.stripe.standin.ask(
            f"intents/{secret.partition('_secret_')[0]}/authentication", {"client_secret": secret, "passed": passed}
        )

    def registers_a_browser(self) -> str:
        """Its name in the mailbox."""
        browser = knock(self.site.site_url, "POST", "/_local/push").json
        assert self.ask("POST", "/accounts/push-subscriptions", browser).status == 201
        return str(browser["label"])

    def received(self, by: str) -> list[tuple[str, str]]:
        """What lies in the mailbox for an address, a number or a browser: how it came, and its text."""
        answer = knock(self.site.site_url, "GET", f"/_local/mail.json?to={by.replace('+', '%2B')}")
        return [(mail["kind"], mail["text"]) for mail in answer.json["mails"]]

    def has_ordered(self, orders: int) -> None:
        """As if so many orders had been placed within this hour."""
        dynamodb = self.site.cloud.client("dynamodb")
        [table] = [name for name in dynamodb.list_tables()["TableNames"] if "fraud" in name.lower()]
        hour = datetime.now(UTC).isoformat()[:13]
        key = {"pk": {"S": f"P#{claims_of(self.token)['sub']}#"}, "sk": {"S": hour}}
        dynamodb.put_item(TableName=table, Item={**key, "orders": {"N": str(orders)}})


def awaited(look: Callable[[], Any], is_it: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_it(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found
