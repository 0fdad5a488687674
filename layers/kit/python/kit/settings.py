"""What the deployment tells a function: environment variables, secrets and parameters, read when needed."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from botocore.config import Config

SECRET_MAX_AGE_SECONDS = 300


def env(name: str) -> str:
    """A variable that must be there; its absence is a deployment fault, not a client's."""
    return os.environ[name]


def client_config(timeout_seconds: float = 2, attempts: int = 3) -> Config:
    """Short timeouts and few retries: a caller waits behind every one of them."""
    return Config(
        connect_timeout=timeout_seconds,
        read_timeout=timeout_seconds,
        retries={"total_max_attempts": attempts, "mode": "standard"},
    )


def secret(name: str) -> str:
    """The secret whose ARN the variable `name` holds, at most five minutes old."""
    return str(_secrets().get(env(name), max_age=SECRET_MAX_AGE_SECONDS))


def secret_json(name: str) -> dict[str, Any]:
    """Like `secret`, for one that holds a JSON object."""
    return dict(_secrets().get(env(name), max_age=SECRET_MAX_AGE_SECONDS, transform="json"))


@cache
def _secrets() -> Any:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=client_config())
