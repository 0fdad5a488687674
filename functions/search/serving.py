"""The index a search function answers from, and how it comes by the next one.

Readers poll: a manifest costs one small GET, and nobody has to know who is listening. A function that is asked all
the time looks behind a request's back; one that has slept looks before it answers. Whatever goes wrong with a new
index, the old one goes on answering.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from kit.errors import Busy
from kit.telemetry import log
from search import snapshots
from search.index import Index, build_index
from search.index_file import UnreadableIndex
from search.listing import AVAILABILITY
from search.snapshots import Damaged, Word

LOOKS_EVERY = timedelta(seconds=3)
SLEPT = timedelta(seconds=15)
"""After so long without a look, a request waits for one."""
WAITS_SECONDS = 1.0
NEVER = datetime.min.replace(tzinfo=UTC)
TROUBLE = (BotoCoreError, ClientError, Damaged, UnreadableIndex, OSError)


@dataclass
class Serving:
    """What one execution environment serves."""

    index: Index | None = None
    sha256: str = ""
    built_at: datetime = NEVER
    looked_at: datetime = NEVER
    looking: threading.Lock = field(default_factory=threading.Lock)

    def current(self, now: datetime) -> Index:
        """The index to answer from. Raises Busy where there has never been one that could be read."""
        if self.index is None or now - self.looked_at > SLEPT:
            # A look that was frozen with its function may take its time to fail: who has an index does not wait for it.
            if self.looking.acquire(timeout=WAITS_SECONDS):
                self._look_and_release(now)
        elif now - self.looked_at > LOOKS_EVERY and self.looking.acquire(blocking=False):
            threading.Thread(target=self._look_and_release, args=(now,), daemon=True).start()
        if self.index is None:
            raise Busy("The events cannot be searched yet; try again.")
        return self.index

    def _look_and_release(self, now: datetime) -> None:
        try:
            self._look(now)
        finally:
            self.looking.release()

    def _look(self, now: datetime) -> None:
        try:
            self._take_newer()
        except TROUBLE:
            log.exception("the search index was not renewed")
        self.looked_at = now

    def _take_newer(self) -> None:
        found = snapshots.read_manifest()
        if found is None:
            self.index = self.index or build_index([])
            return
        manifest, _ = found
        if (manifest.sha256, manifest.built_at) != (self.sha256, self.built_at):  # whose words are not the old one's
            index = snapshots.fetch(manifest)
            if self.index is not None:
                index.warm()  # behind the backs of those who are answered from the one before
            self.index, self.sha256 = index, manifest.sha256
        self.built_at = manifest.built_at
        if self.index is not None:
            apply_words(self.index, snapshots.read_words()[0], manifest.built_at)


def apply_words(index: Index, words: dict[str, Word], built_at: datetime) -> None:
    """What is left of an event, by what was said after the index was built."""
    for event_id, word in words.items():
        row = index.row_of(event_id) if word.at > built_at and word.availability in AVAILABILITY else None
        if row is not None:
            index.columns.availability[row] = AVAILABILITY.index(word.availability)


serving = Serving()
