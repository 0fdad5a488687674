"""S1 to S3: accepting an order, validating its hold, assessing fraud."""

from __future__ import annotations

import json
from functools import partial

import fraud
from kit.money import Money
from payments import gateway
from payments.payment import Payment, State
from tests.faults.cells import cell
from tests.faults.stage import LEASE_SECONDS, TWO, WARNED, Stage, order_id_of

NEVER = 10_000
UNANSWERED = ("lost", "unreached")
REFUSED = ("throttled", "conflict")
ACCEPT = "dynamodb.TransactWriteItems inventory+orders+payments"


@cell("S1", "CB", "no order, hold lives to its expiry")
def _(stage: Stage) -> None:
    stage.fault("crash-before", "POST /orders", ACCEPT)
    assert stage.post() == (500, None)
    assert not stage.world.tables.scan("orders") and stage.slots("held") == 2
    stage.run(595)
    assert stage.hold("bob", TWO) == "seats-unavailable"
    stage.run(10)
    assert stage.hold("bob", TWO).startswith("hld_")


@cell("S1", "CA", "order row w/o execution is started by sweeper, exactly one execution (name=orderId)")
def _(stage: Stage) -> None:
    stage.fault("crash-after", "POST /orders", ACCEPT)
    assert stage.post() == (500, None)
    order_id = order_id_of("ada", "first")
    assert stage.ended(order_id) == ("pending", None) and not stage.world.machine().executions
    stage.run(180)
    assert list(stage.world.machine().executions) == [order_id] and stage.is_completed(order_id)


@cell("S1", "TO", "retry same key → same orderId", during="POST /orders", hows=UNANSWERED)
def _(stage: Stage) -> None:
    order_id = stage.buy()
    assert stage.buy() == order_id == order_id_of("ada", "first")
    stage.run()
    assert list(stage.world.machine().executions) == [order_id] and stage.is_completed(order_id)


@cell("S1", "DUP", "same body same answer; other body 422")
def _(stage: Stage) -> None:
    first = stage.post()
    assert first[0] == 202 and stage.post() == first
    status, problem = stage.post(card="pm_card_mastercard")
    assert status == 422 and problem["type"].endswith("/idempotency-mismatch")
    stage.run()
    assert stage.post() == first and len(stage.world.machine().executions) == 1


@cell("S1", "OOO", "event for unknown PI: stored/parked, never creates an order")
def _(stage: Stage) -> None:
    order_id = order_id_of("ada", "another")
    stage.world.deliveries.held = []
    gateway.authorize(Payment(order_id, Money(16_200, "EUR"), "pm_card_visa", State.REQUESTED))
    event = stage.held_event("payment_intent.amount_capturable_updated", order_id)
    assert stage.world.deliveries.deliver(event) == "parked" and _is_kept(stage, order_id)
    stage.run()
    assert not stage.world.tables.scan("orders") and stage.world.counted["UnexpectedPayment"]
    gateway.cancel(stage.intent(order_id)["id"])  # what the alarm asks for
    stage.world.bank.book.forget(stage.intent(order_id)["id"])


@cell("S1", "THR", "503+Retry-After, nothing partial")
def _(stage: Stage) -> None:
    before = stage.seats()
    for call in ("dynamodb.*Item* idempotency", "dynamodb.Query inventory", ACCEPT):
        stage.fault("throttled", "POST /orders", call, times=NEVER)
        status, _ = stage.post(key=call)
        assert status == 503 and int(stage.world.headers["retry-after"]) >= 1
        assert not stage.world.tables.scan("orders") + stage.world.tables.scan("payments") and stage.seats() == before
        stage.world.trouble.clear()


@cell("S1", "POI", "4xx at edge; bad queue message → DLQ alone, batch-mates succeed")
def _(stage: Stage) -> None:
    for raw, status in (("{", 400), ('{"holdId": 1}', 422), ('{"a": 1, "a": 2}', 400), ("[]", 422)):
        assert stage.post(key=raw, raw=raw)[0] == status
    assert not stage.world.tables.scan("orders")
    order_id = stage.buy()
    bad = '{"orderId": "ord_0000000000000000"}'
    good = json.dumps(stage.input_of(order_id))
    assert stage.world.deliveries.receive("purchases", [bad, good]) == [bad]
    stage.run()
    assert stage.is_completed(order_id) and stage.dead_letters() == ["purchases"]


