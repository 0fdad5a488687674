"""DynamoDB in memory, as much of it as the product uses: what takes moto 10 ms takes this 50 µs.

`test_tables.py` runs the same requests here, on moto and on the local cloud.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.faults.expressions import Item, condition, plain, update

Key = tuple[Any, ...]
Changed = Callable[[str, Item | None, Item | None], None]
"""Told of every change: the table, the item before and after."""
_KNOWN = {
    "TableName Key Item ExpressionAttributeNames ExpressionAttributeValues ConditionExpression UpdateExpression "
    "KeyConditionExpression FilterExpression ConsistentRead ReturnValues ReturnConsumedCapacity Limit IndexName "
    "ReturnItemCollectionMetrics ReturnValuesOnConditionCheckFailure ScanIndexForward ExclusiveStartKey Select "
    "TransactItems ClientRequestToken RequestItems ProjectionExpression"
}
KNOWN = frozenset(" ".join(_KNOWN).split())


class Refusal(Exception):
    """An answer other than success, as the service words it."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code, self.details = code, details


class _Table:
    def __init__(self, keys: tuple[str, ...], indexes: Mapping[str, tuple[str, str]]) -> None:
        self.keys, self.indexes = keys, indexes
        self.partitions: dict[str, dict[Key, Item]] = defaultdict(dict)
        self.listed: dict[tuple[str, str], dict[Key, None]] = defaultdict(dict)

    def key(self, item: Mapping[str, Any]) -> Key:
        return tuple(plain(item[name]) for name in self.keys)

    def get(self, key: Key) -> Item | None:
        return self.partitions[key[0]].get(key)

    def put(self, key: Key, item: Item | None) -> None:
        before = self.partitions[key[0]].pop(key, None)
        for index, (hashed, _) in self.indexes.items():
            if before and hashed in before:
                self.listed[index, plain(before[hashed])].pop(key, None)
            if item and hashed in item:
                self.listed[index, plain(item[hashed])][key] = None
        if item is not None:
            self.partitions[key[0]][key] = item

    def items(self) -> Iterable[Item]:
        return (item for partition in self.partitions.values() for item in partition.values())


