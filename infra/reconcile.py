"""Compare our books with Stripe's on a running Boxoffice, now instead of with the next hour.

python -m infra.reconcile            the one on this machine (`make run`)
python -m infra.reconcile --aws      the one in the AWS account of your credentials

The comparison is the deployed function's; its report is the last line. Fails when there is a difference.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

STACK = "BoxofficeApp"
FUNCTION = "bookkeep"
FUNCTION_SECONDS = 900
HERE = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make reconcile", description=__doc__)
    parser.add_argument("--aws", action="store_true", help="in the AWS account of your credentials")
    parser.add_argument("--port", type=int, default=8000, help="of the site on this machine (default 8000)")
    parser.add_argument("--hours", type=float, default=24, help="how far to look back (default 24)")
    asked = parser.parse_args()
    account: dict[str, Any] = {} if asked.aws else {"endpoint_url": f"http://127.0.0.1:{asked.port + 1}", **HERE}
    try:
        report = reconcile(account, timedelta(hours=asked.hours), datetime.now(UTC))
    except (BotoCoreError, ClientError) as trouble:
        where = "in this account" if asked.aws else f"at port {asked.port}"
        raise SystemExit(f"No Boxoffice could be asked {where}: {trouble}") from trouble
    for one in report["differences"]:
        print(f"{one['orderId']}: {one['what']}: we have {one['oursMinor']}, Stripe has {one['theirsMinor']}")
    print(json.dumps(report))
    return 0 if report["complete"] and not report["differences"] else 1


def reconcile(account: dict[str, Any], back: timedelta, now: datetime) -> Any:
    """The report of the deployed function on all that moved until now. `account`: how to reach it with boto3."""
    window = {"since": (now - back).isoformat(), "until": now.isoformat()}
    patient = Config(read_timeout=FUNCTION_SECONDS + 10, retries={"total_max_attempts": 1})
    answer = boto3.client("lambda", config=patient, **account).invoke(
        FunctionName=_function(account), Payload=json.dumps({"step": "ReconcileLedger", **window})
    )
    report = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise SystemExit(f"The comparison failed: {report.get('errorType')}: {report.get('errorMessage')}")
    return report


def _function(account: dict[str, Any]) -> str:
    pages = boto3.client("cloudformation", **account).get_paginator("list_stack_resources")
    return next(
        str(resource["PhysicalResourceId"])
        for page in pages.paginate(StackName=STACK)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::Lambda::Function" and resource["LogicalResourceId"].startswith(FUNCTION)
    )


if __name__ == "__main__":
    sys.exit(main())
