"""What wiring is written in: triggers, the functions they call, and what each function may touch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Api:
    """A route of the HTTP API, as `GET /events/{eventId}`."""

    route: str

    @property
    def key(self) -> str:
        return self.route


@dataclass(frozen=True)
class Live:
    """A route of the WebSocket API: `$connect`, `$disconnect`, `$default`, or the `action` of a message."""

    action: str

    @property
    def key(self) -> str:
        return self.action


@dataclass(frozen=True)
class Step:
    """A state of a state machine, as `SellSeats`; its name is the CamelCase of the verb's file."""

    name: str

    @property
    def key(self) -> str:
        return self.name


@dataclass(frozen=True)
class Queue:
    """Messages of an SQS queue, in batches with partial failures."""

    name: str
    batch_size: int = 10
    max_concurrency: int | None = None
    key: str = "*"


@dataclass(frozen=True)
class Stream:
    """Changes of a context's table, filtered by kind (`INSERT`, `MODIFY`, `REMOVE`, or all) and keys before anything
    runs. Changes are waited for up to `window_seconds`, so that many of them come as one."""

    table: str
    kind: str = ""
    sk_prefix: str = ""
    pk_prefix: str = ""
    batch_size: int = 100
    window_seconds: int = 0
    key: str = "*"


@dataclass(frozen=True)
class Schedule:
    """Every so many minutes; the function sees `{"step": <name>}`."""

    name: str
    every_minutes: int

    @property
    def key(self) -> str:
        return self.name


Trigger = Api | Live | Step | Queue | Stream | Schedule


@dataclass(frozen=True)
class Function:
    """One Lambda: the verbs it hosts and everything it may touch, by the names the stateful side gives.

    `reads` and `writes` are contexts' tables; `writes` includes reading.
    """

    name: str
    verbs: Mapping[Trigger, str]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    writes_only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a context that it writes: only items whose partition key begins so."""
    secrets: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    """Queues it may send to."""
    writes_charts: bool = False
    search: Literal["", "reads", "writes"] = ""
    """What it may do with the search index; those who may anything get the layer that an index needs."""
    asks_beacon: bool = False
    """It checks what the beacon signed, which needs a layer of its own."""
    purges_edge: bool = False
    writes_lists: bool = False
    starts: tuple[str, ...] = ()
    """State machines it may start."""
    resumes: tuple[str, ...] = ()
    """State machines whose waiting tasks it may send on."""
    forgets: tuple[str, ...] = ()
    """Contexts whose items it may delete: only what nobody would miss."""
    tells_live: bool = False
    """It may post to the connections of the WebSocket API."""
    tells: bool = False
    """Sends mail and text messages to people."""
    reads_people: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    memory_mb: int = 1024
    timeout_seconds: int = 10

    @property
    def routes(self) -> list[Api]:
        return [trigger for trigger in self.verbs if isinstance(trigger, Api)]

    @property
    def actions(self) -> list[Live]:
        return [trigger for trigger in self.verbs if isinstance(trigger, Live)]

    @property
    def faces_the_edge(self) -> bool:
        return bool(self.routes or self.actions)


def camel_case(verb: str) -> str:
    """`inventory.sell_seats` → `SellSeats`."""
    return re.sub(r"(?:^|_)(\w)", lambda match: match[1].upper(), verb.rpartition(".")[2])
