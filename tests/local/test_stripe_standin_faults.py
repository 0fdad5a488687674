"""Idempotency keys and planned faults, as the real SDK meets them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from local.stripe_standin import StripeStandIn

INTENT: dict[str, Any] = {
    "amount": 5000,
    "currency": "eur",
    "payment_method": "pm_card_visa",
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    "capture_method": "manual",
    "confirm": True,
}


def create(stand_in: StripeStandIn, key: str | None, retries: int = 0, **changed: Any) -> Any:
    http = stripe.RequestsClient(timeout=1)
    client = stripe.StripeClient(
        "sk_test_local", base_addresses={"api": stand_in.url}, max_network_retries=retries, http_client=http
    )
    options: Any = {"idempotency_key": key} if key else {}
    params: Any = {**INTENT, **changed}
    return client.v1.payment_intents.create(params, options)


def intents(stand_in: StripeStandIn) -> list[str]:
    return [one["id"] for one in stand_in.ask("state")["payment_intents"]]


def word(error: stripe.StripeError, name: str) -> Any:
    answer: Any = error.json_body
    return answer["error"][name]


def test_same_key_and_body_replays(stripe_standin: StripeStandIn) -> None:
    first = create(stripe_standin, "k1")
    again = create(stripe_standin, "k1")
    assert again.id == first.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.last_response.headers
    assert intents(stripe_standin) == [first.id]
    assert create(stripe_standin, "k2").id != first.id


def test_same_key_with_another_body_is_refused(stripe_standin: StripeStandIn) -> None:
    create(stripe_standin, "k1")
    with pytest.raises(stripe.IdempotencyError) as refused:
        create(stripe_standin, "k1", amount=6000)
    assert (refused.value.http_status, word(refused.value, "type")) == (400, "idempotency_error")
    assert len(intents(stripe_standin)) == 1


def test_a_decline_is_stored_and_a_validation_failure_is_not(stripe_standin: StripeStandIn) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(stripe_standin, "k1", amount="many")
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            create(stripe_standin, "k1", payment_method="pm_card_chargeDeclined")
    assert len(intents(stripe_standin)) == 1


def test_a_key_in_use_conflicts_and_is_not_stored(stripe_standin: StripeStandIn) -> None:
    def attempt() -> tuple[int, str]:
        try:
            return 200, str(create(stripe_standin, "k1").id)
        except stripe.APIError as error:
            return error.http_status or 0, str(word(error, "code"))

    stripe_standin.ask("faults", {"how": "slow", "seconds": 0.6})
    with ThreadPoolExecutor(2) as pool:
        (_, made), conflict = sorted(pool.map(lambda _: attempt(), range(2)))
    assert conflict == (409, "idempotency_key_in_use")
    assert attempt() == (200, made)
    assert intents(stripe_standin) == [made]


def test_a_500_after_the_effect_stays_under_its_key(stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("faults", {"how": "500", "when": "after"})
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            create(stripe_standin, "k1")
        assert broken.value.http_status == 500
    assert broken.value.headers["idempotent-replayed"] == "true"  # type: ignore[index]
    assert len(intents(stripe_standin)) == 1


def test_a_500_before_the_effect_leaves_nothing(stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("faults", {"how": "500"})
    with pytest.raises(stripe.APIError):
        create(stripe_standin, "k1")
    assert intents(stripe_standin) == []
    assert create(stripe_standin, "k1").status == "requires_capture"


def test_a_stored_500_without_effect(stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("faults", {"how": "500", "stored": True})
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            create(stripe_standin, "k1")
    assert intents(stripe_standin) == []


@pytest.mark.parametrize("how", ["timeout", "reset"])
@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_lost_answers(stripe_standin: StripeStandIn, how: str, when: str, made: int) -> None:
    stripe_standin.ask("faults", {"how": how, "when": when, "seconds": 3})
    with pytest.raises(stripe.APIConnectionError):
        create(stripe_standin, "k1")
    assert len(intents(stripe_standin)) == made
    assert create(stripe_standin, "k1").status == "requires_capture"
    assert len(intents(stripe_standin)) == 1


def test_the_sdks_own_retry_repeats_nothing(stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("faults", {"how": "reset", "when": "after", "count": 1})
    assert create(stripe_standin, None, retries=2).status == "requires_capture"
    assert len(intents(stripe_standin)) == 1


def test_throttling(stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("faults", {"how": "429", "path": "/v1/payment_intents", "count": 2})
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            create(stripe_standin, "k1")
    assert create(stripe_standin, "k1").status == "requires_capture"


def test_pruned_keys_are_new_again(stripe_standin: StripeStandIn) -> None:
    first = create(stripe_standin, "k1")
    stripe_standin.ask("keys/prune", {})
    assert create(stripe_standin, "k1").id != first.id


def test_a_reset_ends_the_calls_still_being_answered(stripe_standin: StripeStandIn) -> None:
    """Else a call that one test gave up on is counted in the next."""
    stripe_standin.ask("faults", {"how": "timeout", "when": "after", "seconds": 1.3})
    with pytest.raises(stripe.APIConnectionError):
        create(stripe_standin, "given-up")
    stripe_standin.ask("reset", {})
    stripe_standin.ask("faults", {"how": "slow", "seconds": 0.6})
    create(stripe_standin, "next")  # meanwhile the one given up would have been noted
    assert [call["key"] for call in stripe_standin.ask("state")["calls"]] == ["next"]
