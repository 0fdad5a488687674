"""What is wrong where: in a chart, and in what an organizer sends."""

from __future__ import annotations

import msgspec

from kit.errors import Problem


class ChartProblem(msgspec.Struct, frozen=True):
    """`path` names the place as people do: section / row / seat. Without a `repair` it stayed as it was."""

    path: str
    problem: str
    repair: str = ""


class NotADrawing(Exception):
    """The file is not of the format it was said to be; says why in a sentence. Becomes an InvalidChart."""


class InvalidChart(Problem):
    """Carries `problems`: what is wrong where, beyond repair."""

    status, title = 422, "This chart cannot be used"


class InvalidImage(Problem):
    status, title = 422, "This file is no picture that we can show"


class InvalidEvent(Problem):
    """Carries `problems`: each a field's path and what is wrong with it."""

    status, title = 422, "This event cannot be kept like this"


class NotChangeable(Problem):
    """Carries `problems`: each a field's path and why it stays as it is."""

    status, title = 409, "This cannot be changed any more"


class ChartInUse(Problem):
    """Seats were made of it. A house grows by a larger chart: `POST /organizer/events/{eventId}/chart`."""

    status, title = 409, "Seats of this chart are on sale: the event keeps it"


class EventNotSellable(Problem):
    """Cancelled, moved, or already on sale with other seats."""

    status, title = 409, "This event cannot go on sale"


class TooManySeats(InvalidChart):
    """More than one event can sell."""

    title = "This chart has too many seats"


class NoPlainFile(InvalidChart):
    """An archive, or a picture or page that may carry scripts: nothing of it is unpacked, run or kept."""

    title = "Charts are not read from archives and pictures"


def at(*names: str) -> str:
    """A place in a chart, from the outside in."""
    return " / ".join(name or "?" for name in names)
