"""Findings of cdk-nag (AwsSolutions) that we accept, each with its reason, at the narrowest construct."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct

from infra.catalog import CHART_PREFIXES

CHARTS = "BoxofficeData:ExportsOutputFnGetAttCatalogCharts0BF82395Arn4403E3CF"
PAYMENTS = "BoxofficeData:ExportsOutputFnGetAttPaymentsTable9E001CC6Arn42C3E2EC"
ORDERS = "BoxofficeData:ExportsOutputFnGetAttOrdersTable1F8332C7ArnD03C1D70"
SEARCH = "BoxofficeData:ExportsOutputFnGetAttSearchIndex77C8BB6CArn6D93F1DD/search/*"
SEARCHING = {f"IAM5[Resource::{SEARCH}]": "Indexes are named by their checksums, below one prefix."}
DISTRIBUTIONS = "arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/*"
CONNECTIONS = "arn:<AWS::Partition>:execute-api:<region>:<AWS::AccountId>:<LiveApi149456B6>/live/POST/@connections/*"
LISTS = "BoxofficeData:ExportsOutputFnGetAttOrdersListsDDAD1CDAArnFB89D45F/*"
EXECUTIONS = "arn:<AWS::Partition>:states:<region>:<AWS::AccountId>:execution:boxoffice-{}:*"

ACCEPTED = {
    "": {
        "APIG4": "Tokens are verified in the functions: the gateway's authorizer takes ID tokens and cannot "
        "answer with problem+json (DECISIONS.md).",
        "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]": "It allows "
        "writing logs and nothing else.",
        "IAM5[Resource::*]": "X-Ray's PutTraceSegments and the delivery of vended logs have no resource to name.",
        "L1": "Python 3.13 is what the dependency layer is built for and tested with; it is supported by AWS "
        "until 2029.",
    },
    "BoxofficeData": {
        "SMG4": "Changing the signing secret voids every printed ticket, the origin secret must change together "
        "with the CDN, and Stripe's keys are rolled at Stripe: each is a runbook, not a timer.",
    },
    "BoxofficeData/Accounts/People": {
        "COG1": "Twelve characters or more without a demand for symbols, as NIST SP 800-63B advises.",
        "COG2": "Fans sign in to buy a ticket; a second factor is theirs to choose.",
        "COG8": "The Plus plan's price per monthly user would be the largest cost of a sale; the firewall limits "
        "attempts per address.",
    },
    "BoxofficeData/Orders/Lists": {"S1": "Lists of order ids for one state machine, kept for 90 days."},
    "BoxofficeData/Catalog/Charts": {
        "S1": "Charts are public and immutable; who wrote one is in the catalog and in CloudTrail."
    },
    "BoxofficeData/Search/Index": {
        "S1": "What is in it is public and is built anew from the catalog; who may write it is one function."
    },
    "BoxofficeApp/search": SEARCHING,
    "BoxofficeApp/index": SEARCHING,
    "BoxofficeApp/purge": {
        **SEARCHING,
        f"IAM5[Resource::{DISTRIBUTIONS}]": "The distribution is made after this function, by a stack that "
        "depends on this one; purging is all it allows.",
    },
    "BoxofficeApp": {
        **{
            f"IAM5[Resource::{table}/index/*]": "The table's indexes hold nothing that the table does not."
            for table in (ORDERS, PAYMENTS)
        },
        "SQS3": "These queues are themselves where failed stream records go, and each has an alarm.",
        "IAM5[Resource::arn:<AWS::Partition>:ses:<region>:<AWS::AccountId>:identity/*]": "SES checks the sender's "
        "and, in the sandbox, the recipient's identity: the latter's name is not known here.",
    },
    "BoxofficeApp/Live": {
        "APIG1": "A WebSocket's log needs a role that a whole account shares, and would say no more than the "
        "functions' own counters.",
    },
    **{
        f"BoxofficeApp/{function}": {
            f"IAM5[Resource::{EXECUTIONS.format(machine)}]": "Executions are named by their orders."
            for machine in machines
        }
        for function, machines in {
            "launch": ("purchase", "cancellation"),
            "cancel": ("cancellation",),
            "change": ("event-change",),
        }.items()
    },
    "BoxofficeApp/push": {f"IAM5[Resource::{CONNECTIONS}]": "Connections come and go: they have no names here."},
    "BoxofficeApp/follow": {f"IAM5[Resource::{CONNECTIONS}]": "Connections come and go: they have no names here."},
    "BoxofficeApp/herald": {f"IAM5[Resource::{CONNECTIONS}]": "Connections come and go: they have no names here."},
    **{
        f"BoxofficeApp/{function}": {
            f"IAM5[Resource::{CHARTS}/{prefix}*]": "Charts, pictures and uploads are named by hash and id."
            for prefix in CHART_PREFIXES
        }
        for function in ("curate", "organize", "charts")
    },
    **{
        f"BoxofficeApp/{machine}": {
            "SF1": "Errors are logged; the history of every execution is kept 90 days by the service itself, and "
            "logging 5,000 transitions a second would cost more than making them.",
        }
        for machine in ("Purchase", "Cancellation")
    },
    "BoxofficeApp/gather": {f"IAM5[Resource::{LISTS}]": "Lists are named by events."},
    "BoxofficeApp/EventChange": {
        "SF1": "Errors are logged; the history of every execution is kept 90 days by the service itself.",
        f"IAM5[Resource::{LISTS}]": "Lists are named by events.",
        f"IAM5[Resource::{EXECUTIONS.format('event-change').replace('e:*', 'e/*')}]": "The runs of its own map.",
    },
    "BoxofficeEdge/Site": {"S1": "It holds the public client, which the pipeline writes."},
    "BoxofficeEdge/Distribution": {
        "CFR1": "Fans travel; a sale is open to every country.",
        "CFR3": "Viewer logs are people's addresses and paths; the firewall's metrics and samples and the API's "
        "own log serve operation.",
        "CFR4": "CloudFront's own certificate fixes this policy; with the operator's domain TLS 1.2 applies.",
    },
    "BoxofficeEdge/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiB": {
        **{
            f"IAM5[{what}]": "CDK's own uploader of the client reads its asset and writes the site's bucket."
            for what in (
                "Action::s3:Abort*",
                "Action::s3:DeleteObject*",
                "Action::s3:GetBucket*",
                "Action::s3:GetObject*",
                "Action::s3:List*",
                "Resource::<SiteE53D7754.Arn>/*",
                "Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-us-east-1/*",
            )
        },
        "L1": "CDK's own uploader; its runtime comes with the pinned aws-cdk-lib.",
    },
}


def acknowledge(app: cdk.App) -> None:
    """Record the reasons where the findings arise."""
    region = app.node.get_context("region")
    for path, reasons in ACCEPTED.items():
        construct: IConstruct = app
        for name in path.split("/") if path else ():
            construct = construct.node.find_child(name)
        cdk.Validations.of(construct).acknowledge(
            *(
                cdk.Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule.replace('<region>', region)}", reason=reason)
                for rule, reason in reasons.items()
            )
        )
