"""TellBuyer: the event has another date, and its buyer has a choice until a day that the letter names."""

from __future__ import annotations

from datetime import datetime

import msgspec

import catalog
from kit.step import step
from kit.table import Transaction
from orders import changes, store
from orders.cancelling import OrderUnderWay, bought_for_another_date


class Telling(msgspec.Struct, frozen=True, rename="camel"):
    event_id: str
    change_id: str
    order_id: str


@step
def handler(telling: Telling, now: datetime) -> None:
    tell_buyer(telling, now)


def tell_buyer(telling: Telling, now: datetime) -> None:
    """Once or again with one message. An order without tickets has nobody to tell, nor one made for the new date,
    which a run that is carried on later finds in the rows too; nor one of a change that another has followed.

    Raises OrderUnderWay: whether there will be tickets is known within minutes, ask again.
    """
    order = store.get(telling.order_id)
    if order.is_open:
        raise OrderUnderWay
    event, last = catalog.get_event(telling.event_id), changes.find(telling.event_id)
    stands = last is None or last.change_id == telling.change_id
    if stands and order.status == "completed" and bought_for_another_date(order, event):
        transaction = Transaction()
        store.add_message(transaction, order, "event-moved", now, telling.change_id)
        transaction.commit()
    changes.record(telling.event_id, telling.change_id, telling.order_id, "done", now)
