"""The same requests in memory, on moto and on the local cloud have the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kit import settings
from tests import harness
from tests.faults.world import World

Ask = Callable[..., Any]
CODE = "ConditionalCheckFailedException"


def _asked(tables: dict[str, str]) -> Ask:
    """A request by operation; the answer without what differs by nature, or the error's code and details."""
    client = settings.client("dynamodb")

    def ask(operation: str, table: str = "orders", **request: Any) -> Any:
        if operation in ("transact_write_items", "batch_get_item", "batch_write_item"):
            named = request
        else:
            named = {"TableName": tables[table], **request}
        try:
            answer = getattr(client, operation)(**named)
        except ClientError as error:
            reasons = [
                {name: reason[name] for name in ("Code", "Item") if name in reason}
                for reason in error.response.get("CancellationReasons", [])
            ]
            return error.response["Error"]["Code"], error.response.get("Item"), reasons
        hidden = (
            "ResponseMetadata",
            "ConsumedCapacity",
            "ScannedCount",
            "UnprocessedItems",
            "UnprocessedKeys",
            "ItemCollectionMetrics",
        )
        return {name: value for name, value in answer.items() if name not in hidden}

    return ask


@pytest.fixture(params=["in memory", "moto", pytest.param("local cloud", marks=pytest.mark.cloud)])
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    if request.param == "in memory":
        world: AbstractContextManager[Any] = World().entered()
    else:
        world = harness.aws() if request.param == "moto" else harness.on(request.getfixturevalue("local_cloud"))
    with world:
        yield _asked({name: settings.env(f"TABLE_{name.upper()}") for name in ("orders", "idempotency")})


def s(text: str) -> dict[str, str]:
    return {"S": text}


def n(number: int) -> dict[str, str]:
    return {"N": str(number)}


def item(pk: str, sk: str = "a", **attributes: Any) -> dict[str, Any]:
    return {"pk": s(pk), "sk": s(sk), **attributes}


def test_a_put_with_a_condition(ask: Ask) -> None:
    new = {"Item": item("1", x=n(1)), "ConditionExpression": "attribute_not_exists(pk)"}
    assert ask("put_item", **new) == {}
    assert ask("put_item", **new)[0] == CODE
    shown = ask("put_item", **new, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert shown[:2] == (CODE, item("1", x=n(1)))
    assert ask("get_item", Key=item("1")) == {"Item": item("1", x=n(1))}
    assert ask("get_item", Key=item("2")) == {}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("x = :five", True),
        ("x <> :five", False),
        ("absent <> :five", True),
        ("absent = :five", False),
        ("absent < :five", False),
        ("x = :text", False),
        ("x BETWEEN :two AND :five", True),
        ("x IN (:two, :five)", True),
        ("x > :two AND NOT x > :five", True),
        ("attribute_exists(absent) OR x >= :five", True),
        ("attribute_exists(absent) AND x >= :five OR #t = :text", True),
        ("begins_with(#t, :prefix)", True),
        ("contains(#s, :member)", True),
        ("contains(#s, :prefix)", False),
        ("size(#s) <= :two", True),
        ("#b < :bytes", True),
        ("#b = :bytes", False),
        ("(x = :two OR x = :five) AND (#t = :text)", True),
    ],
)
def test_conditions(ask: Ask, condition: str, holds: bool) -> None:
    ask("put_item", Item=item("1", x=n(5), t=s("hello"), s={"SS": ["a", "b"]}, b={"B": b"\x00\x10"}))
    given = {
        ":five": n(5), ":two": n(2), ":text": s("hello"), ":prefix": s("he"), ":member": s("b"),
        ":bytes": {"B": b"\x00\x11"},
    }  # fmt: skip
    names = {"#t": "t", "#s": "s", "#b": "b"}
    words = condition.replace("(", " ").replace(")", " ").replace(",", " ").split()
    answer = ask(
        "update_item",
        Key=item("1"),
        UpdateExpression="SET changed = :one",
        ConditionExpression=condition,
        ExpressionAttributeValues={name: value for name, value in given.items() if name in words} | {":one": n(1)},
        **({"ExpressionAttributeNames": used} if (used := {k: v for k, v in names.items() if k in words}) else {}),
    )
    assert (answer == {}) == holds, answer


