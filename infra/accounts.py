"""The user pool: who people are, and the four groups they can be in."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

GROUPS = ("fan", "organizer", "gate", "operator")
"""Whoever is in none of them is a fan too: signing up makes nobody more than that."""


class Accounts(Construct):
    """E-mail addresses are verified before they can sign in; nobody learns which addresses exist."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Accounts")
        self.people = cognito.UserPool(
            self,
            "People",
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=False,
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.client = self.people.add_client(
            "Web",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            disable_o_auth=True,
            access_token_validity=Duration.hours(1),
            id_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(30),
            refresh_token_rotation_grace_period=Duration.seconds(30),
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
        )
        for group in GROUPS:
            cognito.CfnUserPoolGroup(self, group, user_pool_id=self.people.user_pool_id, group_name=group)
