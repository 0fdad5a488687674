"""Who may take a place and who may come in, where the organizer asks for more than an account.

At joining: how old the account is, and that its owner can be reached; both as the user pool has them. When called:
whether too many accounts came from the same device or address, which the fraud context answers from what was
counted between the close of the register and the draw. Nobody loses a rank by it: the draw is of everybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from botocore.exceptions import ClientError

import accounts
import fraud
from kit.clock import to_ms
from waitingroom import puzzles, rooms
from waitingroom.problems import AccountTooNew, ContactUnverified, EntryRefused
from waitingroom.register import Place
from waitingroom.room import Room


def require_account(room: Room, person_id: str, now: datetime) -> None:
    """Raises AccountTooNew, ContactUnverified. A room without such rules asks nobody; where the user pool is asked too
    often, the draw waits as it does for the register."""
    if not room.account_age_days and room.verified_contact is None:
        return
    try:
        account = accounts.standing(person_id)
    except ClientError as error:
        if error.response["Error"]["Code"] == "TooManyRequestsException":
            rooms.record_throttling(room.event_id, to_ms(now))
        raise
    since = account.since + timedelta(days=room.account_age_days)
    if now < since:
        raise AccountTooNew(accountAgeDays=room.account_age_days, oldEnoughAt=since)
    if room.verified_contact is not None and room.verified_contact not in account.verified:
        raise ContactUnverified(contact=room.verified_contact)


def require_good_company(room: Room, place: Place, answer: str | None, now: datetime) -> None:
    """Raises EntryRefused, PuzzleRequired. `answer`: to the puzzle that an earlier refusal carried."""
    if not room.checks_crowds:
        return
    verdict = fraud.judge_entry(room.event_id, device=place.device, address=place.address)
    if verdict == "exclude":
        raise EntryRefused
    if verdict == "challenge":
        puzzles.require_solved(answer, room.event_id, place.person_id, now)