@cell("S2", "CB", "hold untouched")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    before = stage.seats()
    stage.fault("crash-before", "AssessFraud", "dynamodb.[TU]* inventory")
    assert stage.try_step("AssessFraud", stage.input_of(order_id)) == "Runtime.ExitError"
    assert stage.seats() == before
    stage.run()
    assert stage.is_completed(order_id)


@cell("S2", "CA", "hold leased to this order; rerun sees own lease → pass")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    for how in ("crash-after", "crash-after"):
        stage.fault(how, "AssessFraud", "dynamodb.[TU]* inventory")
        assert stage.try_step("AssessFraud", stage.input_of(order_id)) == "Runtime.ExitError"
        assert stage.seats()["P#ada"]["order_id"]["S"] == order_id and stage.slots("held") == 2
    assert stage.try_step("AssessFraud", stage.input_of(order_id)) == ""
    stage.run()
    assert stage.is_completed(order_id)


@cell("S2", "TO", "as CA", during="AssessFraud", hows=UNANSWERED)
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.run()
    assert stage.is_completed(order_id)


@cell("S2", "DUP", "no-op")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    before = stage.seats()
    for _ in range(2):
        assert stage.try_step("AssessFraud", stage.input_of(order_id)) == ""
        assert stage.seats() == before
    stage.run()
    after = stage.seats()
    assert stage.try_step("AssessFraud", stage.input_of(order_id)) == "" and stage.seats() == after


@cell("S2", "OOO", "PI event before validation parked")
def _(stage: Stage) -> None:
    """Of an order that is not there yet; and then nothing but the payment knows of it until the hold is validated."""
    order_id = order_id_of("ada", "first")
    stage.world.deliveries.held = []
    gateway.authorize(Payment(order_id, Money(13_200, "EUR"), "pm_card_visa", State.REQUESTED))
    event = stage.held_event("payment_intent.amount_capturable_updated", order_id)
    assert stage.world.deliveries.deliver(event) == "parked" and _is_kept(stage, order_id)
    before = stage.slots("sold"), stage.tickets()
    assert stage.buy() == order_id
    assert stage.world.deliveries.deliver({**event, "id": "evt_2"}) == "applied"
    assert (stage.ended(order_id), stage.slots("sold"), stage.tickets()) == (("pending", None), *before)
    stage.run()
    assert stage.is_completed(order_id) and len(stage.intents(order_id)) == 1


@cell("S2", "THR", "retry only while lease lasts; else order EXPIRED and no PI")
def _(stage: Stage) -> None:
    first = stage.buy()
    stage.fault("throttled", "AssessFraud", "dynamodb.* inventory", times=3)
    stage.run()
    assert stage.is_completed(first)
    stage.hold_id = stage.hold("ada", ["stalls-1-0"])
    second = stage.buy("second")
    stage.fault("throttled", "AssessFraud", "dynamodb.* inventory", times=NEVER)
    stage.run(LEASE_SECONDS)
    assert stage.ended(second) == ("failed", "hold-expired") and stage.intents(second) == []
    stage.world.trouble.clear()
    assert stage.hold("bob", ["stalls-1-0"]).startswith("hld_")


@cell("S2", "POI", "foreign/missing hold → REJECTED, no PI")
def _(stage: Stage) -> None:
    status, foreign = stage.post("of-eve", person="eve")
    missing = stage.post("of-eve", person="eve", holdId="hld_0000000000000000")
    assert (status, foreign) == missing and foreign["type"].endswith("/not-found")
    for name, value in (("holdId", stage.hold("eve", ["stalls-1-1"])), ("holdId", "hld_0000000000000000")):
        order_id = stage.buy(value)
        stage.world.machine().start(order_id, stage.input_of(order_id) | {name: value})
        stage.run(600)
        assert stage.ended(order_id) == ("failed", "hold-expired") and stage.intents(order_id) == []
        stage.run(600)
        stage.hold_id = stage.hold("ada", TWO)


