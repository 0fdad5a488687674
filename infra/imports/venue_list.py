"""A list of venues as CSV: `name` and `city` are needed, and a position or another venue of the same city that has one.

    name            what it is called
    city            or `metroArea`
    id              at its source; two lines with one id are one venue. Without it, name and city are the id
    lat, lng        or `latitude`, `longitude`: degrees
    country         two letters; otherwise the country of the time zone
    timezone        an IANA name; otherwise the one at the position
    address

Further columns, such as a capacity, are named once and left. Commas, semicolons or tabs; UTF-8, or what Windows writes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.events import is_timezone
from infra.imports.places import Position, country_of, distance_km, middles, timezone_at
from infra.imports.report import Draft, LeftOut, Skipped
from infra.imports.wording import NAME_LENGTH_MAX, named

COLUMNS = {
    "name": "name",
    "city": "city",
    "metroarea": "city",
    "id": "id",
    "lat": "lat",
    "latitude": "lat",
    "lng": "lng",
    "lon": "lng",
    "longitude": "lng",
    "country": "country",
    "countrycode": "country",
    "timezone": "timezone",
    "address": "address",
}
ADDRESS_LENGTH_MAX = 300
SAME_PLACE_KM = 0.3
"""Two venues of one name in one city that are nearer than this are one."""
DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")


class NotAList(Exception):
    """The file has no venues; says why."""


@dataclass(frozen=True)
class Line:
    """A line of the file, its columns by our names."""

    number: int
    cells: dict[str, str]
    too_long: bool = False

    @property
    def place(self) -> str:
        name = self.cells.get("name", "")
        return f"line {self.number}" + (f" ({name})" if name else "")

    @property
    def city(self) -> str:
        return self.cells.get("city", "").casefold()

    def position(self) -> Position | None:
        """None where there is none. Raises LeftOut for one that is nowhere."""
        texts = [self.cells.get(axis, "") for axis in ("lat", "lng")]
        if not any(texts):
            return None
        if not all(DEGREES.fullmatch(text) for text in texts):
            raise LeftOut(f"its position {', '.join(texts)!r} is not two numbers")
        latitude, longitude = (float(text.replace(",", ".")) for text in texts)
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise LeftOut(f"its position {', '.join(texts)} is not on the globe")
        return None if latitude == longitude == 0 else (latitude, longitude)


def read_venues(raw: bytes) -> tuple[list[Draft | Skipped], list[str]]:
    """What to create of each line, or why not, in the order of the file; and the columns nobody reads.

    Raises NotAList.
    """
    lines, unread = _lines(_decoded(raw))
    cities = middles(_positions(lines))
    seen: dict[str, int] = {}
    named_so: dict[tuple[str, str], list[tuple[int, Position]]] = {}
    found: list[Draft | Skipped] = []
    for line in lines:
        try:
            draft = _draft(line, cities)
            _must_be_new(line, draft, seen, named_so)
        except LeftOut as left_out:
            found.append(Skipped(line.place, str(left_out)))
        else:
            found.append(draft)
    return found, unread


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _lines(text: str) -> tuple[list[Line], list[str]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    titles = [title.strip() for title in next(rows, [])]
    columns = [COLUMNS.get(re.sub(r"[\s_-]", "", title).lower(), "") for title in titles]
    for needed in ("name", "city"):
        if needed not in columns:
            raise NotAList(f"The first line names no column {needed!r}, only {', '.join(titles) or 'nothing'}.")
    lines: list[Line] = []
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise NotAList(f"Line {number} cannot be read: {error}.") from error
        if row is None:
            return lines, [title for title, column in zip(titles, columns, strict=True) if title and not column]
        if any(cell.strip() for cell in row):
            cells = {column: cell.strip() for column, cell in zip(columns, row, strict=False) if column}
            lines.append(Line(number, cells, too_long=any(cell.strip() for cell in row[len(titles) :])))


def _positions(lines: list[Line]) -> Iterator[tuple[str, Position]]:
    for line in lines:
        try:
            position = line.position()
        except LeftOut:
            continue
        if position:
            yield line.city, position


def _draft(line: Line, cities: dict[str, Position | None]) -> Draft:
    """Raises LeftOut."""
    if line.too_long:
        raise LeftOut("it has more columns than the first line: a text with a comma needs quotes")
    mended: list[str] = []
    name = named(line.cells.get("name", ""), mended)
    city = named(line.cells.get("city", ""), mended)
    if not name or not city:
        raise LeftOut("it has no name" if not name else "it names no city")
    position = line.position()
    if position is None:
        position = _in_the_city(line, city, cities)
        mended.append(f"without a position, it is placed in the middle of the other venues of {city}")
    timezone = line.cells.get("timezone", "")
    if not timezone or not is_timezone(timezone):
        said = f"the time zone {timezone!r} is none" if timezone else ""
        timezone = timezone_at(position)
        if not timezone:
            raise LeftOut("its position is at sea, where no time zone is")
        mended += [f"{said}: {timezone} is the one there"] if said else []
    country = line.cells.get("country", "").upper()
    if not re.fullmatch("[A-Z]{2}", country):
        mended += [f"the country {country!r} is not two letters: taken from the time zone"] if country else []
        country = country_of(timezone)
        if not country:
            raise LeftOut(f"its time zone {timezone} belongs to no country: name one in a column 'country'")
    body = {
        "name": name,
        "city": city,
        "countryCode": country,
        "timezone": timezone,
        "latitude": position[0],
        "longitude": position[1],
    }
    if address := line.cells.get("address", ""):
        body["address"] = address[:ADDRESS_LENGTH_MAX]
    source_id = line.cells.get("id") or f"{name}, {city}"[: 2 * NAME_LENGTH_MAX]
    return Draft(line.place, f"venue-list:{source_id}", body, tuple(mended))


def _in_the_city(line: Line, city: str, cities: dict[str, Position | None]) -> Position:
    if line.city not in cities:
        raise LeftOut(f"it has no position, nor has any other venue of {city}")
    if (there := cities[line.city]) is None:
        raise LeftOut(f"it has no position, and the venues of {city} are too far apart to be of one city")
    return round(there[0], 5), round(there[1], 5)


def _must_be_new(
    line: Line, draft: Draft, seen: dict[str, int], named_so: dict[tuple[str, str], list[tuple[int, Position]]]
) -> None:
    if draft.key in seen:
        raise LeftOut(f"it is the venue of line {seen[draft.key]} again")
    here = (draft.body["latitude"], draft.body["longitude"])
    others = named_so.setdefault((draft.body["name"].casefold(), line.city), [])
    for number, there in others:
        if distance_km(here, there) < SAME_PLACE_KM:
            raise LeftOut(f"it is the venue of line {number} again, under another id")
    seen[draft.key] = line.number
    others.append((line.number, here))
