"""Presales: before a sale opens, who has a code of a presale that is open may hold seats.

    PRESALE#<event id>    <hash of a presale and a code>    for how many people the code opens that presale

Codes are kept as hashes, so that nobody who reads the table can use them. One code may open several presales. A use
is a person, not a hold: whoever has used a code may do so again. The use comes after the hold, so that a request
which is refused uses nothing up; where somebody else has meanwhile used the code up, the hold is given back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError
from pynamodb.expressions.condition import size
from pynamodb.models import Model

from catalog import Event
from inventory.problems import NotOnSaleYet, PresaleCodeInvalid
from kit.clock import rfc3339
from kit.table import Table, TableMeta

USED_UP = "It has been used by as many people as it was meant for."


class Code(Model):
    """Without `people_max` it opens the presale for everybody who has it, and nobody is written down."""

    class Meta(TableMeta):
        table_name = Table("inventory")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    people_max = NumberAttribute(null=True)
    people = UnicodeSetAttribute(null=True)


def check(event: Event, person_id: str, code: str, now: datetime) -> Code | None:
    """Before the sale: a presale is open, and this code opens it to this person. Answers the code if a hold uses it up.

    Raises NotOnSaleYet, PresaleCodeInvalid.
    """
    open_now = [presale.id for presale in event.presales if presale.starts_at <= now < presale.ends_at]
    if not open_now or not code:
        raise NotOnSaleYet(onSaleAt=rfc3339(event.on_sale_at))
    known = _find(event.event_id, open_now, code)
    people = known.people or set()
    if known.people_max is None or person_id in people:
        return None
    if len(people) >= known.people_max:
        raise PresaleCodeInvalid(USED_UP)
    return known


def _find(event_id: str, presale_ids: Iterable[str], code: str) -> Code:
    for presale_id in presale_ids:
        with suppress(DoesNotExist):
            return Code.get(*_key(event_id, presale_id, code))
    raise PresaleCodeInvalid


def use(code: Code, person_id: str) -> None:
    """Write the person down IF there is room, or they are down already. Raises PresaleCodeInvalid."""
    people = size(Code.people)  # type: ignore[no-untyped-call]
    room = Code.people.does_not_exist() | Code.people.contains(person_id) | (people < code.people_max)
    try:
        code.update([Code.people.add({person_id})], condition=room)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise PresaleCodeInvalid(USED_UP) from error


def add(event_id: str, presale_id: str, codes: Iterable[str], people_max: int | None) -> None:
    """Keep codes. One that is there already stays as it is, with whoever has used it."""
    for code in codes:
        item = Code(*_key(event_id, presale_id, code), people_max=people_max)
        try:
            item.save(condition=Code.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise


def _key(event_id: str, presale_id: str, code: str) -> tuple[str, str]:
    """However a person writes it: case, spaces and dashes do not matter."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return f"PRESALE#{event_id}", hashlib.sha256(f"{event_id}/{presale_id}/{plain}".encode()).hexdigest()