class Tables:
    """`serve` answers a request as the client would get it, or raises Refusal."""

    def __init__(self, changed: Changed = lambda table, before, after: None) -> None:
        self._tables: dict[str, _Table] = {}
        self._changed = changed
        self.spent: dict[str, int] = defaultdict(int)

    def create(self, name: str, keys: tuple[str, ...], indexes: Mapping[str, tuple[str, str]]) -> None:
        self._tables[name] = _Table(keys, indexes)

    def scan(self, name: str) -> list[Item]:
        """Every item of a table, for auditors."""
        return list(self._tables[name].items())

    def look(self, name: str, *key: str) -> Item | None:
        """An item as it is, for auditors."""
        return self._tables[name].get(key)

    def serve(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        assert KNOWN.issuperset(request), request.keys() - KNOWN
        answer: dict[str, Any] = getattr(self, f"_{operation.lower()}")(request)
        return answer

    def _getitem(self, request: Mapping[str, Any]) -> dict[str, Any]:
        table = self._tables[request["TableName"]]
        found = table.get(table.key(request["Key"]))
        return {"Item": dict(found)} if found else {}

    def _batchgetitem(self, request: Mapping[str, Any]) -> dict[str, Any]:
        answers = {
            name: [
                dict(item) for key in wanted["Keys"] if (item := self._tables[name].get(self._tables[name].key(key)))
            ]
            for name, wanted in request["RequestItems"].items()
        }
        return {"Responses": answers, "UnprocessedKeys": {}}

    def _batchwriteitem(self, request: Mapping[str, Any]) -> dict[str, Any]:
        for name, writes in request["RequestItems"].items():
            for write in writes:
                [(verb, wanted)] = write.items()
                self._write({"PutRequest": "Put", "DeleteRequest": "Delete"}[verb], {"TableName": name, **wanted})
        return {"UnprocessedItems": {}}

    def _query(self, request: Mapping[str, Any]) -> dict[str, Any]:
        table = self._tables[request["TableName"]]
        names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
        index = request.get("IndexName")
        hashed, ranged = table.indexes[index] if index else (*table.keys, "")[:2]
        meets = condition(request["KeyConditionExpression"])
        found = [item for item in self._partition(table, request, hashed) if meets(item, names, values)]
        found.sort(
            key=lambda item: (plain(item[ranged]), table.key(item)), reverse=not request.get("ScanIndexForward", True)
        )
        return self._page(table, found, request)

    def _partition(self, table: _Table, request: Mapping[str, Any], hashed: str) -> list[Item]:
        """The items of the one partition whose key the condition names first."""
        names, values = request.get("ExpressionAttributeNames", {}), request["ExpressionAttributeValues"]
        spelled = next((short for short, name in names.items() if name == hashed), hashed)
        words = request["KeyConditionExpression"].replace("(", " ").replace(")", " ").split()
        wanted = plain(values[words[words.index(spelled) + 2]])
        if index := request.get("IndexName"):
            return [item for key in table.listed[index, wanted] if (item := table.get(key))]
        return list(table.partitions[wanted].values())

    def _scan(self, request: Mapping[str, Any]) -> dict[str, Any]:
        table = self._tables[request["TableName"]]
        return self._page(table, list(table.items()), request)

    def _page(self, table: _Table, found: list[Item], request: Mapping[str, Any]) -> dict[str, Any]:
        if after := request.get("ExclusiveStartKey"):
            keys = [table.key(item) for item in found]
            found = found[keys.index(table.key(after)) + 1 :]
        limit = request.get("Limit") or len(found)
        page, more = found[:limit], len(found) > limit
        last = {name: page[-1][name] for name in table.keys} if more else None
        if wanted := request.get("FilterExpression"):
            names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
            page = [item for item in page if condition(wanted)(item, names, values)]
        answer = {"Items": [dict(item) for item in page], "Count": len(page), "ScannedCount": limit}
        return answer | ({"LastEvaluatedKey": last} if last else {})

    def _putitem(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._write("Put", request)

    def _deleteitem(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._write("Delete", request)

    def _updateitem(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._write("Update", request)

    def _write(self, verb: str, request: Mapping[str, Any]) -> dict[str, Any]:
        before = self._check(verb, request)
        after = self._apply(verb, request)
        wanted = {"ALL_OLD": before, "ALL_NEW": after}.get(request.get("ReturnValues", "NONE"))
        return {"Attributes": dict(wanted)} if wanted else {}

    def _check(self, verb: str, request: Mapping[str, Any]) -> Item | None:
        """The item as it is, if the condition holds; otherwise Refusal."""
        table = self._tables[request["TableName"]]
        before = table.get(table.key(request["Item" if verb == "Put" else "Key"]))
        wanted = request.get("ConditionExpression")
        names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
        if wanted and not condition(wanted)(before or {}, names, values):
            shown = before and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
            raise Refusal("ConditionalCheckFailedException", **({"Item": dict(before or {})} if shown else {}))
        return before

    def _apply(self, verb: str, request: Mapping[str, Any]) -> Item | None:
        table = self._tables[request["TableName"]]
        key = table.key(request["Item" if verb == "Put" else "Key"])
        before = table.get(key)
        after = dict(request["Item"]) if verb == "Put" else None
        if verb == "Update":
            after = dict(before or request["Key"])
            names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
            if request.get("UpdateExpression"):
                update(request["UpdateExpression"])(after, names, values)
        table.put(key, after)
        self._changed(request["TableName"], before, after)
        return after

    def _transactwriteitems(self, request: Mapping[str, Any]) -> dict[str, Any]:
        writes = [(verb, wanted) for write in request["TransactItems"] for verb, wanted in write.items()]
        reasons: list[dict[str, Any]] = []
        for verb, wanted in writes:
            try:
                self._check(verb, wanted)
                reasons.append({"Code": "None"})
            except Refusal as refused:
                reasons.append({"Code": "ConditionalCheckFailed", **refused.details})
        if any(reason["Code"] != "None" for reason in reasons):
            raise Refusal("TransactionCanceledException", CancellationReasons=reasons)
        for verb, wanted in writes:
            if verb != "ConditionCheck":
                self._apply(verb, wanted)
        return {}
