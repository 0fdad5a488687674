"""A small CDK app with one of each thing that the local cloud must be able to run."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_stepfunctions_tasks as tasks
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration

HERE = Path(__file__).parent

app = cdk.App()
data = cdk.Stack(app, "ToyData")
table = dynamodb.Table(
    data,
    "Table",
    partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
    time_to_live_attribute="expires",
    removal_policy=cdk.RemovalPolicy.DESTROY,
)
secret = secretsmanager.Secret(data, "Secret", secret_name="toy/secret")

shop = cdk.Stack(app, "ToyShop")
greeting = cdk.CfnParameter(shop, "Greeting", default="good day")
layer = lambda_.LayerVersion(shop, "Layer", code=lambda_.Code.from_asset(str(HERE / "layer")))


def function(name: str, handler: str) -> lambda_.Function:
    made = lambda_.Function(
        shop,
        name,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler=handler,
        code=lambda_.Code.from_asset(str(HERE / "code")),
        layers=[layer],
        environment={"TABLE": table.table_name, "GREETING": greeting.value_as_string},
        timeout=cdk.Duration.seconds(5),
    )
    table.grant_read_write_data(made)
    return made


api = apigateway.HttpApi(shop, "Api", create_default_stage=False)
apigateway.CfnStage(shop, "Stage", api_id=api.api_id, stage_name="api", auto_deploy=True)
api.add_routes(
    path="/greet/{name}",
    methods=[apigateway.HttpMethod.GET],
    integration=HttpLambdaIntegration("Greet", function("Greet", "verbs.greet")),
)

queue = sqs.Queue(shop, "Queue", visibility_timeout=cdk.Duration.seconds(30))
function("Note", "verbs.note").add_event_source(sources.SqsEventSource(queue, report_batch_item_failures=True))

sell = tasks.LambdaInvoke(
    shop, "Sell", lambda_function=function("SellFunction", "verbs.sell"), payload_response_only=True
)
sell.add_retry(errors=["TryAgain"], interval=cdk.Duration.seconds(1), max_attempts=2, backoff_rate=1)
sell.add_catch(stepfunctions.Pass(shop, "Refuse", result_path="$.refused"), errors=["SeatsUnavailable"])
machine = stepfunctions.StateMachine(shop, "Machine", definition_body=stepfunctions.DefinitionBody.from_chainable(sell))

edge = cdk.Stack(app, "ToyEdge")
bucket = s3.Bucket(edge, "Site", auto_delete_objects=True, removal_policy=cdk.RemovalPolicy.DESTROY)
distribution = cloudfront.Distribution(
    edge,
    "Distribution",
    default_behavior=cloudfront.BehaviorOptions(
        origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
        function_associations=[
            cloudfront.FunctionAssociation(
                event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                function=cloudfront.Function(
                    edge,
                    "Rewrite",
                    code=cloudfront.FunctionCode.from_inline("function handler(event) { return event.request; }"),
                ),
            )
        ],
        response_headers_policy=cloudfront.ResponseHeadersPolicy(
            edge,
            "Headers",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True)
            ),
        ),
    ),
    additional_behaviors={
        "/api/*": cloudfront.BehaviorOptions(
            origin=origins.HttpOrigin(
                cdk.Fn.select(2, cdk.Fn.split("/", api.api_endpoint)),
                custom_headers={"x-origin-secret": secret.secret_value.unsafe_unwrap()},
            ),
            cache_policy=cloudfront.CachePolicy(edge, "Briefly", default_ttl=cdk.Duration.seconds(1)),
        )
    },
)
deployment.BucketDeployment(
    edge,
    "Client",
    destination_bucket=bucket,
    sources=[
        deployment.Source.asset(str(HERE / "site")),
        deployment.Source.json_data("config.json", {"address": distribution.distribution_domain_name}),
    ],
    cache_control=[deployment.CacheControl.no_cache()],
    distribution=distribution,
)

cdk.CfnOutput(data, "TableName", value=table.table_name)
cdk.CfnOutput(shop, "ApiId", value=api.api_id)
cdk.CfnOutput(shop, "QueueUrl", value=queue.queue_url)
cdk.CfnOutput(shop, "MachineArn", value=machine.state_machine_arn)
cdk.CfnOutput(edge, "Address", value=distribution.distribution_domain_name)
cdk.CfnOutput(edge, "DistributionId", value=distribution.distribution_id)
cdk.CfnOutput(edge, "SiteBucket", value=bucket.bucket_name)
app.synth()
