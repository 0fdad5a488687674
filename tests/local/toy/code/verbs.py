"""The functions of the toy app."""

import os
from typing import Any

import boto3
from words import polite  # type: ignore[import-not-found]

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE"]


class TryAgain(Exception):
    pass


class SeatsUnavailable(Exception):
    pass


def greet(event: dict[str, Any], context: object) -> dict[str, Any]:
    return {"statusCode": 200, "body": polite(os.environ["GREETING"], event["pathParameters"]["name"])}


def note(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Note every message, and report those that say "bad" as failed."""
    failed = []
    for record in event["Records"]:
        if record["body"] == "bad":
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": f"note:{record['body']}"}})
    return {"batchItemFailures": failed}


def sell(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Fail the first try with what is retried, then do as the input says."""
    tries = dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"sale:{event['sale']}"}},
        UpdateExpression="ADD tries :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )["Attributes"]["tries"]["N"]
    if tries == "1":
        raise TryAgain("the first try never works")
    if event.get("taken"):
        raise SeatsUnavailable("somebody was faster")
    return {"sold": event["sale"], "tries": int(tries)}
