"""A room under random schedules, by seed: crashes, duplicates, delays and wrong clocks, an auditor after every step.

Everything that decides or writes is the product's own. The auditor knows the true time and reads the table itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from kit import settings
from kit.clock import to_ms
from tests.waitingroom.crowd import Crowd
from waitingroom import ticking
from waitingroom.granting import Sight, decide
from waitingroom.problems import RoomChanged
from waitingroom.room import Room

SKEW_SECONDS = 0.9
"""Any two clocks differ by less than the two seconds that sessions allow for."""


class Crashed(Exception):
    """The process ended here."""


class Campaign:
    """`run` raises AssertionError where a promise is broken; the seed is in its text."""

    def __init__(self, chosen: int | random.Random, *, capacity: int = 2, rate: int = 2, people: int = 8) -> None:
        """`chosen`: a seed, or the dice of a tool that makes a schedule shorter once it fails."""
        self.seed = chosen
        self.dice = random.Random(chosen) if isinstance(chosen, int) else chosen
        self.crowd = Crowd(capacity=capacity, admissionsPerSecond=rate)
        self.people = [f"p{number}" for number in range(people)]
        self.called = ""
        self.ranks: dict[str, tuple[str, str]] = {}
        self.positions: dict[tuple[str, str], int] = {}
        self.granted: dict[int, set[str]] = {}
        self.delayed: list[Callable[[], None]] = []
        self.overtaken = False
        """Whether another tick came in between."""
        self.ended: set[tuple[str, str]] = set()

    def run(self, steps: int) -> None:
        for person in self.people:
            self.join(person)
        acts = [self.tick] * 8 + [self.come] * 6 + [self.look] * 5 + [self.join, self.wait]
        acts += [self.leave, self.late_write] * 3
        for _ in range(steps):
            act = self.dice.choice(acts)
            act()
            self.audit()

    def somebody(self) -> str:
        return self.dice.choice(self.people)

    def skewed(self) -> datetime:
        return self.crowd.now + timedelta(seconds=self.dice.uniform(-SKEW_SECONDS, SKEW_SECONDS))

    def as_if(self, person: str, verb: str, body: Any = None) -> tuple[int, Any]:
        """A request handled by a function whose clock is wrong."""
        true, self.crowd.now = self.crowd.now, self.skewed()
        try:
            return self.crowd.ask(verb, person, **({"body": body} if body is not None else {}))
        finally:
            self.crowd.now = true

    def join(self, person: str | None = None) -> None:
        person = person or self.somebody()
        answers = [self.as_if(person, "join_queue", {})[1] for _ in range(self.dice.choice((1, 1, 3)))]
        self.ok(len({answer["rank"] for answer in answers}) == 1, f"{person} has several places: {answers}")
        rank, joined = answers[0]["rank"], answers[0]["joinedAt"]
        before = self.ranks.get(person)
        self.ok(before is None or rank >= before[0], f"{person} gained by joining again: {before} → {rank}")
        self.ranks[person] = (rank, joined)

    def leave(self) -> None:
        self.as_if(self.somebody(), "leave_queue")

    def come(self) -> None:
        self.as_if(self.somebody(), "declare_ready")

    def look(self) -> None:
        person = self.somebody()
        status, standing = self.as_if(person, "show_status")
        if status != 200 or standing["position"] is None:
            return
        key = person, standing["rank"]
        self.ok(standing["position"] <= self.positions.get(key, 1 << 60), f"{person} moved back")
        self.positions[key] = standing["position"]

    def wait(self) -> None:
        self.crowd.later(seconds=self.dice.choice((1, 5, 20, 35)))

    def late_write(self) -> None:
        """What a process that was thought dead still writes."""
        if self.delayed:
            self.delayed.pop(self.dice.randrange(len(self.delayed)))()

    def tick(self) -> None:
        self.crowd.later(seconds=self.dice.choice((0.2, 1, 1, 2)))
        fate = self.dice.choice(("well", "well", "crashes", "writes late", "is overtaken"))
        ready = {item["sk"]["S"] for item in self.items("READY#")}
        before = self.crowd.room
        room: Room | None = None
        self.overtaken = False
        with (
            suppress(RoomChanged, Crashed),
            mock.patch.object(ticking, "decide", self.deciding(fate)),
            mock.patch.object(ticking, "replay", self.replaying(fate, before.version)),
        ):
            room = ticking.tick(self.crowd.event_id, self.skewed())
        self.ok(not (room and self.overtaken), "two ticks of one version both counted")
        room = room or self.crowd.room
        if fate == "is overtaken" or room.tick == before.tick:
            return
        self.ok(len(room.grants) <= room.rate, "more grants than the rate allows")
        self.ok(room.tick not in self.granted, f"tick {room.tick} was made twice")
        self.granted[room.tick] = {grant.person_id for grant in room.grants}
        passed_over = ready - {grant.rank for grant in room.grants} - {grant.rank for grant in before.grants}
        if room.grants and passed_over:
            self.ok(max(grant.rank for grant in room.grants) < min(passed_over), "a lower rank was passed over")

    def deciding(self, fate: str) -> Callable[[Room, Sight, int], Room]:
        def rule(room: Room, sight: Sight, now_ms: int) -> Room:
            if fate == "is overtaken":
                fate_of_other = Campaign.deciding(self, "well")
                with mock.patch.object(ticking, "decide", fate_of_other):
                    ticking.tick(self.crowd.event_id, self.skewed())
                self.overtaken = True
            return decide(room, sight, now_ms)

        return rule

    def replaying(self, fate: str, version: int) -> Callable[[Room], None]:
        real = ticking.replay

        def write(room: Room) -> None:
            if room.version > version and fate == "crashes":
                raise Crashed
            if room.version > version and fate == "writes late":
                self.delayed.append(lambda: real(room))
                return
            real(room)

        return write

    def audit(self) -> None:
        room = self.crowd.room
        self.ok(room.called >= self.called, "the call went back")
        self.called = room.called
        now_ms = to_ms(self.crowd.now)
        sessions = self.items("SESSION#")
        live = [item for item in sessions if int(item["until"]["N"]) > now_ms + 1000 * SKEW_SECONDS]
        self.ok(len(live) <= room.capacity, f"{len(live)} are in, and there is room for {room.capacity}")
        for item in sessions:
            began = int(item["ends"]["N"]) - 30 * 60_000
            self.ok(int(item["until"]["N"]) <= began + 30 * 60_000, "an admission outlives half an hour")
        ended = {(item["sk"]["S"], item["tick"]["N"]) for item in sessions if int(item["until"]["N"]) < now_ms - 2_000}
        there = {(item["sk"]["S"], item["tick"]["N"]) for item in sessions}
        self.ok(not (self.ended & there) - ended, "an admission that had ended began again")
        self.ended |= ended

    def items(self, prefix: str) -> list[dict[str, Any]]:
        found = settings.client("dynamodb").scan(TableName="test-waitingroom")["Items"]
        return [item for item in found if item["pk"]["S"].startswith(f"{prefix}{self.crowd.event_id}")]

    def ok(self, holds: bool, otherwise: str) -> None:
        assert holds, f"seed {self.seed}: {otherwise}"
