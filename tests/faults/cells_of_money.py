"""S4 to S6: authorising, confirming the seats, capturing; and the lost race."""

from __future__ import annotations

from functools import partial
from typing import Any

from kit import ids
from local.stripe_standin import charges
from tests.faults.cells import cell
from tests.faults.stage import DECLINED, SWEPT_SECONDS, TWO, Stage

NEVER = 10_000
CREATE = "/v1/payment_intents"
AUTHORISE, CAPTURE = f"stripe POST {CREATE}", "stripe POST /v1/payment_intents/*/capture"
RECORD = "dynamodb.TransactWriteItems payments"
CRASHES = ("crash-before", "crash-after")
UNANSWERED = ("lost", "unreached")


@cell("S4", "CB", "no PI")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.fault("crash-before", "AuthorizePayment", AUTHORISE)
    assert stage.try_step("AuthorizePayment", {"orderId": order_id}) == "Runtime.ExitError"
    assert stage.intents(order_id) == []
    stage.run()
    assert stage.is_completed(order_id)


@cell(
    "S4",
    "CA",
    "same idempotency key → same PI; abandoned auth is cancelled by reaper before capture_before",
    excused=("I23", "I3", "I6"),
)
def _(stage: Stage) -> None:
    stage.world.deliveries.held = []  # or the webhook tells before the second try asks
    order_id = stage.buy()
    stage.fault("crash-after", "AuthorizePayment", AUTHORISE)
    stage.run()
    assert stage.is_completed(order_id) and len(stage.intents(order_id)) == 1
    assert len(stage.keys(CREATE)) > 1 and len(set(stage.keys(CREATE))) == 1
    stage.world.deliveries.held = None
    stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    stage.world.schedules(3 * SWEPT_SECONDS)
    abandoned = stage.buy("second")
    stage.meanwhile("SellSeats", "*", lambda: _stop(stage, abandoned))  # somebody stops it in the console
    stage.fault("crash-before", "SellSeats")
    stage.run(600)
    assert [one[0] for one in stage.intents(abandoned)] == ["requires_capture"]
    stage.run(3 * 3600)
    assert [one[0] for one in stage.intents(abandoned)] == ["canceled"] and stage.world.counted["PaymentsAbandoned"]


@cell("S4", "TO", "unknown: retry same key, then retrieve; no compensation until known")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.fault("lost", "AuthorizePayment", AUTHORISE, times=5)  # the SDK's three, then two of the next try's
    stage.run()
    assert stage.is_completed(order_id) and len(set(stage.keys(CREATE))) == 1
    stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    stored = stage.buy("second")
    stage.fault("500-after", "AuthorizePayment", AUTHORISE)  # the key will never tell
    stage.run()
    assert stage.ended(stored) == ("completed", None) and len(stage.intents(stored)) == 1
    stage.hold_id = stage.hold("ada", ["stalls-1-2"])
    stage.world.deliveries.held = []
    unknown = stage.buy("third")
    stage.fault("lost", "AuthorizePayment", AUTHORISE, times=9)
    stage.fault("unreached", "VoidPayment", "stripe *", times=60)
    stage.run(60)
    assert stage.execution(unknown).states[-1] == "VoidPayment" and stage.ended(unknown) == ("pending", None)
    assert [one[0] for one in stage.intents(unknown)] == ["requires_capture"]
    stage.run()
    assert stage.ended(unknown) == ("failed", "technical") and [one[0] for one in stage.intents(unknown)] == [
        "canceled"
    ]


