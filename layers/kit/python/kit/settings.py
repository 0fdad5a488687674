"""What the deployment tells a function: environment variables, secrets and parameters, read when needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import botocore.session
from botocore.config import Config

SECRET_MAX_AGE_SECONDS = 300
USER_AGENT = "Boxoffice"
"""botocore would put its own together for each request, twice: a tenth of the processor time of a hold."""

Prepare = TypeVar("Prepare", bound=Callable[[], object])
_starters: list[Callable[[], object]] = []


def at_start(prepare: Prepare) -> Prepare:
    """Mark what a function does while it starts, when Lambda gives it a full processor: clients, no calls."""
    _starters.append(prepare)
    return prepare


def start() -> None:
    """Prepare everything that was marked."""
    for prepare in _starters:
        prepare()


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


@cache
def client(service: str, timeout_seconds: float = 2, attempts: int = 3) -> Any:
    """The function's one client of a service, made when first needed."""
    config = client_config(timeout_seconds, attempts)
    if service == "dynamodb":  # whose own refusal is as good, and whose requests are made in few places
        config = config.merge(Config(parameter_validation=False))
    return session().create_client(service, region_name=env("AWS_REGION"), config=config)


@cache
def session() -> Any:
    """One session, so that a second client does not read the service descriptions again."""
    made = botocore.session.get_session()
    made.set_default_client_config(Config(user_agent=USER_AGENT))
    return made


def secret(name: str) -> str:
    """The secret whose ARN the variable `name` holds, at most five minutes old."""
    return str(_secrets().get(env(name), max_age=SECRET_MAX_AGE_SECONDS))


def secret_json(name: str) -> dict[str, Any]:
    """Like `secret`, for one that holds a JSON object."""
    return dict(_secrets().get(env(name), max_age=SECRET_MAX_AGE_SECONDS, transform="json"))


def parameter(name: str) -> str:
    """The parameter whose name the variable `name` holds, at most five minutes old."""
    return str(_parameters().get(env(name), max_age=SECRET_MAX_AGE_SECONDS))


@at_start
@cache
def _secrets() -> Any:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto3_client=client("secretsmanager"))


@cache
def _parameters() -> Any:
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    return SSMProvider(boto3_client=client("ssm"))
