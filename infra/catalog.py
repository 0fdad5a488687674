"""What the catalog keeps: venues and events in a table, charts in a bucket the CDN reads."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.storage import context_table, work_queue

UPLOAD_PREFIX = "uploads/"
PUBLIC_PREFIXES = ("charts/", "images/")
CHART_PREFIXES = (*PUBLIC_PREFIXES, UPLOAD_PREFIX)
UPLOADS = s3.CorsRule(allowed_methods=[s3.HttpMethods.PUT], allowed_origins=["*"], max_age=3600)
"""From any site: what allows an upload is its signed address, and the site's own name is known later than this."""


class Catalog(Construct):
    """`charts/` and `images/` hold what never changes, named by hash; `uploads/` what organizers sent, for a day."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Catalog")
        self.table = context_table(self, stream=True)
        self.imports = work_queue(self, "charts", function_timeout_seconds=120)
        self.charts = s3.Bucket(
            self,
            "Charts",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,
            cors=[UPLOADS],
            lifecycle_rules=[s3.LifecycleRule(prefix=UPLOAD_PREFIX, expiration=Duration.days(1))],
        )
        # By account rather than by distribution: the distribution's stack already depends on this one.
        self.charts.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                resources=[self.charts.arn_for_objects(f"{prefix}*") for prefix in PUBLIC_PREFIXES],
                conditions={"StringEquals": {"AWS:SourceAccount": Stack.of(self).account}},
            )
        )
