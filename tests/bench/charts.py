"""`make bench-charts`: how long charts of 1,000, 9,000 and 50,000 seats take from a file to being on sale.

On a running Boxoffice, through its HTTP API, as an organizer's browser does it: upload, import, publish. Memory
is the most that reading, mending and drawing such a file took, in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from catalog.charts import Category, Chart, FocalPoint, Row, Seat, Section, encode
from local.demo.accounts import sign_in
from local.demo.houses import houses
from local.demo.season import SMALL, event
from local.demo.site import Site, client_id
from local.run import RunningBoxoffice

SIZES = (1_000, 9_000, 50_000)
ROW_SEATS = 40
SECTION_ROWS = 25
SECONDS_MAX = 60.0
MEASURED = "import sys; from catalog.__main__ import main; main(sys.argv[1:]); print(open('/proc/self/status').read())"
ORGANIZER = "organizer@boxoffice.example"


def main() -> int:
    with RunningBoxoffice.start(demo="small", on_progress=say) as running:
        client = client_id(running.site_url)
        site = Site(running.site_url, sign_in(running.cloud.client("cognito-idp"), client, ORGANIZER))
        results = [measure(site, seats) for seats in SIZES]
    stadium_s = results[-1]["import_s"] + results[-1]["publish_s"]
    print(json.dumps({"import_and_publish_s_50000": round(stadium_s, 2), "charts": results}))
    return 0 if stadium_s < SECONDS_MAX else 1


def measure(site: Site, seat_count: int) -> dict[str, float]:
    """One chart of so many seats, imported, and an event on it put on sale."""
    raw = encode(stadium(seat_count))
    began = time.monotonic()
    chart = site.bring_chart(raw, "boxoffice")
    imported = time.monotonic()
    house = houses()[SMALL[0].house]
    wanted = event(SMALL[0], house, site.create_venue(house.venue), chart["hash"], datetime.now(UTC))
    wanted["pricing"]["prices"] = {"seats": next(iter(wanted["pricing"]["prices"].values()))}
    created = time.monotonic()
    site.create_event(wanted)
    result = {
        "seats": chart["seatCount"],
        "file_mb": round(len(raw) / 1e6, 2),
        "import_s": round(imported - began, 2),
        "publish_s": round(time.monotonic() - created, 2),
        "memory_mb": memory_mb(raw),
    }
    say(", ".join(f"{name} {value:,}" for name, value in result.items()))
    return result


def memory_mb(raw: bytes) -> float:
    """The largest resident size of a process that reads, mends and draws the file, as the kernel tells it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "chart.json")
        file.write_bytes(raw)
        arguments = ["import-chart", str(file), "--format", "boxoffice", "--preview", f"{file}.svg"]
        command = [sys.executable, "-c", MEASURED, *arguments]
        said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS_MAX).stdout
    return round(int(said.rpartition("VmHWM:")[2].split()[0]) / 1024, 1)


def stadium(seat_count: int) -> Chart:
    """Sections of 25 rows of 40, side by side."""
    rows = [
        Row(
            str(number % SECTION_ROWS + 1),
            [Seat(str(i + 1), 5.0 * i, 8.0 * (number % SECTION_ROWS)) for i in range(size)],
        )
        for number, size in enumerate(_row_sizes(seat_count))
    ]
    sections = [
        _block(number, rows[start : start + SECTION_ROWS])
        for number, start in enumerate(range(0, len(rows), SECTION_ROWS))
    ]
    categories = [Category("seats", "Seats", "#3267a8")]
    return Chart(f"Bench of {seat_count:,}", 0, 0, FocalPoint(0, -50), categories, [], sections)


def _row_sizes(seat_count: int) -> list[int]:
    full, rest = divmod(seat_count, ROW_SEATS)
    return [ROW_SEATS] * full + ([rest] if rest else [])


def _block(number: int, rows: list[Row]) -> Section:
    aside, below = number % 8 * 250.0, number // 8 * 260.0
    placed = [Row(row.label, [Seat(seat.label, seat.x + aside, seat.y + below) for seat in row.seats]) for row in rows]
    return Section(f"b{number}", f"Block {number + 1}", "seats", [], placed)


def say(step: str) -> None:
    print(step, flush=True)


if __name__ == "__main__":
    sys.exit(main())
