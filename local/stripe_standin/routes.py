"""The part of Stripe's API that Boxoffice uses: each call, what answers it and the parameters it knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import charges, connect, intents, methods, search
from .book import Book
from .errors import Json, Refusal

_LIST = "limit starting_after created"
_INTENT = (
    "amount currency automatic_payment_methods capture_method confirm confirmation_method customer "
    "allowed_payment_method_types description metadata off_session payment_method payment_method_options "
    "receipt_email return_url setup_future_usage shipping statement_descriptor statement_descriptor_suffix "
    "transfer_data transfer_group use_stripe_sdk error_on_requires_action"
)


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    run: Callable[..., Json]
    params: frozenset[str]
    public: bool = False  # a publishable key may call it

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.path.replace("{id}", r"(\w+)"))


def _route(method: str, path: str, run: Callable[..., Json], params: str = "", public: bool = False) -> Route:
    return Route(method, "/v1/" + path, run, frozenset({"expand", *params.split()}), public)


ROUTES = (
    _route(
        "POST", "payment_methods", methods.create, "type card billing_details metadata allow_redisplay", True
    ),
    _route("GET", "payment_methods/{id}", methods.retrieve),
    _route("POST", "payment_intents", intents.create, _INTENT),
    _route("GET", "payment_intents", intents.listing, _LIST + " customer"),
    _route("GET", "payment_intents/search", search.payment_intents, "query limit page"),
    _route("GET", "payment_intents/{id}", intents.retrieve, "client_secret", True),
    _route("POST", "payment_intents/{id}", intents.update, "metadata description transfer_group"),
    _route(
        "POST", "payment_intents/{id}/confirm", intents.confirm,
        "payment_method return_url client_secret use_stripe_sdk off_session", True,
    ),
    _route("POST", "payment_intents/{id}/capture", intents.capture, "amount_to_capture metadata"),
    _route("POST", "payment_intents/{id}/cancel", intents.cancel, "cancellation_reason"),
    _route("GET", "charges", charges.listing, _LIST + " customer payment_intent transfer_group"),
    _route("GET", "charges/{id}", charges.retrieve),
    _route("POST", "refunds", charges.refund, "amount charge metadata payment_intent reason"),
    _route("GET", "refunds", charges.refund_listing, _LIST + " charge payment_intent"),
    _route("GET", "refunds/{id}", charges.retrieve_refund),
    _route("GET", "disputes", charges.dispute_listing, _LIST + " charge payment_intent"),
    _route("GET", "disputes/{id}", charges.retrieve_dispute),
    _route("POST", "disputes/{id}", charges.update_dispute, "evidence metadata submit"),
    _route("GET", "balance_transactions", charges.balance_listing, _LIST + " source type currency"),
    _route("GET", "balance_transactions/{id}", charges.retrieve_balance_transaction),
    _route("POST", "accounts", connect.create_account, "type country email capabilities metadata controller"),
    _route("GET", "accounts", connect.account_listing, _LIST),
    _route("GET", "accounts/{id}", connect.retrieve_account),
    _route("POST", "customers", connect.create_customer, "name email metadata description"),
    _route("GET", "customers/{id}", connect.retrieve_customer),
    _route(
        "POST", "transfers", connect.create_transfer,
        "amount currency destination description metadata source_transaction transfer_group",
    ),
    _route("GET", "transfers", connect.transfer_listing, _LIST + " destination transfer_group"),
    _route("GET", "transfers/{id}", connect.retrieve_transfer),
    _route("POST", "transfers/{id}/reversals", connect.reverse_transfer, "amount metadata"),
    _route("GET", "events", search.events, _LIST + " type types"),
    _route("GET", "events/{id}", search.event),
)  # fmt: skip


def find(method: str, path: str) -> tuple[Route, Callable[[Book, Json], Json]]:
    """The route of a call and what runs it, its path's ids filled in."""
    for route in ROUTES:
        if route.method == method and (found := route.pattern.fullmatch(path)):
            ids = found.groups()
            return route, partial(_run, route, ids)
    raise Refusal(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).")


def _run(route: Route, ids: tuple[str, ...], book: Book, params: Json) -> Json:
    return route.run(book, params, *ids)
