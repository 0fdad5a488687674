"""The catalog: venues, their seating charts, and events with their price lists.

Owns what is for sale and where its seats are; promises that a chart never changes under its hash, and that an
event on sale has all its seats. Which seats are free is the inventory's.
"""

from catalog.charts import Chart, FocalPoint, Place, Row, Seat, Section, place, seat_id, seats
from catalog.events import Event, OrphanRule, Venue
from catalog.problems import EventNotSellable
from catalog.store import get_chart, get_event, mark_on_sale, record_availability

__all__ = [
    "Chart",
    "Event",
    "EventNotSellable",
    "FocalPoint",
    "OrphanRule",
    "Place",
    "Row",
    "Seat",
    "Section",
    "Venue",
    "get_chart",
    "get_event",
    "mark_on_sale",
    "place",
    "record_availability",
    "seat_id",
    "seats",
]
