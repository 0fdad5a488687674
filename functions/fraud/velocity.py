"""How often somebody may try to pay: whoever tries cards out is stopped before another order.

A person has ten tries for one event. A network address has three declined cards, and more where most of the orders
from there are paid: an office or a mobile carrier shares one address, and its people's cards are good.
"""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from pynamodb.exceptions import UpdateError

from fraud import store
from kit.errors import Problem
from kit.table import Transaction
from kit.telemetry import log

ATTEMPTS_MAX = 10
"""Orders of a person for one event, in this hour and the one before."""
DECLINED_MAX = 3
"""Declined cards of an address in the same time, unless most of what was ordered from there since was not declined."""
RETRY_AFTER_SECONDS = 3600
IPV6_HOUSEHOLD_BITS = 64


class PaymentVelocity(Problem):
    status, title = 429, "Too many tries to pay; come back later"

    @property
    def retry_after_seconds(self) -> int | None:
        return RETRY_AFTER_SECONDS


class Try(NamedTuple):
    """Where an order comes from, if that is known, and whether cards were declined there."""

    address: str | None
    watched: bool


def admit_try(person_id: str, event_id: str, viewer_address: str | None, now: datetime) -> Try:
    """Whose `address` is to be handed to `count_declined` should the card be declined. Raises PaymentVelocity.

    The person's tries are counted by AssessFraud; those of an address by `count_try`.
    """
    address = _shared(viewer_address)
    tries = store.tries(person_id, event_id, address, now)
    if tries.of_person >= ATTEMPTS_MAX:
        raise PaymentVelocity
    if tries.declined > DECLINED_MAX and 2 * tries.declined > tries.from_address + 1:  # the first was not counted
        raise PaymentVelocity
    return Try(address, tries.declined > 0)


def count_try(admitted: Try, now: datetime) -> None:
    """Once its order is accepted; from an address's first declined card on, so an ordinary purchase costs no write.

    By itself: in the accepting transaction, all who order from one office would stand in each other's way. One that
    is not counted makes the next ones look a little worse, no more.
    """
    if admitted.address and admitted.watched:
        try:
            store.count_try(admitted.address, now)
        except UpdateError:
            log.warning("an order from a watched address was not counted", exc_info=True)


def count_declined(transaction: Transaction, address: str, now: datetime) -> None:
    """In the caller's transaction, which notes that the order failed: so once an order."""
    store.count_declined(transaction, address, now)


def _shared(viewer_address: str | None) -> str | None:
    """What a household has of the network: an IPv4 address, or the upper half of an IPv6 one."""
    try:
        address = ip_address(viewer_address or "")
    except ValueError:
        return None
    if address.version == 4:
        return str(address)
    return str(ip_network((address, IPV6_HOUSEHOLD_BITS), strict=False))
