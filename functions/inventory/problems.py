"""Why seats are not given, each a noun that carries what the client needs next."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from kit.errors import Invalid, Problem


class SeatsUnavailable(Problem):
    """Somebody else has them; `seatIds` says which. None of the seats asked for is held."""

    status, title = 409, "Somebody else has these seats"


class OrphanSeat(Problem):
    """`seatIds` says which seats would be left with nobody beside them; there is another way to sit."""

    status, title = 409, "This choice would leave a single seat"


class SoldOut(Problem):
    """Not one seat of the event is left. Seats may come back."""

    status, title = 409, "This event is sold out"


class LimitExceeded(Problem):
    """`limit` counts a person's held seats and tickets for one event."""

    status, title = 403, "That is more seats than one person may have for this event"


class HoldThrottled(Problem):
    """Too many holds in a row; or, with `seatIds`, the same seats once more without a rest."""

    status, title = 429, "Hold seats less often"

    def __init__(self, wait: timedelta = timedelta(), **data: Any) -> None:
        super().__init__(**data)
        self._wait = wait

    @property
    def retry_after_seconds(self) -> int:
        return max(1, math.ceil(self._wait.total_seconds()))


class HoldNotExtendable(Problem):
    """The same seats once more, when they cannot be held any longer than they are: until `heldUntil`."""

    status, title = 409, "These seats are held as long as they can be"


class HoldExpired(Problem):
    status, title = 410, "The time to buy these seats is over"


class LeaseUnknown(Problem):
    """No table told whether the seats are still held: nothing is taken for them."""

    status, title = 503, "Nobody can tell whether these seats are still held"


class SeatsLost(Problem):
    """Within the lease, and yet a seat is not the order's: nothing of it is sold."""

    status, title = 409, "The seats are no longer held for this order"


class CardsExhausted(Problem):
    """So many orders for these seats failed by their card that they go back on sale."""

    status, title = 409, "Too many cards were declined for these seats"


class PurchaseInProgress(Problem):
    """The hold belongs to `orderId` until that order ends one way or the other."""

    status, title = 409, "These seats are being bought at this moment"


class NotOnSaleYet(Problem):
    """`onSaleAt` says when."""

    status, title = 409, "The sale has not started"


class PresaleCodeInvalid(Problem):
    """Of no presale that is open now, or used up."""

    status, title = 403, "This code does not open the presale"


class UnknownPresale(Problem):
    status, title = 422, "The event has no such presale"


class EventOver(Problem):
    status, title = 409, "The sale for this event has ended"


class EventCancelled(Problem):
    status, title = 409, "This event is cancelled"


class EventMoved(Problem):
    """It gets another date, and is sold again when the organizer says so."""

    status, title = 409, "This event is being moved"


class UnknownSeat(Problem):
    """`seatIds` says which ids the event's chart does not have."""

    status, title = 422, "The event has no such seat"


class UnknownSection(Problem):
    """`sections` says which keys the event's chart does not have."""

    status, title = 422, "The event has no such section"


class ChartNotLarger(Problem):
    """Seats keep their addresses and their order: a larger chart has new sections behind the old ones only."""

    status, title = 422, "This chart is not the event's own with more sections behind"


class NoSeats(Invalid):
    status, title = 422, "Ask for at least one seat"


class DuplicateSeats(Invalid):
    status, title = 422, "A seat is named twice"
