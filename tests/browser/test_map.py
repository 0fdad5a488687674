"""The seat map of an arena: how fast it is there, how smoothly it moves, and that fingers find seats."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Browsing
from tests.browser.visitor import ARENA, THEATRE, Visitor

DRAW_MS_MAX = 3_000
CPU_MS_A_FRAME_MAX = 16
"""Processor time of the page, which fits a frame of 16.7 ms. The time between frames on the clock is
printed beside it: on a machine that is busy with other things it says more about those."""

WATCH_FRAMES = """
window.frames_ms = [];
let last = 0;
const tick = (now) => { if (last) window.frames_ms.push(now - last); last = now; requestAnimationFrame(tick); };
requestAnimationFrame(tick);
"""
CHART_CAME = "performance.getEntriesByType('resource').find(({ name }) => name.includes('/charts/')).responseEnd"
ZOOM = """([turns, delta]) => new Promise((done) => {
  const canvas = document.querySelector('.seat-map canvas');
  const { left, top, width, height } = canvas.getBoundingClientRect();
  let turn = 0;
  const step = () => {
    if (turn++ >= turns) return done();
    canvas.dispatchEvent(new WheelEvent('wheel', {
      deltaY: delta, clientX: left + width * 0.5, clientY: top + height * 0.8, bubbles: true, cancelable: true }));
    setTimeout(step, 16);
  };
  step();
})"""
DRAG = """(moves) => new Promise((done) => {
  const canvas = document.querySelector('.seat-map canvas');
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const mouse = (on, type, x, y) => on.dispatchEvent(new MouseEvent(type, {
    clientX: x, clientY: y, bubbles: true, cancelable: true, view: window }));
  let move = 0;
  mouse(canvas, 'mousedown', x, y);
  const step = () => {
    if (move++ >= moves) { mouse(window, 'mouseup', x, y); return done(); }
    mouse(window, 'mousemove', x + Math.sin(move / 15) * 160, y - Math.sin(move / 23) * 160);
    setTimeout(step, 16);
  };
  step();
})"""
ACTS: dict[str, tuple[str, Any]] = {
    "pan_far": (DRAG, 60),
    "zoom_in": (ZOOM, [60, -30]),
    "pan_near": (DRAG, 90),
    "zoom_out": (ZOOM, [30, 30]),
    "pan_between": (DRAG, 90),
}


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_arena_is_there_at_once_and_moves_smoothly(browsing: Browsing, phone: bool) -> None:
    visitor = browsing.visitor(phone=phone)
    visitor.page.add_init_script(WATCH_FRAMES)
    visitor.open_event(ARENA)
    visitor.page.reload()
    visitor.wait_for_map()
    drawn = visitor.page.evaluate("performance.getEntriesByName('seat-map-drawn')[0].startTime")
    chart = visitor.page.evaluate(CHART_CAME)
    costs = {name: _cost(visitor.page, *act) for name, act in ACTS.items()}
    print(json.dumps({"phone": phone, "first_draw_ms": round(drawn), "from_chart_ms": round(drawn - chart)} | costs))
    assert drawn - chart < DRAW_MS_MAX
    assert all(cost["cpu_ms"] < CPU_MS_A_FRAME_MAX for cost in costs.values())


def _cost(page: Page, act: str, argument: Any) -> dict[str, float]:
    """Of a frame, in milliseconds: processor time on average, and the 95th percentile of the time between two."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate("window.frames_ms = []")
    before = _busy_seconds(devtools)
    page.evaluate(act, argument)
    spent = _busy_seconds(devtools) - before
    frames = sorted(page.evaluate("window.frames_ms"))
    devtools.detach()
    return {"cpu_ms": round(spent * 1000 / len(frames), 1), "p95_ms": round(frames[int(len(frames) * 0.95)], 1)}


def _busy_seconds(devtools: CDPSession) -> float:
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def test_a_finger_comes_closer_first_and_then_chooses(browsing: Browsing) -> None:
    visitor = browsing.visitor(phone=True)
    visitor.open_event(THEATRE)
    middle = _middle(visitor)
    visitor.page.touchscreen.tap(*middle)
    chosen = visitor.page.locator(".chosen-list li")
    _stand_still(visitor)
    expect(chosen).to_have_count(0)
    visitor.page.touchscreen.tap(*middle)
    expect(chosen).to_have_count(1)


def test_standing_places_on_the_map_lead_to_how_many(browsing: Browsing) -> None:
    visitor = browsing.visitor(phone=True)
    visitor.open_event(ARENA)
    visitor.page.touchscreen.tap(*_middle(visitor))
    expect(visitor.page.get_by_role("heading", name="Standing: Floor")).to_be_visible()


def test_the_keyboard_goes_in_and_out_and_shows_where_it_is(browsing: Browsing) -> None:
    visitor = browsing.visitor()
    visitor.open_event(THEATRE)
    visitor.enter_seated_section()
    [told] = visitor.choose_free_seats(1)
    assert visitor.told.endswith("chosen")
    section, place, price = told.split(", ")[0], *told.split(", ")[1:3]
    assert place.startswith("Row") and section and price
    visitor.map.press("Enter")
    assert visitor.told == told
    visitor.map.press("Escape")
    assert visitor.told.startswith(f"{section},") and "seats left" in visitor.told


def test_one_price_alone_can_be_shown(browsing: Browsing) -> None:
    visitor = browsing.visitor()
    visitor.open_event(THEATRE)
    price = visitor.page.get_by_role("group", name="Show one price only").get_by_role("button").first
    everything = visitor.map.screenshot()
    price.click()
    expect(price).to_have_attribute("aria-pressed", "true")
    assert visitor.map.screenshot() != everything


def _middle(visitor: Visitor) -> tuple[float, float]:
    box = visitor.map.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _stand_still(visitor: Visitor) -> None:
    """Wait until the map has arrived where it was sent: two pictures a few frames apart are the same."""
    before = b""
    while before != (before := visitor.map.screenshot()):
        visitor.page.wait_for_timeout(60)
