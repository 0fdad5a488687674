"""Charges and the money they move: capture, release, refunds, disputes, the balance."""

from __future__ import annotations

from . import forms, shapes
from .book import Book, list_page
from .cards import Card
from .errors import Json, invalid, missing

_AUTHORISATION_SECONDS = 7 * 86_400
_REFUND_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(book: Book, intent: Json, card: Card, *, authenticated: bool) -> Json:
    """The charge of one attempt: authorised, or failed with the card's decline."""
    made = shapes.charge(book.new_id("ch"), book.now(), intent, book.objects[intent["payment_method"]])
    details = made["payment_method_details"]["card"]
    if authenticated:
        details["three_d_secure"] = {
            "authentication_flow": "challenge",
            "result": "authenticated",
            "version": "2.2.0",
        }
    book.add(made)
    if card.code:
        made.update(paid=False, status="failed", failure_code=card.code)
        made["outcome"].update(network_status="declined_by_network", reason=card.decline_code, type="issuer_declined")
        book.emit("charge.failed", made)
        return made
    if intent["capture_method"] == "manual":
        details["capture_before"] = book.now() + _AUTHORISATION_SECONDS
    book.emit("charge.succeeded", made)
    return made


def settle(book: Book, charge: Json, amount: int) -> None:
    """Take `amount`; what was authorised beyond it is released."""
    manual = "capture_before" in charge["payment_method_details"]["card"]
    charge.update(captured=True, amount_captured=amount)
    fee = (amount * 29 + 500) // 1000 + 30
    charge["balance_transaction"] = _entry(book, "charge", charge, amount, fee)["id"]
    if amount < charge["amount"]:
        charge["amount_refunded"] = charge["amount"] - amount
    if manual:
        book.emit("charge.captured", charge)
    card = book.cards[charge["payment_method"]]
    if card.fraud_warning:
        _warn(book, charge)
    if card.dispute:
        open_dispute(book, charge, card.dispute)


def release(book: Book, charge: Json, amount: int) -> None:
    """Give an authorisation back: a refund that moves no balance."""
    made = book.add(shapes.refund(book.new_id("re"), book.now(), charge, amount))
    charge["refunds"]["data"].insert(0, made)
    charge.update(amount_refunded=charge["amount"], refunded=True)
    book.emit("charge.refunded", charge)


