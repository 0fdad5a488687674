"""Notifications: telling people what became of their orders.

Owns what was told to whom and when. It promises that every message of an outbox is sent once, or, after a
crash in the middle of sending, once more at most; that none is lost without a trace; and that nothing it does
or fails to do touches an order.
"""
