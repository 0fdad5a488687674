"""Mends of how ministack makes resources from CloudFormation templates; see `mends.py`."""

from __future__ import annotations

import uuid
from typing import Any

from local.bucket_contents import copy

DECLARED_ONLY = (
    "AWS::ApiGatewayV2::RouteResponse",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::WAFv2::WebACLAssociation",
    "Custom::S3AutoDeleteObjects",
)

Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]
"""A resource's physical id and its attributes."""


def spell_cors_as_the_api_does() -> None:
    """Give an HTTP API made by CloudFormation a CORS configuration that its data plane can read."""

    def spelled(properties: Properties) -> Properties:
        cors = properties.get("CorsConfiguration")
        if not cors:
            return properties
        return {**properties, "CorsConfiguration": {key[:1].lower() + key[1:]: cors[key] for key in cors}}

    handlers = _handlers()["AWS::ApiGatewayV2::Api"]
    create, update = handlers["create"], handlers["update"]
    handlers["create"] = lambda name, new, stack: create(name, spelled(new), stack)
    handlers["update"] = lambda known, old, new, stack, name=None: update(
        known, spelled(old), spelled(new), stack, name
    )


def keep_time_to_live() -> None:
    """Honour `TimeToLiveSpecification` of a table made by CloudFormation."""
    from ministack.services import dynamodb

    handlers = _handlers()["AWS::DynamoDB::Table"]
    create, update = handlers["create"], handlers["update"]

    def with_ttl(made: Made, properties: Properties) -> Made:
        if ttl := properties.get("TimeToLiveSpecification"):
            spec = {**ttl, "Enabled": str(ttl.get("Enabled")).lower() == "true"}
            dynamodb._update_ttl({"TableName": made[0], "TimeToLiveSpecification": spec})
        return made

    handlers["create"] = lambda name, new, stack: with_ttl(create(name, new, stack), new)
    handlers["update"] = lambda known, old, new, stack, name=None: with_ttl(update(known, old, new, stack, name), new)


def know_the_issuer() -> None:
    """Give a user pool made by CloudFormation its `ProviderURL`, which its tokens have as their issuer."""
    from ministack.services.cloudformation import provisioners

    attributes = provisioners._cognito_user_pool_attributes

    def with_url(pool: str) -> dict[str, str]:
        known: dict[str, str] = attributes(pool)
        return {**known, "ProviderURL": f"https://{known['ProviderName']}"}

    provisioners._cognito_user_pool_attributes = with_url


def refer_to_secrets_by_arn() -> None:
    """Let `Ref` of a secret be its ARN, so that policies and dynamic references made from it match."""
    from ministack.services import secretsmanager

    handlers = _handlers()["AWS::SecretsManager::Secret"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def name_of(arn: str) -> str:
        return secretsmanager._resolve(arn)[0] or arn

    def by_arn(made: Made) -> Made:
        return made[1]["Arn"], made[1]

    handlers["create"] = lambda name, new, stack: by_arn(create(name, new, stack))
    handlers["update"] = lambda known, old, new, stack, name=None: by_arn(update(name_of(known), old, new, stack, name))
    handlers["delete"] = lambda known, properties: delete(name_of(known), properties)


def accept_what_has_no_local_effect() -> None:
    """Let a template declare what matters only in a real account."""

    def create(name: str, properties: Properties, stack: str) -> Made:
        return f"{stack}-{name}", {}

    def delete(known: str, properties: Properties) -> None:
        return None

    for kind in DECLARED_ONLY:
        _handlers()[kind] = {"create": create, "delete": delete}


def deploy_bucket_contents() -> None:
    """Do the work of `Custom::CDKBucketDeployment`, on AWS a function that runs the AWS command line."""

    def create(name: str, properties: Properties, stack: str) -> Made:
        return f"aws.cdk.s3deployment.{uuid.uuid4()}", copy(properties)

    def update(known: str, old: Properties, new: Properties, stack: str) -> Made:
        return known, copy(new)

    def delete(known: str, properties: Properties) -> None:
        return None

    _handlers()["Custom::CDKBucketDeployment"] = {"create": create, "update": update, "delete": delete}


def _handlers() -> dict[str, dict[str, Any]]:
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    handlers: dict[str, dict[str, Any]] = _RESOURCE_HANDLERS
    return handlers
