"""The books of an order, in double entry; pure.

A posting moves an amount from the account it credits to the account it debits, so no entry can be out of balance.

    what happened                  debit         credit
    authorised                     held          promised
    authorisation taken or ended   promised      held
    captured                       stripe        sales
    Stripe's fee                   fees          stripe
    refund requested               sales         refunds_due
    refund made                    refunds_due   stripe
    refund failed                  refunds_due   sales
    refund sent back               stripe        refunds_due, and as failed
    disputed: withdrawn            disputed      stripe
    disputed: reinstated           stripe        disputed
    dispute lost                   losses        disputed

`held` and `promised` only remember: an authorisation moves no money. An entry's name is its identity: it is
written once, together with the change of state it stands for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from kit.money import Money
from payments.payment import Fee, Payment, State
from payments.refunds import Refund, RefundState


class Account(StrEnum):
    HELD = "held"
    PROMISED = "promised"
    STRIPE = "stripe"
    SALES = "sales"
    REFUNDS_DUE = "refunds_due"
    FEES = "fees"
    DISPUTED = "disputed"
    LOSSES = "losses"


class Posting(msgspec.Struct, frozen=True):
    debit: Account
    credit: Account
    amount: Money


class Entry(msgspec.Struct, frozen=True):
    """What one event did to the books of an order. Stripe takes its fee in the currency it pays out."""

    name: str
    postings: tuple[Posting, ...]


class Totals(msgspec.Struct, frozen=True):
    """An order's money as both sides can say it, in minor units."""

    held: int = 0
    captured: int = 0
    refunded: int = 0
    disputed: int = 0
    """Withdrawn because of disputes and not reinstated."""


def of_move(payment: Payment, to: State) -> Entry | None:
    """The entry of a payment's move, or None where no money is concerned."""
    if payment.is_free:
        return None
    amount = payment.amount
    held = payment.state == State.AUTHORIZED
    ended = (Posting(Account.PROMISED, Account.HELD, amount),) if held else ()
    if to == State.AUTHORIZED:
        return Entry(to, (Posting(Account.HELD, Account.PROMISED, amount),))
    if to == State.CAPTURED:
        return Entry(to, (*ended, Posting(Account.STRIPE, Account.SALES, amount)))
    return Entry(to, ended) if ended else None


def of_refund_request(refund: Refund) -> Entry:
    return _refund(refund, RefundState.REQUESTED, (Account.SALES, Account.REFUNDS_DUE))


def of_refund_end(refund: Refund, to: RefundState) -> Entry:
    """What follows for a refund that was in its state before."""
    if to == RefundState.SUCCEEDED:
        return _refund(refund, to, (Account.REFUNDS_DUE, Account.STRIPE))
    back = ((Account.STRIPE, Account.REFUNDS_DUE),) if refund.state == RefundState.SUCCEEDED else ()
    return _refund(refund, to, *back, (Account.REFUNDS_DUE, Account.SALES))


def of_fee(fee: Fee) -> Entry:
    return Entry(f"fee#{fee.entry_id}", (_signed(Account.FEES, Account.STRIPE, fee.amount),))


def of_withdrawal(entry_id: str, amount: Money) -> Entry:
    """A movement of Stripe's balance because of a dispute; a negative amount was taken from us."""
    return Entry(f"dispute#{entry_id}", (_signed(Account.STRIPE, Account.DISPUTED, amount),))


def of_loss(dispute_id: str, amount: Money) -> Entry:
    return Entry(f"loss#{dispute_id}", (Posting(Account.LOSSES, Account.DISPUTED, amount),))


def totals(entries: Iterable[Entry]) -> Totals:
    """The sums that Stripe's books must show too, all in the currency of the payment."""
    moved: dict[tuple[Account, Account], int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            moved[posting.debit, posting.credit] += posting.amount.amount
            moved[posting.credit, posting.debit] -= posting.amount.amount
    return Totals(
        held=moved[Account.HELD, Account.PROMISED],
        captured=moved[Account.STRIPE, Account.SALES],
        refunded=moved[Account.REFUNDS_DUE, Account.STRIPE],
        disputed=moved[Account.DISPUTED, Account.STRIPE],
    )


def _refund(refund: Refund, state: RefundState, *pairs: tuple[Account, Account]) -> Entry:
    postings = tuple(Posting(debit, credit, refund.amount) for debit, credit in pairs)
    return Entry(f"refund#{refund.refund_id}#{state}", postings)


def _signed(debit: Account, credit: Account, amount: Money) -> Posting:
    return Posting(debit, credit, amount) if amount.amount >= 0 else Posting(credit, debit, amount * -1)