@cell("S4", "DUP", "one live PI per order")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    for _ in range(3):
        assert stage.try_step("AuthorizePayment", {"orderId": order_id}) == ""
    stage.run()
    assert stage.try_step("AuthorizePayment", {"orderId": order_id}) == ""
    assert stage.is_completed(order_id) and len(stage.intents(order_id)) == 1
    stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    declined = stage.buy("second", DECLINED)
    stage.run()
    assert stage.try_step("AuthorizePayment", {"orderId": declined}) in ("CardDeclined", "PaymentClosed")
    assert len(stage.intents(declined)) == 1 and stage.ended(declined) == ("failed", "payment-declined")
    stage.world.deliveries.held = []  # nor does a webhook help
    for seat, call in (("stalls-1-2", AUTHORISE), ("stalls-1-3", RECORD)):
        stage.hold_id = stage.hold("ada", [seat])
        overtaken = stage.buy(call)
        stage.meanwhile("AuthorizePayment", call, partial(stage.try_step, "VoidPayment", {"orderId": overtaken}))
        stage.run()
        assert stage.ended(overtaken) == ("failed", "technical") and stage.payment(overtaken).state == "voided"
        assert [one[0] for one in stage.intents(overtaken)] == ["canceled"]


@cell(
    "S4",
    "OOO",
    "amount_capturable_updated before the API answer advances once; 'created' after 'succeeded' ignored",
)
def _(stage: Stage) -> None:
    stage.world.deliveries.held = []
    order_id = stage.buy()
    kind = "payment_intent.amount_capturable_updated"
    stage.meanwhile("AuthorizePayment", RECORD, lambda: _deliver(stage, stage.held_event(kind, order_id), "applied"))
    stage.run()
    assert stage.is_completed(order_id)
    assert stage.world.pasts.history["payments", order_id, "payment"] == ["requested", "authorized", "captured"]
    late = {**stage.held_event(kind, order_id), "id": "evt_late", "type": "payment_intent.created"}
    _deliver(stage, late, "ignored")
    _deliver(stage, {**late, "id": "evt_later", "type": kind}, "stale")
    assert stage.is_completed(order_id)


@cell("S4", "THR", "429/409 key-in-use: back off same key")
def _(stage: Stage) -> None:
    for key, how, times in (("first", "429", 2), ("second", "409", 5)):
        order_id = stage.buy(key)
        stage.fault(how, "AuthorizePayment", AUTHORISE, times=times)
        stage.run()
        assert stage.ended(order_id) == ("completed", None) and len(stage.intents(order_id)) == 1
        called = [status for path, used, status in stage.world.bank.log if path == CREATE and order_id in str(used)]
        assert called.count(int(how)) == times and called[-1] == 200
        stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    assert len(set(stage.keys(CREATE))) == 2


@cell("S4", "POI", "wrong/missing metadata.order_id → 200+alarm, no change")
def _(stage: Stage) -> None:
    stage.world.deliveries.held = []
    order_id = stage.buy()
    stage.run()
    event = stage.held_event("payment_intent.succeeded", order_id)
    before = stage.world.pasts.history["payments", order_id, "payment"], stage.seats(), stage.intents(order_id)
    for number, metadata in enumerate(({}, {"order_id": "ord_0000000000000000"}, {"order_id": "'; --"})):
        about = {**event["data"]["object"], "metadata": metadata}
        _deliver(
            stage, {**event, "id": f"evt_{number}", "data": {"object": about}}, "parked" if metadata else "ignored"
        )
        assert stage.world.counted["UnexpectedPayment"] == number + 1
    other = {**event["data"]["object"], "id": "pi_of_somebody_else"}
    _deliver(stage, {**event, "id": "evt_9", "data": {"object": other}}, "ignored")
    after = stage.world.pasts.history["payments", order_id, "payment"], stage.seats(), stage.intents(order_id)
    assert after == before and stage.is_completed(order_id)


@cell("S5", "CB", "retry", during="SellSeats", hows=("crash-before", "broken"))
def _(stage: Stage) -> None:
    _completes(stage)


@cell("S5", "CA", "rerun sees SOLD by same order = success", during="SellSeats", hows=("crash-after", "twice"))
def _(stage: Stage) -> None:
    _completes(stage)


@cell("S5", "TO", "strong read-back by orderId (client token good 10 min only)")
def _(stage: Stage) -> None:
    """Here no token and no reading back: the condition accepts this order's own value, however late it is tried."""
    order_id = stage.buy()
    stage.fault("lost", "SellSeats", "dynamodb.[TU]* inventory", times=5)  # all that the step tries by itself
    stage.run(840)
    assert stage.try_step("SellSeats", stage.input_of(order_id)) == "" and stage.is_completed(order_id)
    stage.run(600)
    assert stage.try_step("SellSeats", stage.input_of(order_id)) == "" and stage.is_completed(order_id)


