"""A sale with a waiting room and a clock of its own, through the front doors."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests import harness
from tests.inventory.house import NOON, open_event
from waitingroom import rooms, ticking
from waitingroom.problems import RoomChanged
from waitingroom.room import Room

SECOND = timedelta(seconds=1)


class Crowd:
    """`now` moves only when told to."""

    def __init__(self, *, draw_after: timedelta | None = None, **settings: Any) -> None:
        self.now: datetime = NOON
        self.event_id = open_event(waiting_room=True)
        opening = {"action": "open", **settings}
        if draw_after is not None:
            opening["drawAt"] = (self.now + draw_after).isoformat()
        status, self.settings = self.control(**opening)
        assert status == 200, self.settings

    def control(self, **body: Any) -> tuple[int, Any]:
        return self._call("control_room", "olga", body, groups=["organizer"])

    def join(self, person: str, receipt: str | None = None) -> Any:
        return self.ok(self._call("join_queue", person, {"receipt": receipt}))

    def ask(self, verb: str, person: str | None, **more: Any) -> tuple[int, Any]:
        return self._call(verb, person, **more)

    def status(self, person: str) -> Any:
        return self.ok(self._call("show_status", person))

    def ready(self, person: str) -> Any:
        return self.ok(self._call("declare_ready", person))

    def leave(self, person: str) -> None:
        assert self._call("leave_queue", person)[0] == 204

    def document(self) -> Any:
        return self.ok(self._call("show_now", None))

    @property
    def room(self) -> Room:
        return rooms.load(self.event_id)

    def tick(self, times: int = 1) -> Room:
        """So many seconds pass, each with its tick."""
        for _ in range(times):
            self.now += SECOND
            try:
                ticking.tick(self.event_id, self.now)
            except RoomChanged:  # somebody else's
                continue
        return self.room

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def admit(self, *people: str) -> None:
        """Join, come when called, be let in."""
        for person in people:
            self.join(person)
        self.tick(2)
        for person in people:
            assert self.ready(person)["status"] in ("called", "admitted")
        self.tick(2)
        for person in people:
            assert self.status(person)["status"] == "admitted", person

    @staticmethod
    def ok(answer: tuple[int, Any]) -> Any:
        assert answer[0] == 200, answer
        return answer[1]

    def _call(
        self, verb: str, person: str | None, body: Any = None, groups: Any = ("fan",), headers: Any = None
    ) -> tuple[int, Any]:
        status, answer, _ = harness.call(
            f"waitingroom.{verb}",
            path={"eventId": self.event_id},
            body=body,
            person=person,
            groups=groups,
            headers=headers,
            now=self.now,
        )
        return status, answer
