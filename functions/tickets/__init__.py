"""Tickets: the right to one seat at one event, in one person's hands.

Owns who holds which ticket, and the signed code that a gate checks without asking anybody. It promises that a
seat of an order is one ticket however often it is issued, and that only its holder ever sees it.
"""

from tickets.codes import BadCode, Statement, TicketClass, verify
from tickets.keys import public_keys
from tickets.ticket import ticket_id_of

__all__ = ["BadCode", "Statement", "TicketClass", "public_keys", "ticket_id_of", "verify"]
