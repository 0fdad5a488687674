"""Days as people name them, each in the venue's own time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_WORDS = ("today", "tonight", "tomorrow", "this-weekend", "next-weekend", "this-week", "next-week", "this-month")
EVENING = time(17)
NIGHT_ENDS = time(5)
FRIDAY = 4


def span_of(day: str, now: datetime, timezone: str) -> tuple[datetime, datetime]:
    """From when until when a day word, or a date such as 2027-02-14, lasts where this time zone is.

    A night ends at five in the morning; a weekend begins on Friday evening. Raises ValueError.
    """
    zone = ZoneInfo(timezone)
    here = now.astimezone(zone)
    begins, ends = _local_span(day, here)
    return begins.replace(tzinfo=zone), ends.replace(tzinfo=zone)


def _local_span(day: str, here: datetime) -> tuple[datetime, datetime]:
    # At two in the morning it is still the night, and the weekend, of the day before.
    night = (here - timedelta(hours=NIGHT_ENDS.hour)).date()
    today = here.date()
    monday = today - timedelta(days=today.weekday())
    friday = night - timedelta(days=night.weekday()) + timedelta(days=FRIDAY)
    match day:
        case "today":
            return _days(today, 1)
        case "tonight":
            return _at(night, EVENING), _at(night + timedelta(days=1), NIGHT_ENDS)
        case "tomorrow":
            return _days(today + timedelta(days=1), 1)
        case "this-weekend":
            return _weekend(friday)
        case "next-weekend":
            return _weekend(friday + timedelta(days=7))
        case "this-week":
            return _days(monday, 7)
        case "next-week":
            return _days(monday + timedelta(days=7), 7)
        case "this-month":
            first = today.replace(day=1)
            return _at(first), _at((first + timedelta(days=31)).replace(day=1))
    return _days(date.fromisoformat(day), 1)


def _weekend(friday: date) -> tuple[datetime, datetime]:
    return _at(friday, EVENING), _at(friday + timedelta(days=3), NIGHT_ENDS)


def _days(first: date, count: int) -> tuple[datetime, datetime]:
    return _at(first), _at(first + timedelta(days=count))


def _at(day: date, hour: time = time()) -> datetime:
    return datetime.combine(day, hour)
