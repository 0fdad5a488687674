"""Connected accounts, the transfers that pay them, and customers."""

from __future__ import annotations

from . import forms, shapes
from .book import Book, list_page
from .errors import Json, invalid


def create_account(book: Book, params: Json) -> Json:
    kind = forms.one_of(params, "type", ("express", "standard", "custom"))
    made = shapes.account(book.new_id("acct"), book.now(), kind, params.get("country", "US"), params.get("email"))
    made["metadata"] = forms.metadata(params)
    book.add(made)
    book.emit("account.updated", made)
    return made


def retrieve_account(book: Book, params: Json, object_id: str) -> Json:
    return book.get("account", object_id)


def account_listing(book: Book, params: Json) -> Json:
    return list_page(book, "account", params, "/v1/accounts", ())


def create_customer(book: Book, params: Json) -> Json:
    made = shapes.customer(book.new_id("cus"), book.now(), params.get("name"), params.get("email"))
    made["metadata"] = forms.metadata(params)
    book.add(made)
    book.emit("customer.created", made)
    return made


def retrieve_customer(book: Book, params: Json, object_id: str) -> Json:
    return book.get("customer", object_id)


def create_transfer(book: Book, params: Json) -> Json:
    """Money to a connected account: within the charge it names, else within the balance."""
    amount = forms.integer(params, "amount")
    currency = forms.text(params, "currency").lower()
    destination = forms.text(params, "destination")
    if book.objects.get(destination, {}).get("object") != "account":
        message = f"No such destination: '{destination}'"
        raise invalid(message, code="resource_missing", param="destination")
    if amount < 1:
        raise invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    source = params.get("source_transaction")
    left = _left_of(book, source) if source else _balance(book, currency)
    if amount > left:
        raise invalid("You have insufficient available funds in your Stripe account.", code="balance_insufficient")
    made = shapes.transfer(book.new_id("tr"), book.now(), amount, currency, destination)
    made.update(metadata=forms.metadata(params), source_transaction=source)
    made.update(transfer_group=params.get("transfer_group"), description=params.get("description"))
    made["destination_payment"] = book.new_id("py")
    book.add(made)
    entry = shapes.balance_transaction(book.new_id("txn"), book.now(), "transfer", made, -amount, 0)
    made["balance_transaction"] = book.add(entry)["id"]
    book.emit("transfer.created", made)
    return made


def retrieve_transfer(book: Book, params: Json, object_id: str) -> Json:
    return book.get("transfer", object_id)


def transfer_listing(book: Book, params: Json) -> Json:
    return list_page(book, "transfer", params, "/v1/transfers", ("destination", "transfer_group"))


def reverse_transfer(book: Book, params: Json, object_id: str) -> Json:
    transfer = book.get("transfer", object_id)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = forms.integer(params, "amount", default=left)
    if not 1 <= amount <= left:
        raise invalid(f"Reversal amount ({amount}) is greater than unreversed amount ({left})", param="amount")
    made = book.add(shapes.reversal(book.new_id("trr"), book.now(), transfer, amount))
    entry = shapes.balance_transaction(book.new_id("txn"), book.now(), "transfer_refund", made, amount, 0)
    made["balance_transaction"] = book.add(entry)["id"]
    transfer["reversals"]["data"].insert(0, made)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    book.emit("transfer.reversed", transfer)
    return made


def _left_of(book: Book, charge_id: str) -> int:
    charge = book.get("charge", charge_id, "source_transaction")
    used = sum(
        one["amount"] - one["amount_reversed"] for one in book.all("transfer") if one["source_transaction"] == charge_id
    )
    return int(charge["amount_captured"] - used)


def _balance(book: Book, currency: str) -> int:
    return sum(one["net"] for one in book.all("balance_transaction") if one["currency"] == currency)