def refund(book: Book, params: Json) -> Json:
    charge = _refundable(book, params)
    left = charge["amount_captured"] - refunded(charge)
    amount = forms.integer(params, "amount", default=left)
    if left == 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"]:
        raise invalid(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if not 1 <= amount <= left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise invalid(message, code="amount_too_large" if amount > left else None, param="amount")
    made = shapes.refund(book.new_id("re"), book.now(), charge, amount)
    made["metadata"] = forms.metadata(params)
    if reason := params.get("reason"):
        made["reason"] = forms.one_of({"reason": reason}, "reason", _REFUND_REASONS)
    if book.cards[charge["payment_method"]].slow_refunds:
        made["status"] = "pending"
    book.add(made)
    made["balance_transaction"] = _entry(book, "refund", made, -amount, 0)["id"]
    charge["refunds"]["data"].insert(0, made)
    charge["amount_refunded"] += amount
    charge["refunded"] = refunded(charge) == charge["amount_captured"]
    book.emit("refund.created", made)
    book.emit("charge.refunded", charge)
    return made


def end_refund(book: Book, made: Json, status: str, reason: str | None = None) -> None:
    """What the buyer's bank does with it: `succeeded` or `failed`, the latter also long after."""
    made["status"] = status
    if status == "failed":
        charge = book.objects[made["charge"]]
        made["failure_reason"] = reason or "expired_or_canceled_card"
        made["failure_balance_transaction"] = _entry(book, "refund_failure", made, made["amount"], 0)["id"]
        charge["amount_refunded"] -= made["amount"]
        charge["refunded"] = False
        book.emit("refund.failed", made)
    book.emit("refund.updated", made)


def refunded(charge: Json) -> int:
    """Captured money given back; a released authorisation is not captured money, nor is what came back again."""
    made = [one for one in charge["refunds"]["data"] if one["balance_transaction"] and one["status"] != "failed"]
    return sum(one["amount"] for one in made)


def retrieve(book: Book, params: Json, object_id: str) -> Json:
    return book.get("charge", object_id)


def listing(book: Book, params: Json) -> Json:
    return list_page(book, "charge", params, "/v1/charges", ("customer", "payment_intent", "transfer_group"))


def retrieve_refund(book: Book, params: Json, object_id: str) -> Json:
    return book.get("refund", object_id)


def refund_listing(book: Book, params: Json) -> Json:
    if (intent_id := params.get("payment_intent")) and intent_id not in book.objects:
        raise missing("payment_intent", intent_id, "payment_intent")
    return list_page(book, "refund", params, "/v1/refunds", ("charge", "payment_intent"))


def balance_listing(book: Book, params: Json) -> Json:
    return list_page(book, "balance_transaction", params, "/v1/balance_transactions", ("source", "type", "currency"))


def retrieve_balance_transaction(book: Book, params: Json, object_id: str) -> Json:
    return book.get("balance_transaction", object_id)


def open_dispute(book: Book, charge: Json, reason: str) -> Json:
    made = book.add(shapes.dispute(book.new_id("dp"), book.now(), charge, reason))
    made["balance_transactions"] = [_entry(book, "adjustment", made, -made["amount"], 1500)]
    charge["disputed"] = True
    book.emit("charge.dispute.created", made)
    book.emit("charge.dispute.funds_withdrawn", made)
    return made


def retrieve_dispute(book: Book, params: Json, object_id: str) -> Json:
    return book.get("dispute", object_id)


def dispute_listing(book: Book, params: Json) -> Json:
    return list_page(book, "dispute", params, "/v1/disputes", ("charge", "payment_intent"))


def update_dispute(book: Book, params: Json, object_id: str) -> Json:
    """Evidence; `winning_evidence` and `losing_evidence` decide the dispute when submitted."""
    dispute = book.get("dispute", object_id)
    dispute["evidence"].update(params.get("evidence") or {})
    dispute["evidence_details"]["has_evidence"] = bool(dispute["evidence"])
    if params.get("submit", "true") == "true" and dispute["evidence"]:
        dispute["evidence_details"]["submission_count"] += 1
        text = dispute["evidence"].get("uncategorized_text")
        outcome = {"winning_evidence": "won", "losing_evidence": "lost"}.get(text or "")
        dispute["status"] = outcome or "under_review"
        if outcome == "won":
            dispute["balance_transactions"].append(_entry(book, "adjustment", dispute, dispute["amount"], 0))
            book.emit("charge.dispute.funds_reinstated", dispute)
        book.emit("charge.dispute.closed" if outcome else "charge.dispute.updated", dispute)
    return dispute


def _refundable(book: Book, params: Json) -> Json:
    if charge_id := params.get("charge"):
        charge = book.get("charge", charge_id, "charge")
    elif intent_id := params.get("payment_intent"):
        intent = book.objects.get(intent_id)
        if intent is None or intent["object"] != "payment_intent":
            raise missing("payment_intent", intent_id, "payment_intent")
        if intent["latest_charge"] is None:
            raise _nothing_to_refund(intent_id)
        charge = book.objects[intent["latest_charge"]]
    else:
        raise invalid("One of the following params should be provided: payment_intent or charge.")
    if not charge["captured"]:
        raise _nothing_to_refund(charge["payment_intent"])
    return charge


def _nothing_to_refund(intent_id: str) -> Exception:
    return invalid(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.")


def _entry(book: Book, kind: str, source: Json, amount: int, fee: int) -> Json:
    return book.add(shapes.balance_transaction(book.new_id("txn"), book.now(), kind, source, amount, fee))


def _warn(book: Book, charge: Json) -> None:
    warning = {
        "id": book.new_id("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge["id"],
        "created": book.now(),
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    book.emit("radar.early_fraud_warning.created", book.add(warning))
