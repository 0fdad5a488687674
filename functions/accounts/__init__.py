"""Accounts owns who people are.

Sign-up, sign-in and password reset are the user pool's own (Cognito), called by the client directly: no
password passes through our code. Other contexts know a person by `person_id` alone, and ask here for the
address to write to, so that no e-mail address lies in orders, events or logs (I25).
"""

from accounts.people import Contact, Standing, contact, display_name, standing

__all__ = ["Contact", "Standing", "contact", "display_name", "standing"]
