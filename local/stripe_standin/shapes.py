"""Stripe's objects with every attribute a fresh one carries, in the shape its OpenAPI fixtures give."""

from __future__ import annotations

import hashlib

from .cards import Card
from .errors import Json

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def _nothing(*names: str) -> Json:
    return dict.fromkeys(names)


def page(data: list[Json], url: str, more: bool = False) -> Json:
    return {"object": "list", "data": data, "has_more": more, "url": url}


def billing_details(name: str | None = None, email: str | None = None) -> Json:
    return {"address": _nothing(*_ADDRESS), "email": email, "name": name, "phone": None, "tax_id": None}


def fingerprint(card: Card) -> str:
    return hashlib.sha256(card.number.encode()).hexdigest()[:16]


def payment_method(
    object_id: str, now: int, card: Card, exp_month: int, exp_year: int, billing: Json, metadata: Json
) -> Json:
    return {
        "id": object_id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "card": {
            "brand": card.brand,
            "checks": _nothing("address_line1_check", "address_postal_code_check", "cvc_check"),
            "country": "US",
            "display_brand": card.brand,
            "exp_month": exp_month,
            "exp_year": exp_year,
            "fingerprint": fingerprint(card),
            "funding": card.funding,
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": None,
            "three_d_secure_usage": {"supported": card.brand != "amex"},
            "wallet": None,
        },
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": metadata,
        "type": "card",
    }


def payment_intent(object_id: str, now: int, amount: int, currency: str, secret: str) -> Json:
    return {
        "id": object_id,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None,
        "capture_method": "automatic_async",
        "client_secret": f"{object_id}_secret_{secret}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": currency,
        "livemode": False,
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        **_nothing(
            *("application", "application_fee_amount", "canceled_at", "cancellation_reason", "customer"),
            *("customer_account", "description", "excluded_payment_method_types", "last_payment_error"),
            *("latest_charge", "managed_payments", "next_action", "on_behalf_of", "payment_method"),
            *("payment_method_configuration_details", "processing", "receipt_email", "review"),
            *("setup_future_usage", "shipping", "source", "statement_descriptor"),
            *("statement_descriptor_suffix", "transfer_data", "transfer_group"),
        ),
    }


def charge(object_id: str, now: int, intent: Json, method: Json) -> Json:
    card = method["card"]
    return {
        "id": object_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "BOXOFFICE",
        "captured": False,
        "created": now,
        "currency": intent["currency"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "card": {
                "amount_authorized": intent["amount"],
                "authorization_code": None,
                "brand": card["brand"],
                "checks": card["checks"],
                "country": card["country"],
                "exp_month": card["exp_month"],
                "exp_year": card["exp_year"],
                "extended_authorization": {"status": "disabled"},
                "fingerprint": card["fingerprint"],
                "funding": card["funding"],
                "incremental_authorization": {"status": "unavailable"},
                "installments": None,
                "last4": card["last4"],
                "mandate": None,
                "multicapture": {"status": "unavailable"},
                "network": card["brand"],
                "network_token": {"used": False},
                "network_transaction_id": None,
                "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
                "regulated_status": None,
                "three_d_secure": None,
                "transaction_link_id": None,
                "wallet": None,
            },
            "type": "card",
        },
        "refunded": False,
        "refunds": page([], f"/v1/charges/{object_id}/refunds"),
        "status": "succeeded",
        "transfer_group": intent["transfer_group"],
        **_nothing(
            *("application", "application_fee", "application_fee_amount", "balance_transaction", "customer"),
            *("failure_balance_transaction", "failure_code", "failure_message", "on_behalf_of"),
            *("receipt_email", "receipt_number", "receipt_url", "review", "shipping", "source"),
            *("source_transfer", "statement_descriptor", "statement_descriptor_suffix", "transfer_data"),
        ),
    }


def refund(object_id: str, now: int, charge: Json, amount: int) -> Json:
    return {
        "id": object_id,
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "destination_details": {
            "card": {"type": "refund" if charge["captured"] else "reversal"},
            "type": "card",
        },
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "status": "succeeded",
        **_nothing(
            *("balance_transaction", "customer", "customer_account", "reason", "receipt_number"),
            *("source_transfer_reversal", "transfer_reversal"),
        ),
    }


def balance_transaction(object_id: str, now: int, kind: str, source: Json, amount: int, fee: int) -> Json:
    currency = source["currency"]
    details = {"amount": fee, "application": None, "currency": currency, "type": "stripe_fee"}
    return {
        "id": object_id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + 2 * 86_400,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [{**details, "description": "Stripe processing fees"}] if fee else [],
        "net": amount - fee,
        "reporting_category": "dispute" if kind == "adjustment" else kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def transfer(object_id: str, now: int, amount: int, currency: str, destination: str) -> Json:
    return {
        "id": object_id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": now,
        "currency": currency,
        "description": None,
        "destination": destination,
        "destination_payment": None,
        "livemode": False,
        "metadata": {},
        "reversals": page([], f"/v1/transfers/{object_id}/reversals"),
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": None,
    }


def reversal(object_id: str, now: int, transfer: Json, amount: int) -> Json:
    return {
        "id": object_id,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": now,
        "currency": transfer["currency"],
        "destination_payment_refund": None,
        "metadata": {},
        "source_refund": None,
        "transfer": transfer["id"],
    }


def dispute(object_id: str, now: int, charge: Json, reason: str) -> Json:
    return {
        "id": object_id,
        "object": "dispute",
        "amount": charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": now + 7 * 86_400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": charge["payment_method_details"]["card"]["brand"],
                "case_type": "chargeback",
                "network": charge["payment_method_details"]["card"]["network"],
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }


def account(object_id: str, now: int, kind: str, country: str, email: str | None) -> Json:
    return {
        "id": object_id,
        "object": "account",
        "business_type": None,
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "application"},
        "country": country,
        "created": now,
        "default_currency": "usd",
        "details_submitted": True,
        "email": email,
        "external_accounts": page([], f"/v1/accounts/{object_id}/external_accounts"),
        "metadata": {},
        "payouts_enabled": True,
        "type": kind,
    }


def customer(object_id: str, now: int, name: str | None, email: str | None) -> Json:
    return {
        "id": object_id,
        "object": "customer",
        "balance": 0,
        "created": now,
        "delinquent": False,
        "email": email,
        "livemode": False,
        "metadata": {},
        "name": name,
        "preferred_locales": [],
        "tax_exempt": "none",
        **_nothing("address", "currency", "default_source", "description", "discount", "phone", "shipping"),
    }


def event(object_id: str, now: int, kind: str, data: Json, request: Json) -> Json:
    return {
        "id": object_id,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": now,
        "data": {"object": data},
        "livemode": False,
        "pending_webhooks": 1,
        "request": request,
        "type": kind,
    }
