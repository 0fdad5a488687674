"""Bring events and venues of other systems to a running Boxoffice, through its organizer's API.

python -m infra.imports import-discovery FILE…   pages of Ticketmaster's Discovery API (v2), as JSON
python -m infra.imports import-venues FILE       a list of venues, as CSV

Every record's outcome is said: imported, already there, skipped or refused and why, and whatever had to be mended. A
second run changes nothing. Events arrive announced: they are found and have a page, and go on sale once they have a
chart. The last line is a JSON object that counts the outcomes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from infra.imports import discovery, discovery_dates, venue_list
from infra.imports.organizer import NoSite, Organizer, Refused
from infra.imports.report import Draft, Report, Skipped
from local.demo.accounts import PASSWORD

HERE = ("127.0.0.1", "localhost")
DEMO_ORGANIZER = "organizer@boxoffice.example"
AT_ONCE = 8
PROGRESS_EVERY = 500


def main(arguments: list[str] | None = None) -> int:
    """0 where everything was brought over or left out with a reason, 1 where the API refused something."""
    options = _parser().parse_args(arguments)
    try:
        report: Report = options.verb(options)
    except (NoSite, discovery.NotAPage, venue_list.NotAList) as trouble:
        sys.exit(f"{trouble}")
    except OSError as error:
        sys.exit(f"{error.filename} cannot be read: {error.strerror}.")
    print(json.dumps(report.summary()))
    return 1 if report.counts["refused"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m infra.imports", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    pages = verbs.add_parser("import-discovery", help="events of Ticketmaster's Discovery API, and their venues")
    pages.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a page as the API answered it, or several")
    pages.add_argument(
        "--shift-to",
        type=date.fromisoformat,
        metavar="DAY",
        help="move all dates by whole weeks, so that the first day is this one or one after it: for pages of the past",
    )
    pages.set_defaults(verb=_discovery)
    venues = verbs.add_parser(
        "import-venues",
        help="venues from a CSV",
        description=venue_list.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    venues.add_argument("file", type=Path, metavar="FILE", help="the list")
    venues.set_defaults(verb=_venues)
    for verb in (pages, venues):
        verb.add_argument("--dry-run", action="store_true", help="only say what would happen; nothing is asked")
        verb.add_argument("--site", default="http://127.0.0.1:8000", help="address of the site (default %(default)s)")
        verb.add_argument("--email", default=os.environ.get("BOXOFFICE_EMAIL"), help="or BOXOFFICE_EMAIL; an organizer")
    return parser


def _organizer(options: argparse.Namespace) -> Organizer | None:
    """Nobody for a dry run. The password is BOXOFFICE_PASSWORD; on this machine the demo's organizer will do."""
    if options.dry_run:
        return None
    here = urlsplit(options.site).hostname in HERE
    email = options.email or (DEMO_ORGANIZER if here else None)
    password = os.environ.get("BOXOFFICE_PASSWORD") or (PASSWORD if here else None)
    if not email or not password:
        raise NoSite("Say which organizer with --email, and the password in BOXOFFICE_PASSWORD.")
    return Organizer.sign_in(options.site, email, password)


def _discovery(options: argparse.Namespace) -> Report:
    contents = [(path.name, path.read_bytes()) for path in options.files]
    shift = discovery_dates.UNMOVED
    if options.shift_to:
        days = sorted(day for _, raw in contents for day in discovery.days(raw))
        shift = discovery_dates.shift_to(days[0], options.shift_to) if days else shift
    pages, report = discovery.Pages(shift), Report()
    found = [record for name, raw in contents for record in pages.read(raw, name)]
    bring_events(found, _organizer(options), report, datetime.now(UTC))
    return report


def bring_events(
    found: Iterable[discovery.Discovered | Skipped], organizer: Organizer | None, report: Report, now: datetime
) -> None:
    """Venues before their events, each once; an event that is over is left out."""
    venues: dict[str, str | None] = {}
    for record in found:
        if isinstance(record, Skipped):
            report.add("skipped", record.place, why=record.why)
            continue
        event, venue = record.event, record.venue
        if (starts_at := datetime.fromisoformat(event.body["startsAt"])) <= now:
            report.add("skipped", event.place, why=f"it was on {starts_at:%Y-%m-%d}, which is over (see --shift-to)")
            continue
        if organizer is None:
            if venue.key not in venues:
                report.add("would be imported", venue.place, venue.mended)
            venues[venue.key] = ""
            report.add("would be imported", event.place, event.mended)
            continue
        if venue.key not in venues:
            made = organizer.bring("ven", venue, report)
            venues[venue.key] = made["venueId"] if made else None
        if (venue_id := venues[venue.key]) is None:
            report.add("skipped", event.place, why=f"its {venue.place} was refused")
            continue
        _bring_event(record, venue_id, organizer, report)


def _bring_event(record: discovery.Discovered, venue_id: str, organizer: Organizer, report: Report) -> None:
    event = record.event
    cancelled = ("it was cancelled, and is with us",) if record.cancelled else ()
    draft = Draft(event.place, event.key, event.body | {"venueId": venue_id}, event.mended + cancelled)
    made = organizer.bring("evt", draft, report)
    if made and record.cancelled:
        try:
            organizer.cancel(made)
        except Refused as refused:
            report.add("refused", f"{event.place}, to be cancelled", why=str(refused))


def _venues(options: argparse.Namespace) -> Report:
    found, unread = venue_list.read_venues(options.file.read_bytes())
    if unread:
        print(f"Columns that nobody reads: {', '.join(unread)}.")
    report = Report(quiet=True)
    bring_venues(found, _organizer(options), report, _progress(len(found)))
    return report


def bring_venues(
    found: Iterable[Draft | Skipped],
    organizer: Organizer | None,
    report: Report,
    on_progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Some at a time, since each is a request or two; they are reported as they end."""
    lock = threading.Lock()
    done = 0

    def bring(record: Draft | Skipped) -> None:
        nonlocal done
        if isinstance(record, Skipped):
            report.add("skipped", record.place, why=record.why)
        elif organizer is None:
            report.add("would be imported", record.place, record.mended)
        else:
            organizer.bring("ven", record, report)
        with lock:
            done += 1
            on_progress(done)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(bring, found):
            pass


def _progress(count: int) -> Callable[[int], None]:
    began = time.monotonic()

    def say(done: int) -> None:
        if done % PROGRESS_EVERY == 0 or done == count:
            print(f"{done:,} of {count:,} lines, {time.monotonic() - began:.0f} s", flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
