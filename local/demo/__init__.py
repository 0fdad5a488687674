"""Demo data, made by our own code and brought in the way an organizer would: through the HTTP API."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from catalog.chart_checks import faults
from catalog.charts import encode
from catalog.seatsio import read_seatsio
from local.demo.accounts import ACCOUNTS, PASSWORD, create_accounts, sign_in
from local.demo.houses import House, houses
from local.demo.pictures import PICTURES
from local.demo.season import (
    ACTS,
    PRESALE_CODE,
    SHOWS,
    SMALL,
    SPECIAL,
    Act,
    Show,
    dates_of,
    event,
    pricing,
    starts_at,
)
from local.demo.site import DemoNotLoaded, Site, client_id

__all__ = ["ACCOUNTS", "PASSWORD", "PRESALE_CODE", "DemoNotLoaded", "load", "read_chart"]

ORGANIZER = "organizer@boxoffice.example"
AT_ONCE = 3
ROOM_PLACES = 20
OWN_CHART_PRICES = (48, 36, 64, 28, 90)


class Cloud(Protocol):
    """Whatever makes clients of AWS's services: the local cloud does."""

    def client(self, service: str) -> Any: ...


def load(
    site_url: str,
    cloud: Cloud,
    on_progress: Callable[[str], None] = lambda step: None,
    chart_file: Path | None = None,
    scale: Literal["full", "small"] = "full",
) -> list[str]:
    """Accounts, venues, and events on sale; with `chart_file` also an event on that seats.io chart.

    `small` is a theatre and an arena with three events. Answers the event ids. Raises DemoNotLoaded.
    """
    now = datetime.now(UTC)
    on_progress("Creating demo accounts")
    cognito, client = cloud.client("cognito-idp"), client_id(site_url)
    create_accounts(cognito, client)
    site = Site(site_url, sign_in(cognito, client, ORGANIZER))
    shows, acts = (SHOWS + SPECIAL, ACTS) if scale == "full" else (SMALL, ())
    wanted = {show.house for show in shows}
    used = {name: house for name, house in houses().items() if name in wanted}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        own = pool.submit(lambda: site.create_event(_event_on(chart_file, site, now))) if chart_file else None
        on_progress(f"Drawing {len(used)} venues")
        opening = pool.map(lambda house: _open(site, house), used.values())
        introducing = [pool.submit(_introduce, site, act) for act in acts]
        opened = dict(zip(used, opening, strict=True))
        artists = {act.name: each.result() for act, each in zip(acts, introducing, strict=True)}
        series = {show.name: {"seriesId": site.create_series(show.name)} for show in shows if show.dates > 1}

        def put_on(show: Show) -> str:
            wanted = event(show, used[show.house], *opened[show.house], now)
            wanted |= artists.get(show.artist, {}) | series.get(show.name, {})
            return _put_on(site, show, used[show.house], wanted, now)

        billed = [each for show in shows for each in dates_of(show)]
        on_progress(f"Putting {len(billed) + bool(own)} events on sale")
        created = list(pool.map(put_on, billed))
        created += [own.result()] if own else []
    on_progress("Indexing")
    site.wait_until_found(len(created))
    return created


def _open(site: Site, house: House) -> tuple[str, str]:
    """The venue's id and its chart's hash."""
    chart = site.bring_chart(encode(house.chart), "boxoffice")
    return site.create_venue(house.venue), chart["hash"]


def _introduce(site: Site, act: Act) -> dict[str, Any]:
    """What events of an artist with a page say of them."""
    picture = site.bring_image(PICTURES[act.picture]())
    artist = site.create_artist({"name": act.name, "description": act.description, "imageUrl": picture})
    return {"artist": None, "artistId": artist, "imageUrl": picture}


def _put_on(site: Site, show: Show, house: House, wanted: dict[str, Any], now: datetime) -> str:
    """The event's id, on sale and in the state that its show is in."""
    event_id = site.create_event(wanted)
    for presale in wanted["presales"]:
        site.add_presale_code(event_id, presale["id"], PRESALE_CODE)
    if show.waiting_room:
        site.open_room(event_id, ROOM_PLACES)
    if show.moved_by:
        later = replace(show, days=show.days + show.moved_by)
        site.move_event(event_id, starts_at(later, house, now))
    return event_id


def _event_on(chart_file: Path, site: Site, now: datetime) -> dict[str, Any]:
    """An event at a new venue, on a chart that somebody else drew."""
    chart = site.bring_chart(read_chart(chart_file), "seatsio")
    venue = {
        "name": chart["name"],
        "city": "Brussels",
        "countryCode": "BE",
        "timezone": "Europe/Brussels",
        "latitude": 50.8467,
        "longitude": 4.3525,
    }
    keys = [category["key"] for category in chart["categories"]]
    prices = {key: OWN_CHART_PRICES[i % len(OWN_CHART_PRICES)] for i, key in enumerate(keys)}
    fees = [{"code": "booking", "label": "Booking fee", "per": "ticket", "amount": 250}]
    tax = {"label": "VAT", "basisPoints": 600, "included": True}
    starts_at = (now + timedelta(days=12)).replace(hour=18, minute=0, second=0, microsecond=0)
    return {
        "name": f"Opening Night at {chart['name']}",
        "artist": "Several Small Orchestras",
        "category": "music",
        "description": f"{chart['seatCount']:,} seats, on a chart brought along.",
        "venueId": site.create_venue(venue),
        "chartHash": chart["hash"],
        "startsAt": starts_at.isoformat(),
        "onSaleAt": now.isoformat(),
        "pricing": pricing("EUR", 100, prices, fees, tax),
    }


def read_chart(chart_file: Path) -> bytes:
    """A seats.io chart that can be sold from. Raises DemoNotLoaded, in a sentence for whoever named the file."""
    try:
        raw = chart_file.read_bytes()
        chart, _ = read_seatsio(raw)
    except OSError as error:
        raise DemoNotLoaded(f"{chart_file} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise DemoNotLoaded(f"{chart_file} is no seats.io chart: {error}.") from error
    for fault in faults(chart):
        raise DemoNotLoaded(f"{chart_file} cannot be sold from: {fault.path}: {fault.problem}.")
    return raw
