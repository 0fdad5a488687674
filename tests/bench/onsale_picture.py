"""The sale as a picture: the line, those who are in, and admissions, each over its own time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.bench.onsale_sale import Curve

WIDTH, HEIGHT, LEFT, GAP = 960, 190, 90, 64
POINTS = 600


def draw(path: Path, arrivals: np.ndarray, curve: Curve, capacity: int, rate: int) -> None:
    """Write an SVG."""
    joined = np.cumsum(arrivals)
    line = np.concatenate([joined, curve.line])
    panels = [
        _panel(0, "People in line: registering, then after the draw (seconds)", line, None),
        _panel(1, "Live sessions (seconds after the draw)", curve.live, capacity),
        _panel(2, "Admissions a second", curve.admitted, rate),
    ]
    height = len(panels) * (HEIGHT + GAP) + 20
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + LEFT + 30} {height}"'
    paper = '<rect width="100%" height="100%" fill="#fff"/>'
    path.write_text(f'<svg {frame} font-family="sans-serif" font-size="13">{paper}{"".join(panels)}</svg>\n')


def _panel(number: int, title: str, values: Sequence[float] | np.ndarray, limit: float | None) -> str:
    series = np.asarray(values, float)
    step = max(1, len(series) // POINTS)
    sampled = series[: len(series) // step * step].reshape(-1, step).mean(1) if step > 1 else series
    top = max(float(sampled.max(initial=1.0)), limit or 0.0) * 1.05
    base = number * (HEIGHT + GAP) + 30 + HEIGHT
    across = WIDTH / max(1, len(sampled) - 1)
    points = " ".join(f"{LEFT + i * across:.1f},{base - value / top * HEIGHT:.1f}" for i, value in enumerate(sampled))
    marks = ""
    if limit is not None:
        y = base - limit / top * HEIGHT
        marks = f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#c33"/>'
        marks += f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#c33">{limit:,.0f}</text>'
    else:
        marks = f'<text x="{LEFT - 6}" y="{base - HEIGHT + 12}" text-anchor="end">{top / 1.05:,.0f}</text>'
    return (
        f'<text x="{LEFT}" y="{base - HEIGHT - 10}" font-weight="600">{title}</text>'
        f'<path d="M{LEFT} {base - HEIGHT}V{base}H{LEFT + WIDTH}" fill="none" stroke="#999"/>{marks}'
        f'<polyline points="{points}" fill="none" stroke="#2456c8" stroke-width="1.6"/>'
        f'<text x="{LEFT + WIDTH}" y="{base + 16}" text-anchor="end">{len(series):,} s</text>'
        f'<text x="{LEFT}" y="{base + 16}">0</text>'
    )
