"""Money, times and names in words for people: on paper and in mail.

English, 24-hour clock, the venue's own time.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from kit.money import Money

SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
DECIMALS_OTHER_THAN_TWO = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def line(text: str, length_max: int = 200) -> str:
    """One line of what can be seen: no control characters, no hidden direction marks, single spaces."""
    if text.isascii() and text.isprintable():  # most are
        return " ".join(text.split())[:length_max]
    visible = "".join(
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or not unicodedata.category(char).startswith("C")
    )
    return " ".join(visible.split())[:length_max]


def money(amount: Money) -> str:
    """`€1,250.00`, `¥1,250`, `CHF 12.50`."""
    decimals = DECIMALS_OTHER_THAN_TWO.get(amount.currency, 2)
    whole, part = divmod(abs(amount.amount), 10**decimals)
    digits = f"{whole:,}" + (f".{part:0{decimals}d}" if decimals else "")
    sign = SIGNS.get(amount.currency, f"{amount.currency} ")
    return f"{'-' if amount.amount < 0 else ''}{sign}{digits}"


def date(moment: datetime, timezone: str) -> str:
    """`Saturday 21 March 2026`."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local:%A} {local.day} {local:%B %Y}"


def time(moment: datetime, timezone: str) -> str:
    """`19:30`."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%H:%M}"


def zone(moment: datetime, timezone: str) -> str:
    """The zone's name at that moment, where it has one, and its distance: `CET (UTC+1)`, `UTC-3`."""
    local = moment.astimezone(ZoneInfo(timezone))
    minutes = int((local.utcoffset() or local - local).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    distance = f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
    name = f"{local:%Z}"
    return f"{name} ({distance})" if name.isalpha() else distance
