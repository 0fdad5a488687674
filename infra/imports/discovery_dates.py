"""When an event of the Discovery API is, and when it is sold: placeholders told from dates.

A source without a date writes 1900-01-01, or says TBA (to be announced), TBD (to be decided) or no specific time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from catalog.events import PRESALES_MAX
from infra.imports.report import LeftOut
from infra.imports.wording import named, plain, quoted

FIRST_YEAR, LAST_YEAR = 1971, 2200
"""What lies outside is a placeholder."""
EVENING = time(20)
"""Where no time of day is announced. Late, so that the event is not over while it may still come."""
ON_SALE_BEFORE = timedelta(days=365)
"""Where the start of the sale is not known."""
SALE_END_AFTER_START = timedelta(days=1)
SOLD_AHEAD_MAX = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Shift:
    """All dates so many weeks later: the day of the week stays. `mark` makes the moved event another one."""

    weeks: int

    @property
    def mark(self) -> str:
        return f"+{self.weeks}w" if self.weeks else ""

    def local(self, moment: datetime) -> datetime:
        """A moment in its own time zone, which stays the same time of day."""
        return moment + timedelta(weeks=self.weeks)


UNMOVED = Shift(0)


@dataclass(frozen=True)
class When:
    """Times are aware; `said` belongs into the description."""

    starts_at: datetime
    on_sale_at: datetime
    sale_ends_at: datetime | None
    presales: list[dict[str, Any]]
    said: list[str]


def shift_to(first: str, wanted: date) -> Shift:
    """As many whole weeks as bring the day to the wanted one or after it."""
    return Shift(max(0, -((date.fromisoformat(first) - wanted) // timedelta(weeks=1))))


def is_day(text: str) -> bool:
    """Whether it is a date and no placeholder for one."""
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)) and _is_real(date.fromisoformat(text))
    except ValueError:
        return False


def read(document: Any, timezone: str, shift: Shift, mended: list[str]) -> When:
    """Raises LeftOut for an event whose day is not known."""
    zone = ZoneInfo(timezone)
    said: list[str] = []
    starts_at = shift.local(_start(_part(document, "dates", "start"), zone, mended, said))
    last_day = plain(_part(document, "dates", "end").get("localDate"))
    if is_day(last_day) and (ends := date.fromisoformat(last_day) + timedelta(weeks=shift.weeks)) > starts_at.date():
        said.append(f"Until {ends.isoformat()}.")
    public = _part(document, "sales", "public")
    on_sale_at, sale_ends_at = _sale(public, starts_at, zone, shift, mended)
    if shift.weeks:
        mended.append(f"all its dates are {shift.weeks} weeks later than at its source")
    presales = _presales(document, zone, shift, on_sale_at, mended)
    return When(starts_at, on_sale_at, sale_ends_at, presales, said)


def _start(start: dict[str, Any], zone: ZoneInfo, mended: list[str], said: list[str]) -> datetime:
    day = plain(start.get("localDate"))
    exact = _instant(start.get("dateTime"))
    if start.get("dateTBA") is True or start.get("dateTBD") is True:
        raise LeftOut("its date is still to be announced")
    if not is_day(day):
        if exact is None:
            raise LeftOut(f"its date {day} is a placeholder" if day else "it has no date")
        mended.append("its day is taken from its UTC time")
        return exact.astimezone(zone)
    local_time = plain(start.get("localTime"))
    open_ended = start.get("timeTBA") is True or start.get("noSpecificTime") is True
    if exact and not open_ended:
        return exact.astimezone(zone)
    clock = _clock(local_time)
    if open_ended or clock is None:
        mended.append(f"its time of day is not announced: {EVENING:%H:%M} stands there")
        said.append("The time of day has not been announced yet.")
        clock = EVENING
    return datetime.combine(date.fromisoformat(day), clock, zone)


def _sale(
    public: dict[str, Any], starts_at: datetime, zone: ZoneInfo, shift: Shift, mended: list[str]
) -> tuple[datetime, datetime | None]:
    opens = _moved(public.get("startDateTime"), zone, shift)
    closes = _moved(public.get("endDateTime"), zone, shift)
    if closes and closes > starts_at + SALE_END_AFTER_START:
        mended.append("its sale would end more than a day after the start: it ends with the start")
        closes = None
    year_before = starts_at - ON_SALE_BEFORE
    if opens is None or public.get("startTBD") is True:
        given = plain(public.get("startDateTime"))
        why = "is still to be decided" if public.get("startTBD") is True else f"{given} is a placeholder"
        mended.append(f"the start of its sale {why if given else 'is not known'}: a year before the event stands there")
        opens = year_before
    if starts_at - opens > SOLD_AHEAD_MAX:
        mended.append(f"its sale is said to have begun in {opens.year}: a year before the event stands there")
        opens = year_before
    if opens >= (closes or starts_at):
        mended.append("its sale would end before it begins: it runs from a year before the event until its start")
        opens, closes = year_before, None
    return opens, closes


def _presales(
    document: Any, zone: ZoneInfo, shift: Shift, on_sale_at: datetime, mended: list[str]
) -> list[dict[str, Any]]:
    """The windows that end before the sale opens or are cut there; nobody has a code for them yet."""
    windows = _part(document, "sales").get("presales")
    presales: list[dict[str, Any]] = []
    for number, window in enumerate(windows if isinstance(windows, list) else [], 1):
        part = window if isinstance(window, dict) else {}
        name = named(part.get("name"), []) or f"Presale {number}"
        opens, closes = (_moved(part.get(end), zone, shift) for end in ("startDateTime", "endDateTime"))
        if opens is None or opens >= on_sale_at or (closes and closes <= opens):
            mended.append(f"its presale {quoted(name)} does not lie before its sale: left out")
        elif len(presales) == PRESALES_MAX:
            mended.append(f"its presale {quoted(name)} is one of more than {PRESALES_MAX}: left out")
        else:
            if closes is None or closes > on_sale_at:
                mended.append(f"its presale {quoted(name)} ends when the sale opens")
                closes = on_sale_at
            window_id = f"presale-{number}"
            presales.append(
                {"id": window_id, "name": name, "startsAt": opens.isoformat(), "endsAt": closes.isoformat()}
            )
    return presales


def _moved(value: object, zone: ZoneInfo, shift: Shift) -> datetime | None:
    moment = _instant(value)
    return shift.local(moment.astimezone(zone)) if moment else None


def _instant(value: object) -> datetime | None:
    """None for what is no moment, or a placeholder for one."""
    try:
        moment = datetime.fromisoformat(plain(value))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if _is_real(moment.date()) else None


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _is_real(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _part(document: Any, *path: str) -> dict[str, Any]:
    """The object that lies there, or an empty one."""
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}
