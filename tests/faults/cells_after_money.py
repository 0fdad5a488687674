"""S7 and S8: issuing tickets, telling the buyer."""

from __future__ import annotations

import json
from typing import Any

from tests.faults.cells import cell
from tests.faults.cells_of_money import _completes, _refund_at_stripe
from tests.faults.stage import Stage
from tickets.ticket import ticket_id_of

NEVER = 10_000
NOTIFY = "notifications.send_messages"
SEND = "sesv2.SendEmail"
COMPLETED, FAILED = "order-completed", "order-failed"


@cell("S7", "CB", "captured-without-tickets converges ≤T or refunds")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.fault("broken", "IssueTickets", "dynamodb.* tickets", times=NEVER)
    stage.run(1200)
    assert (stage.payment(order_id).state, stage.tickets()) == ("captured", []) and stage.slots("sold") == 2
    stage.world.trouble.clear()
    stage.run(180)  # the sweeper's minute, the execution's pauses
    assert stage.is_completed(order_id)


@cell("S7", "CA", "deterministic ticket ids fill only the gaps", during="IssueTickets", hows=("crash-after", "twice"))
def _(stage: Stage) -> None:
    _tickets_are_derived(stage)


@cell("S7", "TO", "as CA", during="IssueTickets", hows=("lost", "unreached"))
def _(stage: Stage) -> None:
    _tickets_are_derived(stage)


@cell("S7", "DUP", "same ids, same secret version")
def _(stage: Stage) -> None:
    order_id = stage.buy()
    stage.run()
    before = _ticket_items(stage)
    for _ in range(2):
        assert stage.try_step("IssueTickets", {"orderId": order_id}) == "" and _ticket_items(stage) == before
    assert [item["version"]["N"] for item in before] == ["1", "1"]


@cell("S7", "OOO", "refund first → tickets never ACTIVE")
def _(stage: Stage) -> None:
    stage.world.deliveries.held = []
    order_id = stage.buy()
    stage.meanwhile("IssueTickets", "*", lambda: _refund_at_stripe(stage, order_id))
    stage.run()
    assert stage.payment(order_id).state == "refunded" and stage.tickets() == []
    assert stage.ended(order_id) == ("refunded", None)
    pasts = [
        states for (table, _, sk), states in stage.world.pasts.history.items() if (table, sk) == ("tickets", "TICKET")
    ]
    assert pasts == [["void"], ["void"]]


@cell("S7", "THR", "retry", during="IssueTickets", hows=("throttled",))
def _(stage: Stage) -> None:
    _completes(stage)


@cell("S7", "POI", "render failure (name/PDF) never blocks ticket row")
def _(stage: Stage) -> None:
    stage.fault("broken", "*", "cognito-idp.*", times=NEVER)  # no name, no address
    order_id = stage.buy()
    stage.run(600)
    assert stage.is_completed(order_id)
    route, path = "GET /tickets/{ticketId}/pdf", {"ticketId": ticket_id_of(order_id, "stalls-0-4")}
    assert stage.world.call(route, "tickets.download_pdf", "ada", path=path)[0] == 200
    stage.world.trouble.clear()
    stage.dead_letters()


@cell("S8", "CB", "outbox row stays, sent later")
def _(stage: Stage) -> None:
    stage.fault("crash-before", NOTIFY, times=3)
    order_id = stage.buy()
    stage.run()
    assert _outbox(stage, order_id) == [COMPLETED] and stage.mails() == [COMPLETED]


@cell("S8", "CA", "≤1 extra identical mail, keyed (order,template,version)", during=NOTIFY, hows=("crash-after",))
def _(stage: Stage) -> None:
    _at_most_one_extra(stage, "crash-after")


@cell("S8", "TO", "≤1 extra identical mail, keyed (order,template,version)", during=NOTIFY, hows=("lost", "unreached"))
def _(stage: Stage) -> None:
    _at_most_one_extra(stage, "lost")


@cell("S8", "DUP", "≤1")
def _(stage: Stage) -> None:
    """One after the other; and the second while the first hands its mail over."""
    stage.world.deliveries.twice = 1.0
    _completes(stage)
    assert stage.mails() == [COMPLETED]
    stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    stage.meanwhile(NOTIFY, SEND, lambda: stage.run(1))
    another = stage.buy("second")
    stage.run()
    assert stage.ended(another) == ("completed", None) and stage.mails() == [COMPLETED] * 2


@cell("S8", "OOO", "suppressed if order REFUNDED")
def _(stage: Stage) -> None:
    stage.world.deliveries.held = []
    order_id = stage.buy()
    stage.fault("throttled", NOTIFY, "*", times=2)
    stage.meanwhile("CompleteOrder", "*", lambda: _refund_at_stripe(stage, order_id))
    stage.run()
    assert stage.payment(order_id).state == "refunded" and COMPLETED not in stage.mails()


@cell("S8", "THR", "delayed; order stays COMPLETE")
def _(stage: Stage) -> None:
    stage.fault("throttled", "*", SEND, times=3)
    order_id = stage.buy()
    stage.run(20)
    assert stage.ended(order_id) == ("completed", None) and stage.mails() == []
    stage.run(600)
    assert stage.mails() == [COMPLETED] and stage.is_completed(order_id)


@cell("S8", "POI", "bad address → DLQ + in-app; order unaffected")
def _(stage: Stage) -> None:
    stage.world.services.bad_addresses.add("ada")
    order_id = stage.buy()
    stage.run()
    assert stage.is_completed(order_id) and stage.mails() == [] and stage.dead_letters() == ["messages"]
    _, page = stage.world.call("GET /orders", "orders.list_orders", "ada")
    assert [(one["orderId"], one["status"]) for one in page["orders"]] == [(order_id, "completed")]


def _tickets_are_derived(stage: Stage) -> None:
    order_id = stage.buy()
    stage.run()
    wanted = sorted(f"T#{ticket_id_of(order_id, seat)}" for seat in stage.order(order_id).seat_ids)
    assert stage.is_completed(order_id) and [item["pk"]["S"] for item in _ticket_items(stage)] == wanted


def _ticket_items(stage: Stage) -> list[dict[str, Any]]:
    found = [item for item in stage.world.tables.scan("tickets") if item["sk"]["S"] == "TICKET"]
    return sorted(found, key=lambda item: str(item["pk"]["S"]))


def _outbox(stage: Stage, order_id: str) -> list[str]:
    sort_keys = [item["sk"]["S"] for item in stage.world.tables.scan("orders") if item["pk"]["S"] == f"O#{order_id}"]
    return [sk.split("#")[1] for sk in sort_keys if sk.startswith("outbox#")]


def _at_most_one_extra(stage: Stage, how: str) -> None:
    """Once in trouble, and once with no end of it: then a person has to look, and there are two copies at most."""
    order_id = stage.buy()
    stage.run()
    assert stage.mails() in ([COMPLETED], [COMPLETED] * 2) and stage.is_completed(order_id)
    keys = [item["sk"]["S"] for item in stage.world.tables.scan("notifications") if item["pk"]["S"].endswith(order_id)]
    assert keys == [f"{COMPLETED}#1#mail"], json.dumps(keys)
    before = len(stage.mails())
    stage.hold_id = stage.hold("ada", ["stalls-1-1"])
    another = stage.buy("second")
    stage.fault(how, "*", SEND, times=NEVER)
    stage.run()
    assert stage.mails()[before:] in ([COMPLETED], [COMPLETED] * 2)
    assert set(stage.dead_letters()) == {"messages"}  # two, where the answer to the first was lost
    assert stage.ended(another) == ("completed", None)
    stage.world.trouble.clear()
