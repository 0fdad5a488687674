"""`python -m local.stripe_standin --port N --webhook-url URL`: serves until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import threading

from aiohttp import web

from . import DEFAULT_WEBHOOK_SECRET
from .courier import Courier
from .server import StandIn, application


async def serve(port: int, courier: Courier, *, with_parent: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if with_parent:
        threading.Thread(target=_await_parent, args=(loop, stop), daemon=True).start()
    runner = web.AppRunner(application(StandIn(courier)), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print(f"Stripe stand-in on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await stop.wait()
    await runner.cleanup()


def _await_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    sys.stdin.read()
    loop.call_soon_threadsafe(stop.set)


def main() -> None:
    parser = argparse.ArgumentParser(prog="local.stripe_standin", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 picks a free one")
    parser.add_argument("--webhook-url", help="where events go; none are sent without it")
    parser.add_argument("--webhook-event", action="append", default=[], help="this type only; may be repeated")
    parser.add_argument("--webhook-secret", default=DEFAULT_WEBHOOK_SECRET)
    parser.add_argument("--with-parent", action="store_true", help="stop when standard input closes")
    given = parser.parse_args()
    try:
        courier = Courier(given.webhook_url, given.webhook_secret, frozenset(given.webhook_event))
        asyncio.run(serve(given.port, courier, with_parent=given.with_parent))
    except OSError as refused:
        sys.exit(f"The Stripe stand-in cannot listen on port {given.port}: {refused.strerror}")


main()
