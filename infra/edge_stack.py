"""The edge: one distribution for client, charts and API, and the firewall before it."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, CfnParameter, Duration, Fn, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.app_stack import DISTRIBUTION_PARAMETER, SITE_URL_PARAMETER, STAGE, AppStack
from infra.data_stack import DataStack
from infra.edge_functions import at_viewer_request
from infra.firewall import Firewall
from infra.functions import ROOT
from infra.live import STAGE as LIVE

FOR_GOOD = "public, max-age=31536000, immutable"
PUBLIC_SECONDS_MAX = 300
SNAPSHOT_SECONDS_MAX = 1
FORGOTTEN_ERRORS = (404, 500, 502, 503, 504)
"""The edge would keep these for ten seconds whatever the API says: then one person's 404 for another's order
would be the owner's answer too."""


class EdgeStack(Stack):
    """What the world sees. `/api/*` keeps its path, because the API's stage has that name."""

    def __init__(self, scope: Construct, name: str, *, data: DataStack, shop: AppStack, **options: Any) -> None:
        super().__init__(scope, name, **options)
        self._data = data
        self._stripe_js = CfnParameter(
            self, "StripeJsOrigin", default="https://js.stripe.com", description="Serves Stripe.js."
        ).value_as_string
        self._stripe_api = CfnParameter(
            self,
            "StripeApiOrigin",
            default="https://api.stripe.com",
            description="What Stripe.js talks to.",
        ).value_as_string
        self._stripe_key = CfnParameter(
            self, "StripePublishableKey", default="", description="The pk_… key that clients tokenise with."
        ).value_as_string
        self._push_stand_in = CfnParameter(
            self,
            "PushStandIn",
            default="",
            description="Where a browser subscribes that has no push service; empty: at its own.",
        ).value_as_string
        self._uploads = CfnParameter(
            self,
            "UploadOrigin",
            default=f"https://*.s3.{data.region}.amazonaws.com",
            description="Where organizers' browsers put charts.",
        ).value_as_string
        self._site = s3.Bucket(
            self,
            "Site",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        self._origin_secret = self._secret("origin", "OriginSecretVersion")
        self.distribution = self._distribution(shop)
        self._publish_client(self.distribution)
        CfnOutput(self, "Address", value=address(self.distribution))

    def _distribution(self, shop: AppStack) -> cloudfront.Distribution:
        api = origins.HttpOrigin(
            Fn.select(2, Fn.split("/", shop.api.api_endpoint)),
            custom_headers=self._shown_to_origins(),
        )
        charts = s3.Bucket.from_bucket_attributes(
            self,
            "Charts",
            bucket_name=self._data.catalog.charts.bucket_name,
            region=self._data.region,
        )
        hashed = origins.S3BucketOrigin.with_origin_access_control(charts)
        site = origins.S3BucketOrigin.with_origin_access_control(self._site)
        headers = self._headers("Headers")
        snapshot = self._kept_as_told("Snapshot", SNAPSHOT_SECONDS_MAX, cloudfront.CacheQueryStringBehavior.none())
        keys = self._secret("edge", "EdgeKeysVersion")
        live = origins.HttpOrigin(shop.live.domain, custom_headers=self._shown_to_origins())
        return cloudfront.Distribution(
            self,
            "Distribution",
            comment="Boxoffice",
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            web_acl_id=Firewall(self).arn,
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0)) for status in FORGOTTEN_ERRORS
            ],
            default_behavior=cloudfront.BehaviorOptions(
                origin=site,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                response_headers_policy=headers,
                function_associations=[at_viewer_request(self, "spa")],
            ),
            additional_behaviors={
                # Their names carry a hash of what they hold.
                "/assets/*": cloudfront.BehaviorOptions(
                    origin=site,
                    viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                    cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                    response_headers_policy=self._headers("Assets", FOR_GOOD),
                ),
                # Named by what they hold, too: charts are kept for a year, pictures for a day, as the objects say.
                **{
                    f"/{kept}/*": cloudfront.BehaviorOptions(
                        origin=hashed,
                        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                        cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                        response_headers_policy=headers,
                    )
                    for kept in ("charts", "images")
                },
                # One copy of an event's map, and of how far its line has come, whatever is asked behind the path.
                **{
                    f"/{STAGE}/{read}": cloudfront.BehaviorOptions(
                        origin=api,
                        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                        cache_policy=snapshot,
                        response_headers_policy=headers,
                    )
                    for read in ("events/*/seatmap", "events/*/availability", "queue/*/now")
                },
                **{
                    f"/{STAGE}/{public}*": cloudfront.BehaviorOptions(
                        origin=api,
                        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                        cache_policy=self._kept_as_told(f"Public-{public}", PUBLIC_SECONDS_MAX),
                        response_headers_policy=headers,
                    )
                    for public in ("artists", "events", "series", "venues")
                },
                f"/{LIVE}": cloudfront.BehaviorOptions(
                    origin=live,
                    viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                    cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                    origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                ),
                # What only concerns one person; the waiting room's tokens are checked before anything is asked.
                **{
                    f"/{STAGE}/{private}": cloudfront.BehaviorOptions(
                        origin=api,
                        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                        response_headers_policy=headers,
                        function_associations=[at_viewer_request(self, check, keys)] if check else None,
                    )
                    for private, check in (("queue/*", "queue"), ("seats/hold", "admission"), ("*", None))
                },
            },
        )

    def _secret(self, name: str, version: str) -> str:
        """By name, which means the copy in the edge's own region: CloudFormation reads no other.

        It reads a secret again only where the reference to it has changed: so a new value is deployed by its version.
        """
        chosen = CfnParameter(
            self, version, default="", description=f"Of boxoffice/{name}, the VersionId to deploy; empty: the current."
        )
        return SecretValue.secrets_manager(f"boxoffice/{name}", version_id=chosen.value_as_string).unsafe_unwrap()

    def _shown_to_origins(self) -> dict[str, str]:
        """What proves to the functions that a request came through here."""
        return {"x-origin-secret": self._origin_secret}

    def _kept_as_told(
        self,
        name: str,
        seconds_max: int,
        query: cloudfront.CacheQueryStringBehavior | None = None,
    ) -> cloudfront.CachePolicy:
        """As long as the answer itself says; tokens and cookies never reach the origin, so none can leak."""
        return cloudfront.CachePolicy(
            self,
            name,
            comment="Public reads: the answer says how long",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=Duration.seconds(seconds_max),
            query_string_behavior=query or cloudfront.CacheQueryStringBehavior.all(),
            header_behavior=cloudfront.CacheHeaderBehavior.none(),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )

    def _headers(self, name: str, cache_control: str | None = None) -> cloudfront.ResponseHeadersPolicy:
        policy = Fn.join(
            "",
            [
                "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; ",
                "form-action 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; ",
                "script-src 'self' ",
                self._stripe_js,
                "; frame-src ",
                self._stripe_js,
                " https://hooks.stripe.com; connect-src 'self' ",
                self._stripe_api,
                " ",
                self._data.cognito_endpoint,
                " ",
                self._uploads,
            ],
        )
        kept = cache_control and cloudfront.ResponseCustomHeadersBehavior(
            custom_headers=[cloudfront.ResponseCustomHeader(header="cache-control", value=cache_control, override=True)]
        )
        return cloudfront.ResponseHeadersPolicy(
            self,
            name,
            custom_headers_behavior=kept or None,
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=policy, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
                    override=True,
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365), include_subdomains=True, override=True
                ),
            ),
        )

    def _publish_client(self, distribution: cloudfront.Distribution) -> None:
        accounts = self._data.accounts
        config = {
            "apiBase": f"/{STAGE}",
            "livePath": f"/{LIVE}",
            "cognito": {
                "endpoint": self._data.cognito_endpoint,
                "region": self._data.region,
                "clientId": accounts.client.user_pool_client_id,
            },
            "stripe": {
                "jsUrl": Fn.join("", [self._stripe_js, "/endive/stripe.js"]),
                "publishableKey": self._stripe_key,
            },
            "push": {"standIn": self._push_stand_in},
        }
        deployment.BucketDeployment(
            self,
            "Client",
            destination_bucket=self._site,
            sources=[
                deployment.Source.asset(str(ROOT / "web/dist")),
                deployment.Source.json_data("config.json", config),
            ],
            cache_control=[deployment.CacheControl.no_cache()],
            distribution=distribution,
            distribution_paths=["/index.html", "/config.json"],
            # The old client's files stay, for whoever has it open while a new one arrives.
            prune=False,
            memory_limit=512,
        )


class AddressStack(Stack):
    """What the functions must know of the edge, written where they can read it: in their own region."""

    def __init__(self, scope: Construct, name: str, *, edge: EdgeStack, **options: Any) -> None:
        super().__init__(scope, name, **options)
        distribution = edge.distribution
        ssm.StringParameter(self, "SiteUrl", parameter_name=SITE_URL_PARAMETER, string_value=address(distribution))
        ssm.StringParameter(
            self,
            "DistributionId",
            parameter_name=DISTRIBUTION_PARAMETER,
            string_value=distribution.distribution_id,
        )


def address(distribution: cloudfront.Distribution) -> str:
    """Where people find the site."""
    return f"https://{distribution.distribution_domain_name}"
