"""A chart as a picture: what an organizer looks at before selling from it. SVG, without scripts or links.

All seats of a category are one path of round points, so that 50,000 seats stay under a megabyte.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from catalog.charts import Chart, Point, Section

SEAT_WIDTH = 4.0
LABELS_ACROSS = 70
"""So many times a label's height fits into the picture."""
AREA_OPACITY = 0.35


def draw(chart: Chart) -> bytes:
    """The whole chart at its own scale, sections labelled, seats in the colors of their categories."""
    size = {"width": f"{chart.width:g}", "height": f"{chart.height:g}"}
    viewed = f"0 0 {chart.width:g} {chart.height:g}"
    label_size = max(chart.width, chart.height) / LABELS_ACROSS
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": viewed, "font-size": f"{label_size:.1f}"})
    SubElement(svg, "title").text = chart.name
    SubElement(svg, "rect", {"fill": "#fff", **size})
    for shape in chart.shapes:
        if len(shape.points) > 2:
            SubElement(svg, "path", {"d": _outline(shape.points), "fill": "#e3e6ea"})
        if shape.label and shape.kind != "icon":
            _write(svg, shape.label, shape.points, "#5b6470")
    colors = {category.key: category.color for category in chart.categories}
    for section in chart.sections:
        ground = {"d": _outline(section.outline), "fill": "#f4f5f7", "stroke": "#b9c0ca"}
        if section.capacity is not None:
            ground |= {"fill": colors[section.category], "fill-opacity": f"{AREA_OPACITY}"}
        SubElement(svg, "path", ground)
    for key, color in colors.items():
        points = "".join(f"M{x:g} {y:g}h0" for section in chart.sections for x, y in _seats(section, key))
        if points:
            point = {"stroke": color, "stroke-width": f"{SEAT_WIDTH}", "stroke-linecap": "round"}
            SubElement(svg, "path", {"d": points, "fill": "none", **point})
    for section in chart.sections:
        _write(svg, section.label, section.outline, "#1d232b")
    return bytes(tostring(svg, encoding="utf-8"))


def _seats(section: Section, category: str) -> Iterable[Point]:
    return (
        (seat.x, seat.y)
        for row in section.rows
        for seat in row.seats
        if (seat.category or section.category) == category
    )


def _outline(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def _write(svg: Element, label: str, around: list[Point], color: str) -> None:
    """In the middle of what it names, readable on whatever lies below."""
    x, y = (sum(values) / len(around) for values in zip(*around, strict=True))
    style = {"font-family": "sans-serif", "text-anchor": "middle", "dominant-baseline": "middle"}
    halo = {"fill": color, "stroke": "#fff", "stroke-width": ".2em", "paint-order": "stroke"}
    SubElement(svg, "text", {"x": f"{x:g}", "y": f"{y:g}", **style, **halo}).text = label