@cell("S5", "DUP", "no-op")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.run()
    before = stage.seats()
    for _ in range(2):
        assert stage.try_step("SellSeats", stage.input_of(order_id)) == "" and stage.seats() == before
    assert stage.is_completed(order_id)


@cell("S5", "race", "lost race: nothing sold, auth cancelled, order FAILED, no capture")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.meanwhile("SellSeats", "*", lambda: _give_to_bob(stage))
    stage.run()
    assert stage.ended(order_id) == ("failed", "seats-lost") and not stage.tickets()
    assert [one[0] for one in stage.intents(order_id)] == ["canceled"] and stage.slots("sold") == 0
    assert stage.keys(CAPTURE) == [] and stage.hold("zoe", TWO[1:]).startswith("hld_")


@cell("S5", "THR", "TransactionConflict/throttle: jittered retry; all seats or none")
def _(stage: Stage) -> None:
    for how in ("throttled", "conflict"):
        stage.fault(how, "SellSeats", "dynamodb.UpdateItem inventory", times=7)
    _completes(stage)
    stage.hold_id = stage.hold("ada", ["stalls-1-1", "stalls-1-2"])
    for_ever = stage.buy("second")
    stage.fault("throttled", "SellSeats", "dynamodb.UpdateItem inventory", times=40)
    stage.run()
    stage.world.trouble.clear()
    assert stage.ended(for_ever) == ("failed", "technical")
    assert stage.hold("bob", ["stalls-1-1", "stalls-1-2"]).startswith("hld_")


@cell("S5", "POI", "duplicate/mutated seat list → compensate")
def _(stage: Stage) -> None:
    for seats in ([TWO[0], TWO[0]], [TWO[0], "stalls-1-9"], [TWO[0]], [*TWO, "balcony-0-0"]):
        order_id = stage.buy(str(seats))
        stage.world.machine().start(order_id, stage.input_of(order_id) | {"seatIds": seats})
        stage.run(1200)
        assert stage.is_undone(order_id, "hold-expired")
        stage.run(1200)
        stage.hold_id = stage.hold("ada", TWO)


@cell("S6", "CB", "retry to capture_before; hard failure → seats released, order FAILED")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.fault("crash-before", "CapturePayment", CAPTURE, times=3)
    stage.run(300)
    assert stage.is_completed(order_id)
    stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    later = stage.buy("second")
    stage.fault("crash-before", "CapturePayment", CAPTURE, times=24)  # for longer than an execution tries
    stage.run()
    assert stage.ended(later) == ("completed", None) and stage.world.counted["ExecutionsRedriven"]
    stage.hold_id = stage.hold("ada", ["stalls-1-2"])
    hard = stage.buy("third")
    stage.meanwhile("CapturePayment", "*", lambda: _at_stripe(stage, hard, "cancel"))
    stage.run()
    assert stage.ended(hard) == ("failed", "technical") and stage.hold("bob", ["stalls-1-2"]).startswith("hld_")


@cell("S6", "CA", "same key or GET status: one capture", during="CapturePayment", hows=CRASHES)
def _(stage: Stage) -> None:
    _completes(stage)
    assert len(set(stage.keys(f"{CREATE}/{stage.world.bank.all('payment_intent')[0]['id']}/capture"))) == 1


@cell("S6", "TO", "seats NOT released while unknown")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.fault("lost", "CapturePayment", "stripe *", times=NEVER)  # whatever it did, Stripe does not say
    for _ in range(40):
        stage.run(60)
        assert (stage.slots("sold"), stage.ended(order_id)) == (2, ("pending", None))
        assert stage.hold("bob", TWO) == "seats-unavailable"
    stage.world.trouble.clear()
    stage.run(300)
    assert stage.is_completed(order_id)


