"""PostgreSQL as a search: full text, trigrams and earthdistance over the same events, on a server of its own.

Tuned as its users do: a weighted tsvector and word similarity in GIN indexes, points in a GiST index, everything in
memory, no flushing to disk. Texts come folded as our own index folds them. Unlike ours it answers a page alone: no
total and no facets, each of which would be another query.
"""

from __future__ import annotations

import io
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pg8000.native

from search.asking import Wishes
from search.days import span_of
from search.listing import EventSummary
from search.words import fold, words_of

PACKAGES = ("postgresql", "postgresql-contrib")
INSTALL_SECONDS_MAX = 240
SERVER = "-c listen_addresses='' -c shared_buffers=512MB -c work_mem=64MB -c fsync=off -c jit=off"
SIMILARITY_MIN = 0.45
SCHEMA = """
create extension pg_trgm;
create extension cube;
create extension earthdistance;
create unlogged table events (
  id text, artist text, name text, venue text, city text, country text, category text, venue_id text, timezone text,
  lat float8, lng float8, starts timestamptz, price bigint, price_max bigint, availability text, announced timestamptz,
  doc text generated always as (artist || ' ' || name || ' ' || venue || ' ' || city) stored,
  words tsvector generated always as (
    setweight(to_tsvector('simple', artist), 'A') || setweight(to_tsvector('simple', name), 'B') ||
    setweight(to_tsvector('simple', venue), 'C') || setweight(to_tsvector('simple', city || ' ' || category), 'D')
  ) stored
);
"""
INDEXES = """
create index on events using gin (words);
create index on events using gin (doc gin_trgm_ops);
create index on events using gist (ll_to_earth(lat, lng));
create index on events (starts);
create index on events (city, starts);
create index on events (category, starts);
create index on events (artist);
create index on events (venue_id);
create index on events (price);
create index on events (announced);
analyze events;
"""


class NoPostgres(Exception):
    """PostgreSQL is not here and cannot be brought here. Its text says why."""


def find_binaries() -> Path:
    """Where initdb and pg_ctl are, installed through apt where they are not. Raises NoPostgres."""
    if found := _binaries():
        return found
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        raise NoPostgres("PostgreSQL is not installed, and only an administrator with apt could install it")
    install = [apt, "install", "--yes", "--no-install-recommends", *PACKAGES]
    said = ""
    for command in (install, [apt, "update"], install):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired as error:
            raise NoPostgres(f"apt did not install PostgreSQL within {INSTALL_SECONDS_MAX} s") from error
        if found := _binaries():
            return found
        said = done.stderr.strip()[-200:] or said
    raise NoPostgres(f"apt could not install PostgreSQL: {said}")


