"""POST /seats/hold: hold the seats a person names, or the best that are left."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from catalog import Event, Place
from inventory import admission, holding, lately, orphans, presales, sales, sections
from inventory.best import Wish
from inventory.holds import HeldSeats, Hold, describe
from inventory.offers import OFFERS_MAX, Offers
from inventory.presales import Code
from inventory.problems import (
    DuplicateSeats,
    EventCancelled,
    EventMoved,
    EventOver,
    HoldExpired,
    HoldNotExtendable,
    HoldThrottled,
    LimitExceeded,
    NoSeats,
    NotOnSaleYet,
    OrphanSeat,
    PresaleCodeInvalid,
    PurchaseInProgress,
    SeatsUnavailable,
    SoldOut,
    UnknownSeat,
    UnknownSection,
)
from inventory.release_hold import release_hold
from inventory.seats import parse_all
from inventory.show_hold import describe_hold
from kit import ids
from kit.errors import Busy, IdempotencyKeyRequired, IdempotencyMismatch, Invalid, NotFound
from kit.http import Call, endpoint
from pricing import UnknownCategory, UnknownTicketType, quote
from waitingroom import AdmissionRequired, TokenBound

SEATS_MAX = 16
"""So many seats fit, with as many of a replaced hold in the same row, in the 300 operators of one condition."""

SectionKey = Annotated[str, msgspec.Meta(min_length=1, max_length=16)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=SEATS_MAX, extra={"problem": "invalid-quantity"})]


class BestAvailable(msgspec.Struct, frozen=True, rename="camel"):
    """`priceMax`: the highest face value of one ticket, in minor units of the event's currency."""

    quantity: Quantity
    sections: Annotated[list[SectionKey], msgspec.Meta(min_length=1, max_length=100)] | None = None
    price_max: Annotated[int, msgspec.Meta(ge=0)] | None = None
    accessible: bool = False


class HoldRequest(msgspec.Struct, frozen=True, rename="camel"):
    """`seatIds`, `bestAvailable`, or both: seats by name, and others with them, such as standing places.

    The i-th of `ticketTypes` is for the i-th seat, those by name first. `presaleCode` counts before the sale opens.
    """

    event_id: str
    seat_ids: Annotated[list[str], msgspec.Meta(max_length=SEATS_MAX)] | None = None
    best_available: BestAvailable | None = None
    ticket_types: Annotated[list[str], msgspec.Meta(max_length=SEATS_MAX)] | None = None
    presale_code: Annotated[str, msgspec.Meta(max_length=60)] | None = None


@endpoint(
    status=201,
    idempotency_key="optional",
    raises=(
        NotFound,
        AdmissionRequired,
        TokenBound,
        SeatsUnavailable,
        OrphanSeat,
        SoldOut,
        PurchaseInProgress,
        NotOnSaleYet,
        PresaleCodeInvalid,
        EventOver,
        EventCancelled,
        EventMoved,
        LimitExceeded,
        HoldThrottled,
        HoldNotExtendable,
        HoldExpired,
        NoSeats,
        DuplicateSeats,
        UnknownSeat,
        UnknownSection,
        UnknownTicketType,
        UnknownCategory,
        IdempotencyKeyRequired,
        IdempotencyMismatch,
        Busy,
    ),
)
def handler(call: Call, body: HoldRequest) -> HeldSeats:
    admission.check(body.event_id, call)
    key = call.idempotency_key
    digests = (_digest(key.encode()) if key else "", _digest(call.raw_body))
    person_id = call.caller.person_id
    try:
        return hold_seats(person_id, body, digests, call.now)
    except (SoldOut, SeatsUnavailable):
        # Nothing is left, perhaps because this very request took it and its answer was lost.
        before = holding.placed_before(person_id, body.event_id, digests, call.now)
        if before is None:
            raise
        return describe_hold(before, call.now)