@cell("S6", "DUP", "one capture")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.meanwhile("IssueTickets", "*", lambda: stage.try_step("CapturePayment", {"orderId": order_id}))
    stage.run()
    for _ in range(2):
        assert stage.try_step("CapturePayment", {"orderId": order_id}) == ""
    assert stage.is_completed(order_id)


@cell("S6", "OOO", "succeeded webhook first advances once; refunded-before-succeeded ends REFUNDED")
def _(stage: Stage) -> None:
    stage.world.deliveries.held = []
    order_id = stage.buy()
    kind = "payment_intent.succeeded"
    stage.meanwhile("CapturePayment", RECORD, lambda: _deliver(stage, stage.held_event(kind, order_id), "applied"))
    stage.run()
    assert stage.is_completed(order_id)
    assert stage.world.pasts.history["payments", order_id, "payment"] == ["requested", "authorized", "captured"]
    stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    refunded = stage.buy("second")
    stage.meanwhile("CapturePayment", RECORD, lambda: _refund_at_stripe(stage, refunded))
    stage.run()
    _deliver(stage, stage.held_event(kind, refunded), "stale")
    assert stage.payment(refunded).state == "refunded" and stage.tickets() == ["4", "5"]
    assert stage.ended(refunded) == ("refunded", None), stage.ended(refunded)


@cell("S6", "THR", "retry")
def _(stage: Stage) -> None:
    for key, how in (("first", "429"), ("second", "409"), ("third", "503")):
        order_id = stage.buy(key)
        stage.fault(how, "CapturePayment", CAPTURE, times=4)
        stage.run(900)
        assert stage.ended(order_id) == ("completed", None)
        stage.hold_id = stage.hold("ada", [f"stalls-1-{len(key)}"])


@cell("S6", "POI", "amount/currency mismatch → stop, alarm, no tickets")
def _(stage: Stage) -> None:
    changes: tuple[dict[str, Any], ...] = ({"amount": 1}, {"currency": "usd"})
    for number, change in enumerate(changes):
        order_id = stage.buy(str(change))
        stage.meanwhile("CapturePayment", "*", partial(_falsify, stage, order_id, change))
        stage.run(600)
        assert stage.is_undone(order_id, "technical") and stage.world.counted["AmountMismatch"] == number + 1
        stage.run(900)
        stage.hold_id = stage.hold("ada", TWO)


def _completes(stage: Stage) -> None:
    order_id = stage.buy()
    stage.run()
    assert stage.is_completed(order_id)


def _deliver(stage: Stage, event: dict[str, Any], outcome: str) -> None:
    assert stage.world.deliveries.deliver(event) == outcome


def _stop(stage: Stage, order_id: str) -> None:
    stage.execution(order_id).status = "ABORTED"


def _give_to_bob(stage: Stage) -> None:
    """One of the seats is Bob's, by whatever mishap."""
    value = int((stage.now.timestamp() + 600) * 1000).to_bytes(6, "big") + ids.to_bytes("hld_0000000000000001")
    key = {"pk": {"S": stage.row}, "sk": {"S": "row"}}
    request = {"TableName": "inventory", "Key": key, "UpdateExpression": "SET s4 = :bobs"}
    stage.world.tables.serve("UpdateItem", {**request, "ExpressionAttributeValues": {":bobs": {"B": value}}})


def _at_stripe(stage: Stage, order_id: str, what: str) -> None:
    from local.stripe_standin import intents

    getattr(intents, what)(stage.world.bank.book, {}, stage.intent(order_id)["id"])


def _refund_at_stripe(stage: Stage, order_id: str) -> None:
    charges.refund(stage.world.bank.book, {"payment_intent": stage.intent(order_id)["id"]})
    assert stage.world.deliveries.held
    _deliver(stage, next(one for one in stage.world.deliveries.held if one["type"] == "refund.created"), "applied")


def _falsify(stage: Stage, order_id: str, change: dict[str, Any]) -> None:
    stage.world.bank.book.objects[stage.intent(order_id)["id"]].update(change)
