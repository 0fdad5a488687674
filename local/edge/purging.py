"""Invalidations: what the cloud's CloudFront was told to forget, the local edge forgets."""

import asyncio
from collections.abc import Callable, Container
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

LOOKS_EVERY_SECONDS = 1.0


async def follow_invalidations(cloudfront: Any, distribution_id: str, forget: Callable[[list[str]], None]) -> None:
    """Look for new invalidations until cancelled; CloudFront itself takes seconds, too."""
    known: dict[str, list[str]] = {}
    while True:
        try:
            new = await asyncio.to_thread(_invalidations, cloudfront, distribution_id, known)
        except (BotoCoreError, ClientError) as problem:
            print(f"The invalidations could not be read: {problem}", flush=True)
            new = {}
        for paths in new.values():
            forget(paths)
        known |= new
        await asyncio.sleep(LOOKS_EVERY_SECONDS)


def _invalidations(cloudfront: Any, distribution_id: str, known: Container[str]) -> dict[str, list[str]]:
    """The paths of those not known yet, by their ids."""
    answer = cloudfront.list_invalidations(DistributionId=distribution_id, MaxItems="100")
    names = [item["Id"] for item in answer["InvalidationList"].get("Items", [])]
    names = [name for name in names if name not in known]
    asked = {name: cloudfront.get_invalidation(DistributionId=distribution_id, Id=name) for name in names}
    return {name: item["Invalidation"]["InvalidationBatch"]["Paths"]["Items"] for name, item in asked.items()}
