"""Why somebody does not get in, each a noun with what they need next."""

from __future__ import annotations

from kit.errors import Problem


class AdmissionRequired(Problem):
    """The event has a waiting room, and this request shows no live admission to it. `waitingRoom` is the way there."""

    status, title = 403, "This event is entered through its waiting room"


class TokenBound(Problem):
    """The admission was granted to another sign-in of the same person."""

    status, title = 403, "This admission belongs to another device"


class NoWaitingRoom(Problem):
    status, title = 409, "This event has no waiting room"


class RoomNotOpen(Problem):
    """Not yet, or no longer: `phase` says which."""

    status, title = 409, "The waiting room is not open"


class RoomAlreadyOpen(Problem):
    status, title = 409, "This waiting room was opened before"


class RoomChanged(Problem):
    """Somebody changed the room in the same moment."""

    status, title = 409, "The waiting room has just changed; try again"


class NotInLine(Problem):
    status, title = 409, "You are not in this line: join it first"


class AccountTooNew(Problem):
    """The organizer asks for accounts of `accountAgeDays`; this one may join from `oldEnoughAt`."""

    status, title = 403, "Your account is too new for this waiting room"


class ContactUnverified(Problem):
    """`contact` is what has to be confirmed first: `email` or `phone`."""

    status, title = 403, "This waiting room asks for a confirmed contact"


class EntryRefused(Problem):
    """Decided before the draw, from how many accounts came from one device."""

    status, title = 403, "Too many accounts waited on your device"


class PuzzleRequired(Problem):
    """Ask again with `x-puzzle-answer: <puzzle>.<number>`, whose SHA-256 begins with `bits` zeros."""

    status, title = 403, "Your browser has to solve a puzzle first"


class NotCalled(Problem):
    """`position` says how many are still ahead."""

    status, title = 409, "It is not your turn yet"


class TurnNotNear(Problem):
    """Only those near the head are told over the WebSocket; `position` says how many are still ahead."""

    status, title = 409, "Your turn is not near yet: read how far the line has come"


class TurnOver(Problem):
    """The turn was used or missed; joining again takes the present time."""

    status, title = 409, "Your turn is over"
