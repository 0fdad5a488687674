"""An index as a file: written at once and mapped into memory, so that what a query does not touch is not read."""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from search.index import SEPARATOR, Columns, Entities, Index, Tables
from search.text_index import TextIndex

Array = NDArray[Any]
FORMAT = 2
"""Raised when a file of before could not be read: readers then leave it alone."""
ALIGNED = 64


class UnreadableIndex(Exception):
    """The file is no index of this format."""


def save_index(index: Index, path: Path) -> None:
    """One file: a head that says where each array lies, then the arrays."""
    parts = dict(_arrays(index))
    places, offset = {}, 0
    for name, array in parts.items():
        places[name] = (array.dtype.str, len(array), offset)
        offset += -(-array.nbytes // ALIGNED) * ALIGNED
    head = msgspec.json.encode({"format": FORMAT, "rows": index.size, "arrays": places})
    start = -(-(8 + len(head)) // ALIGNED) * ALIGNED
    with path.open("wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for name, array in parts.items():
            file.seek(start + places[name][2])
            file.write(array.tobytes())
        file.truncate(start + offset)


def open_index(path: Path) -> Index:
    """Map a file that `save_index` wrote. Raises UnreadableIndex."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        length = int.from_bytes(mapped[:8], "little")
        head = msgspec.json.decode(mapped[8 : 8 + length])
        if head["format"] != FORMAT:
            raise UnreadableIndex(f"format {head['format']}")
        start = -(-(8 + length) // ALIGNED) * ALIGNED
        arrays = {
            name: np.frombuffer(mapped, dtype, count, start + offset)
            for name, (dtype, count, offset) in head["arrays"].items()
        }
        return _index(arrays, head["rows"])
    except (msgspec.DecodeError, KeyError, ValueError, TypeError) as error:
        raise UnreadableIndex(str(error)) from error


def _arrays(index: Index) -> Iterable[tuple[str, Array]]:
    for owner in ("columns", "entities", "words", "suggestions"):
        part = getattr(index, owner)
        for field in fields(part):
            if field.name != "row_count":
                yield f"{owner}.{field.name}", getattr(part, field.name)
    for field in fields(Tables):
        text = "".join(text + SEPARATOR for text in getattr(index.tables, field.name))
        yield f"tables.{field.name}", np.frombuffer(text.encode(), np.uint8)
    for name in ("latitude", "longitude", "by_id"):
        yield name, getattr(index, name)


def _index(arrays: dict[str, Array], rows: int) -> Index:
    def part(owner: str) -> dict[str, Array]:
        prefix = f"{owner}."
        return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}

    columns = part("columns")
    columns["availability"] = columns["availability"].copy()
    entities = Entities(**part("entities"))
    tables = {name: _texts(array) for name, array in part("tables").items()}
    return Index(
        columns=Columns(**columns),
        tables=Tables(**tables),
        entities=entities,
        words=TextIndex(**part("words"), row_count=rows),
        suggestions=TextIndex(**part("suggestions"), row_count=len(entities.kind)),
        latitude=arrays["latitude"],
        longitude=arrays["longitude"],
        by_id=arrays["by_id"],
    )


def _texts(array: Array) -> list[str]:
    return array.tobytes().decode().split(SEPARATOR)[:-1]
