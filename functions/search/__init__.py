"""Search: finding events by words, place, day, price and what is left.

Owns an index of what the catalog has announced, as files in S3; promises that a change is findable within a minute,
and that nothing half-written is ever served. Not what is sold: an event's own page says that.
"""
