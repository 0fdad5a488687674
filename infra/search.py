"""What search keeps: its index in a bucket; what the edge should forget in a queue."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.storage import work_queue

PREFIX = "search/"


class Search(Construct):
    """All of it can be built again from the catalog. An index that was replaced, or whose publisher was overtaken,
    goes after a week; the one that holds is written anew every day."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Search")
        self.bucket = s3.Bucket(
            self,
            "Index",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[s3.LifecycleRule(prefix=PREFIX, expiration=Duration.days(7))],
        )
        self.purges = work_queue(self, "purges", function_timeout_seconds=10)

    def grant(self, function: lambda_.Function, writes: bool) -> None:
        """Reading, or writing as well."""
        actions = ["s3:GetObject", *(["s3:PutObject", "s3:DeleteObject"] if writes else [])]
        resources = [self.bucket.arn_for_objects(f"{PREFIX}*")]
        function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=resources))
