"""The catalog: venues, their seating charts, and events with their price lists.

Owns what is for sale and where its seats are; promises that a chart never changes under its hash, and that an
event on sale has all its seats. Which seats are free is the inventory's.
"""

from catalog.artists import Artist, Series
from catalog.charts import Chart, FocalPoint, Place, Row, Seat, Section, place, seat_id, seats
from catalog.drawings import get_chart
from catalog.events import (
    Availability,
    ChartHash,
    Event,
    OrphanRule,
    Presale,
    PriceRange,
    RefundPolicy,
    Status,
    Venue,
    moved_to,
)
from catalog.problems import EventNotSellable
from catalog.register import get_artist, get_series, get_venue
from catalog.store import (
    enlarge,
    event_of_image,
    get_event,
    mark_cancelled,
    mark_moved,
    mark_on_sale,
    record_availability,
    settle_chart,
    settle_larger_chart,
    upcoming,
)

__all__ = [
    "Artist",
    "Availability",
    "Chart",
    "ChartHash",
    "Event",
    "EventNotSellable",
    "FocalPoint",
    "OrphanRule",
    "Place",
    "Presale",
    "PriceRange",
    "RefundPolicy",
    "Row",
    "Seat",
    "Section",
    "Series",
    "Status",
    "Venue",
    "enlarge",
    "event_of_image",
    "get_artist",
    "get_chart",
    "get_event",
    "get_series",
    "get_venue",
    "mark_cancelled",
    "mark_moved",
    "mark_on_sale",
    "moved_to",
    "place",
    "record_availability",
    "seat_id",
    "seats",
    "settle_chart",
    "settle_larger_chart",
    "upcoming",
]