@cell("S3", "CB", "rerun", during="AssessFraud", hows=("crash-before", "broken"))
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.run()
    assert stage.is_completed(order_id)


@cell("S3", "CA", "decision put-if-absent: rerun returns the SAME decision; velocity counters moved once")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.fault("crash-after", "AssessFraud", "dynamodb.TransactWriteItems fraud")
    assert stage.try_step("AssessFraud", stage.input_of(order_id)) == "Runtime.ExitError"
    decided = fraud.decision_on(order_id)
    stage.run()
    assert decided and fraud.decision_on(order_id) == decided and _counted(stage) == [1, 1]
    assert stage.is_completed(order_id)


@cell("S3", "TO", "→ REVIEW/challenge, never silent approve")
def _(stage: Stage) -> None:
    _unassessed(stage, "lost")


@cell("S3", "DUP", "counters once")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    again = partial(stage.try_step, "AssessFraud", stage.input_of(order_id))
    stage.meanwhile("AssessFraud", "dynamodb.TransactWriteItems fraud", again)  # both have seen that none is taken
    for _ in range(3):
        assert again() == ""
    stage.run()
    assert _counted(stage) == [1, 1] and stage.is_completed(order_id)


@cell("S3", "OOO", "late early_fraud_warning: before capture cancel, after capture refund+void")
def _(stage: Stage) -> None:
    before = stage.buy()
    stage.meanwhile("SellSeats", "*", lambda: _warn(stage, before))
    stage.run()
    assert stage.is_undone(before, "technical") and [one[0] for one in stage.intents(before)] == ["canceled"]
    stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    after = stage.buy("second", WARNED)
    stage.run()
    assert stage.payment(after).state == "refunded" and stage.tickets() == []


@cell("S3", "THR", "as TO")
def _(stage: Stage) -> None:
    _unassessed(stage, "throttled")


@cell("S3", "POI", "NaN/missing feature → conservative score, no exception")
def _(stage: Stage) -> None:
    for name, value in (("nan", float("nan")), ("none", None), ("endless", float("inf"))):
        given = {"seats": value, "total_minor": 100.0, "now": stage.now}
        decision = fraud.assess(order_id_of("eve", name), "eve", stage.event_id, **given)  # type: ignore[arg-type]
        assert decision.verdict == "review" and decision.rules == ["unknown-seats"]


def _unassessed(stage: Stage, how: str) -> None:
    """Whom nobody could assess waits for a person, without a PaymentIntent; then goes on or ends."""
    stage.fault(how, "AssessFraud", "dynamodb.* fraud", times=NEVER)
    order_id = stage.buy()
    stage.run(120)
    assert stage.ended(order_id) == ("in_review", None) and stage.intents(order_id) == []
    assert stage.answer_review(order_id, "approve") == 200
    stage.run(60)
    assert stage.is_completed(order_id)
    stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    unanswered = stage.buy("second")
    stage.run()
    assert stage.ended(unanswered) == ("failed", "not-accepted") and stage.intents(unanswered) == []
    stage.world.trouble.clear()


def _is_kept(stage: Stage, order_id: str) -> bool:
    """The event waits with the order it names."""
    ours = [item["sk"]["S"] for item in stage.world.tables.scan("payments") if item["pk"]["S"] == order_id]
    return any(sk.startswith("parked#") for sk in ours)


def _counted(stage: Stage) -> list[int]:
    return [
        int(item["orders"]["N"]) for item in stage.world.tables.scan("fraud") if item["pk"]["S"].startswith("P#ada")
    ]


def _warn(stage: Stage, order_id: str) -> None:
    """The card's issuer says that its owner did not buy."""
    about = {"id": "issfr_1", "object": "radar.early_fraud_warning", "fraud_type": "made_with_stolen_card"}
    about |= {"payment_intent": stage.intent(order_id)["id"], "charge": stage.intent(order_id)["latest_charge"]}
    event = {"id": "evt_warning", "type": "radar.early_fraud_warning.created", "livemode": False, "created": 1}
    assert stage.world.deliveries.deliver({**event, "data": {"object": about}}) == "applied"