def _binaries() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextmanager
def server() -> Iterator[pg8000.native.Connection]:
    """A new, empty server that ends with the block. Raises NoPostgres."""
    binaries = find_binaries()
    with tempfile.TemporaryDirectory(prefix="bench-postgres-") as folder:
        person, become = _person(folder)
        data = f"{folder}/data"

        def run(*command: str) -> None:
            subprocess.run([*become, *command], check=True, capture_output=True, timeout=60)

        run(f"{binaries}/initdb", "-D", data, "-U", person, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        pg_ctl = f"{binaries}/pg_ctl"
        run(pg_ctl, "-D", data, "-w", "-l", f"{folder}/log", "-o", f"-k {folder} {SERVER}", "start")
        try:
            with pg8000.native.Connection(
                person, database="postgres", unix_sock=f"{folder}/.s.PGSQL.5432"
            ) as connection:
                yield connection
        finally:
            run(pg_ctl, "-D", data, "-m", "immediate", "stop")


def _person(folder: str) -> tuple[str, list[str]]:
    """Whom the server runs as: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name, []
    shutil.chown(folder, "postgres", "postgres")
    return "postgres", ["runuser", "-u", "postgres", "--"]


def load(connection: pg8000.native.Connection, events: Sequence[EventSummary]) -> None:
    """Create the table, fill it, index it."""
    connection.run(SCHEMA)
    rows = io.BytesIO("".join(_line(event) for event in events).encode())
    columns = "id, artist, name, venue, city, country, category, venue_id, timezone, lat, lng, starts, price, price_max"
    connection.run(f"copy events ({columns}, availability, announced) from stdin", stream=rows)
    connection.run(INDEXES)
    connection.run(f"set pg_trgm.word_similarity_threshold = {SIMILARITY_MIN}")


def _line(event: EventSummary) -> str:
    assert event.price_range, "every event of the made-up season has prices"
    venue, low, high = event.venue, event.price_range.min.amount, event.price_range.max.amount
    texts = (event.artist, event.name, venue.name, venue.city)
    values: tuple[Any, ...] = (
        *(event.event_id, *(fold(text).replace("\t", " ").replace("\\", " ") for text in texts)),
        *(venue.country_code, event.category, venue.venue_id, venue.timezone, venue.latitude, venue.longitude),
        *(event.starts_at.isoformat(), low, high, event.availability, event.announced_at.isoformat()),
    )
    return "\t".join(str(value) for value in values) + "\n"


def search(connection: pg8000.native.Connection, wishes: Wishes, now: Any) -> list[str]:
    """The ids of one page: by full text, and where that finds nothing, by similarity."""
    filters, values = _filters(wishes, now)
    order = {
        "price": "price, starts",
        "announced": "announced desc, starts",
        "distance": "earth_distance(ll_to_earth(lat, lng), ll_to_earth(:lat, :lng)), starts",
    }.get(wishes.sort, "starts")
    select = f"select id from events where {filters}"  # noqa: S608  columns and parameter names of ours
    page = f"limit {wishes.size} offset {wishes.page * wishes.size}"
    if not wishes.words:
        return [row[0] for row in connection.run(f"{select} order by {order} {page}", **values)]
    text = " ".join(wishes.words)
    terms = [f"'{word}'" for word in words_of(text)]
    question = " & ".join([*terms[:-1], f"{terms[-1]}:*"])
    found = connection.run(
        f"{select} and words @@ to_tsquery('simple', :question) "
        f"order by ts_rank_cd(words, to_tsquery('simple', :question)) desc, starts {page}",
        question=question,
        **values,
    )
    if not found:
        found = connection.run(
            f"{select} and :text <% doc order by word_similarity(:text, doc) desc, starts {page}", text=text, **values
        )
    return [row[0] for row in found]


def _filters(wishes: Wishes, now: Any) -> tuple[str, dict[str, Any]]:
    parts, values = ["starts >= :now"], {"now": now}
    for name, column, value in (
        ("city", "city", wishes.city),
        ("country", "country", wishes.country),
        ("artist", "artist", wishes.artist),
        ("venue", "venue_id", wishes.venue_id),
        ("category", "category", ",".join(wishes.categories)),
        ("left", "availability", ",".join(wishes.availability)),
    ):
        if value:
            parts.append(f"{column} = any(string_to_array(:{name}, ','))")
            values[name] = value
    if wishes.day:
        # One zone for all: the server would need a span for each, as ours has.
        values["begins"], values["ends"] = span_of(wishes.day, now, "UTC")
        parts.append("starts >= :begins and starts < :ends")
    if wishes.price_max is not None:
        parts.append("price <= :price")
        values["price"] = wishes.price_max
    if wishes.point:
        values["lat"], values["lng"], values["metres"] = *wishes.point, wishes.radius_km * 1000
        parts.append("earth_box(ll_to_earth(:lat, :lng), :metres) @> ll_to_earth(lat, lng)")
        parts.append("earth_distance(ll_to_earth(:lat, :lng), ll_to_earth(lat, lng)) <= :metres")
    return " and ".join(parts), values
