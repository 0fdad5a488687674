"""The web application firewall at the edge. It answers with the API's own problem documents."""

from __future__ import annotations

import json

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

REQUESTS_PER_FIVE_MINUTES = 3_000
"""Per address: a household behind one router on a sale's morning stays far below it."""
TOO_MANY = "too-many-requests"


class Firewall(Construct):
    """AWS's managed rules and a limit per address."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Firewall")
        acl = waf.CfnWebACL(
            self,
            "Acl",
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=self._visible("Boxoffice"),
            custom_response_bodies={
                TOO_MANY: waf.CfnWebACL.CustomResponseBodyProperty(
                    content_type="APPLICATION_JSON",
                    content=json.dumps(
                        {
                            "type": f"https://boxoffice.example/problems/{TOO_MANY}",
                            "title": "Too many requests from this address",
                            "status": 429,
                        }
                    ),
                )
            },
            rules=[
                waf.CfnWebACL.RuleProperty(
                    name="limit-per-address",
                    priority=0,
                    statement=waf.CfnWebACL.StatementProperty(
                        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                            limit=REQUESTS_PER_FIVE_MINUTES, aggregate_key_type="IP"
                        )
                    ),
                    action=waf.CfnWebACL.RuleActionProperty(
                        block={
                            "customResponse": {
                                "responseCode": 429,
                                "customResponseBodyKey": TOO_MANY,
                                "responseHeaders": [{"name": "retry-after", "value": "60"}],
                            }
                        }
                    ),
                    visibility_config=self._visible("LimitPerAddress"),
                ),
                self._managed("AWSManagedRulesAmazonIpReputationList", priority=1),
                self._managed("AWSManagedRulesKnownBadInputsRuleSet", priority=2),
                # Bodies of any size reach the API, which answers 413 itself.
                self._managed("AWSManagedRulesCommonRuleSet", priority=3, count=("SizeRestrictions_BODY",)),
            ],
        )
        self.arn = acl.attr_arn

    def _managed(self, name: str, *, priority: int, count: tuple[str, ...] = ()) -> waf.CfnWebACL.RuleProperty:
        return waf.CfnWebACL.RuleProperty(
            name=name,
            priority=priority,
            override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
            statement=waf.CfnWebACL.StatementProperty(
                managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                    vendor_name="AWS",
                    name=name,
                    rule_action_overrides=[
                        waf.CfnWebACL.RuleActionOverrideProperty(
                            name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                        )
                        for rule in count
                    ],
                )
            ),
            visibility_config=self._visible(name),
        )

    @staticmethod
    def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
        return waf.CfnWebACL.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
        )
