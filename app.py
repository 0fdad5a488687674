"""The stacks of Boxoffice and the region each lives in."""

import json
from pathlib import Path

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from infra.alarms import tell_operators
from infra.app_stack import AppStack
from infra.data_stack import EDGE_REGION, DataStack
from infra.edge_stack import AddressStack, EdgeStack
from infra.nag import acknowledge

# Read here as well, so that `python app.py` and the CDK CLI make the same assembly.
app = cdk.App(context=json.loads((Path(__file__).parent / "cdk.json").read_text())["context"])
region = app.node.get_context("region")
account = app.node.try_get_context("account")

data = DataStack(app, "BoxofficeData", env=cdk.Environment(account=account, region=region))
shop = AppStack(app, "BoxofficeApp", data=data, env=cdk.Environment(account=account, region=region))
edge = EdgeStack(
    app,
    "BoxofficeEdge",
    data=data,
    shop=shop,
    env=cdk.Environment(account=account, region=EDGE_REGION),
    cross_region_references=region != EDGE_REGION,
)
AddressStack(
    app,
    "BoxofficeAddress",
    edge=edge,
    env=cdk.Environment(account=account, region=region),
    cross_region_references=region != EDGE_REGION,
)
tell_operators(app, data.operators)

cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
acknowledge(app)
app.synth()
