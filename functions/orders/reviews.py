"""The review of an order in DynamoDB: who waits for it, and the one answer it gets.

O#<order id>   REVIEW   the waiting purchase's task token, then what was decided and by whom

While it waits it is also in the orders' sparse index, in a part of its own, by when it was asked for.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from kit import ids, settings
from kit.clock import rfc3339
from kit.errors import NotFound, Problem
from kit.table import Table, TableMeta

REVIEW = "REVIEW"
WAITING = "review"
"""The part of the index `open-orders` in which reviews wait."""
PATIENCE = timedelta(minutes=10)
"""How long a purchase waits for a person: AwaitReview's timeout."""
Answer = Literal["approve", "decline"]
REFUSED = "ConditionalCheckFailedException"


class ReviewClosed(Problem):
    """It was answered before, or the purchase waits no longer."""

    status, title = 409, "This review is closed"


class ReviewDeclined(Problem):
    status, title = 403, "This order was looked at and not accepted"


class WaitingReviews(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "open-orders"
        projection = KeysOnlyProjection()

    waiting = UnicodeAttribute(hash_key=True, attr_name="open")
    place = UnicodeAttribute(range_key=True, attr_name="createdAt")


class ReviewItem(Model):
    class Meta(TableMeta):
        table_name = Table("orders")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=REVIEW)
    task_token = UnicodeAttribute(attr_name="taskToken")
    asked_at = UnicodeAttribute(attr_name="askedAt")
    place = UnicodeAttribute(attr_name="createdAt", null=True)
    waiting = UnicodeAttribute(attr_name="open", null=True)
    answer = UnicodeAttribute(null=True)
    answered_by = UnicodeAttribute(attr_name="answeredBy", null=True)
    answered_at = UnicodeAttribute(attr_name="answeredAt", null=True)
    waiting_reviews = WaitingReviews()


def ask(order_id: str, task_token: str, now: datetime) -> None:
    """A purchase waits, IF nobody has answered; the latest token counts. Otherwise ReviewClosed."""
    try:
        ReviewItem(_key(order_id), REVIEW).update(
            [
                ReviewItem.task_token.set(task_token),
                ReviewItem.asked_at.set(rfc3339(now)),
                ReviewItem.waiting.set(WAITING),
                ReviewItem.place.set(f"{rfc3339(now)}#{order_id}"),
            ],
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
                    ReviewItem.waiting.remove(),
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


def waiting(limit: int, after: str | None, now: datetime) -> tuple[list[tuple[str, datetime]], str | None]:
    """Orders that wait and since when, the longest first, and where to go on; a second behind, as indexes are.

    Whose purchase has given up waiting is not among them.
    """
    since = after or rfc3339(now - PATIENCE)
    found = ReviewItem.waiting_reviews.query(WAITING, WaitingReviews.place > since, limit=limit + 1)
    places = [item.place for item in found]
    asked = [place.partition("#") for place in places[:limit]]
    page = [(order_id, datetime.fromisoformat(asked_at)) for asked_at, _, order_id in asked]
    return page, places[limit - 1] if len(places) > limit else None


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