def hold_seats(person_id: str, wanted: HoldRequest, digests: tuple[str, str], now: datetime) -> HeldSeats:
    """Hold them all or none, for the event's lease; a live hold of the same person is replaced.

    Who loses the best seats to another is offered the next best. `digests`: of the Idempotency-Key, empty without
    one, and of the request.
    """
    event, code = sales.event_on_sale(wanted.event_id, person_id, wanted.presale_code or "", now)
    quantity = _quantity(wanted)
    if quantity > event.limit_per_person:
        raise LimitExceeded(limit=event.limit_per_person)
    types = _ticket_types(event, wanted, quantity)
    named = wanted.seat_ids or []
    sections.places(event.chart_hash, named)
    orphans.check(event, person_id, parse_all(named), now)
    best = wanted.best_available
    offers = Offers(event, _wish(event, best, types[len(named) :]), parse_all(named), now) if best else None
    for _ in range(OFFERS_MAX):
        seat_ids = [*named, *(offers.next() if offers else [])]
        places = sections.places(event.chart_hash, seat_ids)
        until = now + timedelta(seconds=event.lease_seconds)
        fare = quote(event.pricing, _priced(seat_ids, places, types), until)
        hold = Hold(ids.new("hld", now), person_id, event.event_id, seat_ids, until, until, now, fare, *digests)
        try:
            stands = holding.place(hold, event.limit_per_person, now)
        except HoldThrottled as throttled:
            again = throttled.data.get("seatIds", [])
            if offers is None or not again or not set(named).isdisjoint(again):
                raise
            offers.leave_out(parse_all(again))
        except SeatsUnavailable as taken:
            if offers is None or not set(named).isdisjoint(taken.data["seatIds"]):
                raise
            offers.lose(taken)
        else:
            if code is not None:
                _use(code, stands, now)
            lately.gone(event.event_id, parse_all(stands.seat_ids))
            return describe(stands, places | sections.places(event.chart_hash, stands.seat_ids))
    raise Busy


def _use(code: Code, hold: Hold, now: datetime) -> None:
    """Somebody else may have used the code up while this hold was placed. Raises PresaleCodeInvalid."""
    try:
        presales.use(code, hold.person_id)
    except PresaleCodeInvalid:
        release_hold(hold.person_id, hold.hold_id, now)
        raise


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]


def _quantity(wanted: HoldRequest) -> int:
    if wanted.seat_ids is None and wanted.best_available is None:
        raise Invalid("Send seatIds, bestAvailable, or both.", field="seatIds")
    seat_ids = wanted.seat_ids or []
    if wanted.seat_ids == []:
        raise NoSeats(field="seatIds")
    if len(set(seat_ids)) < len(seat_ids):
        twice = sorted({seat_id for seat_id in seat_ids if seat_ids.count(seat_id) > 1})
        raise DuplicateSeats(seatIds=twice)
    quantity = len(seat_ids) + (wanted.best_available.quantity if wanted.best_available else 0)
    if quantity > SEATS_MAX:
        field = "bestAvailable.quantity"
        raise Invalid(f"Hold at most {SEATS_MAX} seats at once.", word="invalid-quantity", field=field)
    return quantity


def _ticket_types(event: Event, wanted: HoldRequest, quantity: int) -> Sequence[str]:
    known = [ticket_type.id for ticket_type in event.pricing.ticket_types]
    types = wanted.ticket_types or [known[0]] * quantity
    if len(types) != quantity:
        raise Invalid("Send one ticket type for each seat.", field="ticketTypes")
    for ticket_type in types:
        if ticket_type not in known:
            raise UnknownTicketType(ticketTypeId=ticket_type)
    return types


def _priced(seat_ids: Sequence[str], places: dict[str, Place], types: Sequence[str]) -> list[tuple[str, str, str]]:
    return [(seat, places[seat].category, kind) for seat, kind in zip(seat_ids, types, strict=True)]


def _wish(event: Event, wanted: BestAvailable, types: Sequence[str]) -> Wish:
    """What the dearest of its ticket types costs counts for the ceiling."""
    dearest = {
        category: max(prices.get(kind, 0) for kind in types) for category, prices in event.pricing.prices.items()
    }
    within = frozenset(
        category for category, price in dearest.items() if wanted.price_max is None or price <= wanted.price_max
    )
    named = frozenset(wanted.sections) if wanted.sections else None
    return Wish(wanted.quantity, within, named, wanted.accessible, event.orphan_rule)