def test_an_update_reads_first_and_then_writes(ask: Ask) -> None:
    def change(expression: str, **values: Any) -> Any:
        named = {"ExpressionAttributeValues": {f":{name}": value for name, value in values.items()}} if values else {}
        wanted = {"Key": item("1"), "UpdateExpression": expression, "ReturnValues": "ALL_NEW"}
        return ask("update_item", **wanted, **named)["Attributes"]

    assert change("SET a = :one, b = if_not_exists(b, :two)", one=n(1), two=n(2)) == item("1", a=n(1), b=n(2))
    assert change("SET a = b, b = a") == item("1", a=n(2), b=n(1))
    assert change("SET a = a + :one, b = b - :one", one=n(1)) == item("1", a=n(3), b=n(0))
    assert change("ADD a :one, c :one REMOVE b", one=n(1)) == item("1", a=n(4), c=n(1))
    assert change("ADD d :both", both={"SS": ["x", "y"]})["d"]["SS"] == ["x", "y"]
    assert change("DELETE d :x", x={"SS": ["x", "z"]})["d"]["SS"] == ["y"]
    assert "d" not in change("DELETE d :y REMOVE nothing", y={"SS": ["y"]})
    assert ask("delete_item", Key=item("1"), ReturnValues="ALL_OLD") == {"Attributes": item("1", a=n(4), c=n(1))}


def test_queries_in_both_directions_by_pages_and_by_index(ask: Ask) -> None:
    for sk in "cabd":
        ask("put_item", Item=item("1", sk, open=s("0"), createdAt=s(f"t{sk}"), x=n(ord(sk))))
    ask("put_item", Item=item("2", "b", open=s("0"), createdAt=s("tb")))

    def found(**wanted: Any) -> tuple[str, Any]:
        wanted = {
            "KeyConditionExpression": "pk = :pk AND sk > :a",
            "ExpressionAttributeValues": {":pk": s("1"), ":a": s("a")},
            **wanted,
        }
        answer = ask("query", **wanted)
        return "".join(one["sk"]["S"] for one in answer["Items"]), answer.get("LastEvaluatedKey")

    assert found() == ("bcd", None)
    assert found(ScanIndexForward=False) == ("dcb", None)
    assert found(Limit=2) == ("bc", item("1", "c"))
    assert found(Limit=2, ExclusiveStartKey=item("1", "c")) == ("d", None)
    even = {":pk": s("1"), ":a": s("a"), ":x": n(ord("c"))}
    assert found(FilterExpression="x < :x", ExpressionAttributeValues=even) == ("b", None)
    begins = {"KeyConditionExpression": "pk = :pk AND begins_with(sk, :a)"}
    assert found(**begins) == ("a", None)
    of_index = {
        "IndexName": "open-orders",
        "KeyConditionExpression": "#o = :o AND createdAt < :t",
        "ExpressionAttributeNames": {"#o": "open"},
        "ExpressionAttributeValues": {":o": s("0"), ":t": s("tc")},
    }
    assert sorted(found(**of_index)[0]) == ["a", "b", "b"]
    ask("update_item", Key=item("1", "a"), UpdateExpression="REMOVE #o", ExpressionAttributeNames={"#o": "open"})
    assert found(**of_index)[0] == "bb"


def test_a_transaction_is_all_or_nothing_and_says_who_refused(ask: Ask) -> None:
    table = settings.env("TABLE_ORDERS")
    ask("put_item", Item=item("1", x=n(1)))

    def write(x: int) -> Any:
        put = {"TableName": table, "Item": item("2"), "ConditionExpression": "attribute_not_exists(pk)"}
        update = {
            "TableName": table,
            "Key": item("1"),
            "UpdateExpression": "SET y = :y",
            "ConditionExpression": "x = :x",
            "ExpressionAttributeValues": {":y": n(1), ":x": n(x)},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return ask("transact_write_items", TransactItems=[{"Put": put}, {"Update": update}])

    refused = {"Code": "ConditionalCheckFailed", "Item": item("1", x=n(1))}
    assert write(2) == ("TransactionCanceledException", None, [{"Code": "None"}, refused])
    assert ask("get_item", Key=item("2")) == {}
    assert write(1) == {}
    assert ask("get_item", Key=item("1")) == {"Item": item("1", x=n(1), y=n(1))}
    assert ask("get_item", Key=item("2")) == {"Item": item("2")}


def test_batches(ask: Ask) -> None:
    table = settings.env("TABLE_ORDERS")
    ask("batch_write_item", RequestItems={table: [{"PutRequest": {"Item": item(str(i))}} for i in range(3)]})
    ask("batch_write_item", RequestItems={table: [{"DeleteRequest": {"Key": item("1")}}]})
    answer = ask("batch_get_item", RequestItems={table: {"Keys": [item(str(i)) for i in range(4)]}})
    assert sorted(one["pk"]["S"] for one in answer["Responses"][table]) == ["0", "2"]
