"""The review of an order in DynamoDB: who waits for it, and the one answer it gets.

O#<order id>   REVIEW   the waiting purchase's task token, then what was decided and by whom
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.models import Model

from kit import ids, settings
from kit.clock import rfc3339
from kit.errors import NotFound, Problem
from kit.table import Table, TableMeta

REVIEW = "REVIEW"
Answer = Literal["approve", "decline"]
REFUSED = "ConditionalCheckFailedException"


class ReviewClosed(Problem):
    """It was answered before, or the purchase waits no longer."""

    status, title = 409, "This review is closed"


class ReviewDeclined(Problem):
    status, title = 403, "This order was looked at and not accepted"


class ReviewItem(Model):
    class Meta(TableMeta):
        table_name = Table("orders")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=REVIEW)
    task_token = UnicodeAttribute(attr_name="taskToken")
    asked_at = UnicodeAttribute(attr_name="askedAt")
    answer = UnicodeAttribute(null=True)
    answered_by = UnicodeAttribute(attr_name="answeredBy", null=True)
    answered_at = UnicodeAttribute(attr_name="answeredAt", null=True)


def ask(order_id: str, task_token: str, now: datetime) -> None:
    """A purchase waits, IF nobody has answered; the latest token counts. Otherwise ReviewClosed."""
    try:
        ReviewItem(_key(order_id), REVIEW).update(
            [ReviewItem.task_token.set(task_token), ReviewItem.asked_at.set(rfc3339(now))],
            condition=ReviewItem.answer.does_not_exist(),
        )
    except UpdateError as error:
        if error.cause_response_code != REFUSED:
            raise
        raise ReviewClosed from error


def answer(order_id: str, wanted: Answer, operator: str, now: datetime) -> None:
    """Answer IF nobody has, and send the purchase on. Raises NotFound, ReviewClosed.

    The first answer counts for good. Whoever gives the same again sends it again, should a crash have kept it here.
    """
    if not ids.is_one("ord", order_id):
        raise NotFound
    try:
        item = ReviewItem.get(_key(order_id), REVIEW, consistent_read=True)
    except ReviewItem.DoesNotExist as error:
        raise NotFound from error
    if item.answer is None:
        try:
            item.update(
                [
                    ReviewItem.answer.set(wanted),
                    ReviewItem.answered_by.set(operator),
                    ReviewItem.answered_at.set(rfc3339(now)),
                ],
                condition=ReviewItem.answer.does_not_exist(),
            )
        except UpdateError as error:
            if error.cause_response_code != REFUSED:
                raise
            raise ReviewClosed from error
        _send_on(item.task_token, wanted)
        return
    if item.answer == wanted:
        _send_on(item.task_token, wanted)
    raise ReviewClosed(answer=item.answer)


def _send_on(task_token: str, wanted: Answer) -> None:
    """An approved purchase goes on without a challenge: a person has made sure. Raises ReviewClosed."""
    client = settings.client("stepfunctions")
    gone = client.exceptions
    try:
        if wanted == "approve":
            client.send_task_success(taskToken=task_token, output=json.dumps(False))
        else:
            cause = json.dumps({"errorMessage": ReviewDeclined.title})
            client.send_task_failure(taskToken=task_token, error=ReviewDeclined.__name__, cause=cause)
    except (gone.TaskTimedOut, gone.TaskDoesNotExist, gone.InvalidToken) as error:
        raise ReviewClosed from error


def _key(order_id: str) -> str:
    return f"O#{order_id}"
