"""What no context owns: HTTP, errors, money, clock, ids, settings, telemetry, tables, idempotency.

The kit imports no context. `errors`, `ids` and `money` import only the standard library and msgspec,
so that pure rules may use them.
"""
