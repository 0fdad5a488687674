"""`make simulate-onsale USERS=50000000`: a whole sale with the product's own ranks and its own grant rule.

Everything that decides anything is the product's; people, failures and prices are this file's and its neighbours'.
The work of a join and of reading the register is measured at the start (`onsale_work`). Measured elsewhere and used
here: a join is one write unit (`make bench-waitingroom`).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from tests.bench import onsale_picture, onsale_sale, onsale_work
from tests.bench.onsale_people import EVENT, FAVOUR, FREEDOM, Population, by_chance, chi_square, populate
from tests.bench.onsale_prices import LIMITS, PRICES
from waitingroom import beacon, draws, rooms, ticking, waits
from waitingroom.control_room import buckets_for
from waitingroom.room import CAPACITY, RATE, Room

CHANCE_MIN = 0.001
"""A rank that is drawn passes the test of fairness but once in a thousand runs; one that favours anybody never does."""
ANNOUNCED_MS = 1_900_000_000_000
TICK_READS = 700
"""Units a tick of a full room reads."""
OTHER_READS = 20
"""Of the room, a second: the tick, and the document's origin for each of CloudFront's regional caches."""
GB = 1.0
SIGN_IN_USD = 0.015
"""Of an identity provider billed per monthly user (Cognito Essentials, list); reported apart."""
BOTS = 0.05
"""Of all joins, so many again by somebody who joined already: each costs a write unit and changes nothing."""
LOOKS_AGAIN = 0.1
"""Of all who joined, so many open the page again and ask the API where they stand."""
LATE_FADE_SECONDS = 1_800
"""Those who come after the draw come ever fewer: of each minute's half an hour later a third."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=500_000)
    parser.add_argument("--seats", type=int, default=60_000)
    parser.add_argument("--registration-hours", type=float, default=4.0)
    parser.add_argument("--late", type=float, default=0.05, help="so many more come after the draw, of all in it")
    parser.add_argument("--picture", type=Path, default=Path(".local/onsale.svg"))
    wanted = parser.parse_args(arguments)
    began = time.monotonic()
    secret, value = sha256(b"the organizer's secret").digest(), sha256(b"a round of the beacon").digest()
    seed = draws.seed(secret, value, wanted.users)
    reach = min(1.0, (20 * wanted.seats + 200_000) / wanted.users)
    window = int(wanted.registration_hours * 3600)
    shown = 0.0
    for people in populate(seed, wanted.users, window, reach, os.cpu_count() or 1):
        done = int(people.fairness.sum())
        if done / wanted.users >= shown:
            print(f"{done:>12,} people ranked, {time.monotonic() - began:.0f} s", flush=True)
            shown += 0.1
    ranked_seconds = time.monotonic() - began
    drawing = onsale_work.drawing_of(wanted.users)
    draw_at = ANNOUNCED_MS - math.ceil(1000 * drawing.seconds)
    room = Room(
        event_id=EVENT,
        opened_at=draw_at - window * 1000,
        draw_at=draw_at,
        secret=secret.hex(),
        beacon_round=beacon.first_round_after(ANNOUNCED_MS),
        buckets=buckets_for(wanted.users),
        phase="serving",
        registered=wanted.users,
        seed=seed.hex(),
        tick_at=ANNOUNCED_MS,
    )
    late = latecomers(room, round(wanted.users * wanted.late))
    crowd, weather = onsale_sale.Crowd(), onsale_sale.Weather()
    sale = onsale_sale.run(room, people.drawn, wanted.seats, crowd, weather, 6 * 3600, late)
    onsale_picture.draw(wanted.picture, people.arrivals, sale.curve, CAPACITY, RATE)
    print(f"Picture: {wanted.picture}", flush=True)
    report(wanted.users, wanted.seats, room, people, late, drawing, sale, began, ranked_seconds)


def latecomers(room: Room, people: int) -> Sequence[int]:
    """When those come who missed the draw, in milliseconds: most of them at once, then ever fewer."""
    dice = np.random.default_rng(people)
    came: list[int] = np.sort(room.tick_at + (1000 * dice.exponential(LATE_FADE_SECONDS, people)).astype(int)).tolist()
    return came


def registrations(room: Room, arrivals: np.ndarray) -> np.ndarray:
    """When those who come register, by the second: each waits for a random part of what the room tells them then."""
    assert room.draw_at is not None
    registering = msgspec.structs.replace(room, phase="registering", draw_at=room.opened_at + len(arrivals) * 1000)
    spread = np.zeros(len(arrivals) + 1)
    for second, people in enumerate(arrivals):
        wait = max(1, waits.join_spread_seconds(registering, room.opened_at + second * 1000))
        spread[second] += people / wait
        spread[min(second + wait, len(arrivals))] -= people / wait
    return np.cumsum(spread)[:-1]


def polls_before_the_draw(room: Room, arrivals: np.ndarray) -> np.ndarray:
    """Requests a second for the public document by everybody who has come, registered or about to."""
    joined, come = registrations(room, arrivals).cumsum(), arrivals.cumsum()
    polls = np.zeros(len(arrivals))
    for second, people in enumerate(joined):
        now_ms = room.opened_at + second * 1000
        then = msgspec.structs.replace(room, phase="registering", registered=int(people), tick_at=now_ms)
        polls[second] = come[second] / waits.poll_seconds(then, None)
    return polls


def report(
    users: int,
    seats: int,
    room: Room,
    people: Population,
    late: Sequence[int],
    drawing: onsale_work.Drawing,
    sale: onsale_sale.Outcome,
    began: float,
    ranked_seconds: float,
) -> None:
    """Sentences, then one line of JSON."""
    before = polls_before_the_draw(room, people.arrivals)
    joins = float(registrations(room, people.arrivals).max()) * (1 + BOTS)
    # Nobody who comes after the draw is sent away for a while: each asks for the edge's cookie and joins.
    late_joins = max(np.bincount((np.array(late, int) - room.tick_at) // 1000), default=0) * (1 + BOTS)
    asked = max(joins, 2 * late_joins) * (1 + LOOKS_AGAIN)
    join_ms = onsale_work.join_ms(room, GB)
    waited = np.array(sale.seconds_to_admit)
    chi, biased = chi_square(people.fairness), chi_square(people.control)
    seconds = len(people.arrivals) + len(sale.curve.live)
    # Until the draw each tick has a sample of the register counted, which grows with it.
    counted = min(1, ticking.BUCKETS_COUNTED / room.buckets) * users * onsale_work.PLACE_BYTES / 8192
    peak = {
        "cloudfront_requests": max(*sale.curve.polls, float((before + 2 * people.arrivals).max())),
        "api_requests": asked,
        "lambda_concurrency": asked * join_ms / 1000,
        "dynamodb_writes": max(joins, late_joins + 2 * max(sale.curve.admitted) + 1),
        "dynamodb_reads": max(drawing.reads_per_second, counted, TICK_READS),
        "reads_of_the_room": asked * join_ms / 1000 / rooms.REMEMBERED.total_seconds() + OTHER_READS,
    }
    polls = sum(sale.curve.polls) + float(before.sum())
    come = users + len(late)
    calls = (come * (1 + BOTS) + len(late)) * (1 + LOOKS_AGAIN)
    cost = {
        "joining": come * (1 + BOTS) * PRICES["dynamodb write"]
        + calls * (PRICES["api request"] + PRICES["lambda request"] + join_ms / 1000 * GB * PRICES["lambda gb second"])
        + (calls + come) * (PRICES["cloudfront request"] + PRICES["cloudfront function"]),
        "the draw": drawing.usd,
        "polling": polls * PRICES["cloudfront request"],
        "ticking": seconds * (onsale_work.VCPU_GB * PRICES["lambda gb second"] + 5 * PRICES["dynamodb write"])
        + (len(sale.curve.live) * TICK_READS + len(people.arrivals) * counted / 2) * PRICES["dynamodb read"],
    }
    at = {f"p{part}": int(np.percentile(waited, part)) for part in (1, 50, 99)} if waited.size else {}
    print(f"\n{users:,} people, {seats:,} seats; ranked in {ranked_seconds:.0f} s")
    print(
        f"The draw: a bucket, {users / room.buckets:,.0f} people, is read in {drawing.bucket_seconds:.2f} s (measured),"
    )
    print(f"  {room.buckets:,} of them by {onsale_work.readers()} at a time in {drawing.read_seconds:.0f} s,")
    print(f"  {drawing.seconds:.0f} s from the close of the register to everybody's rank")
    print(f"A join runs {join_ms:.1f} ms (processor time measured, {onsale_work.DYNAMODB_MS} ms a request to DynamoDB)")
    print(f"{len(late):,} more came after the draw, {sale.late_admitted:,} of them were let in")
    print(f"Admitted {waited.size:,} in {len(sale.curve.live):,} s, sold {sale.sold:,}, no-shows {sale.no_shows:,}")
    print(f"Seconds from the draw to admission: {at}")
    print(f"Live at most {max(sale.curve.live):,} of {sale.room.capacity:,}, places used {sale.utilisation:.1%}")
    print(f"Rank against arrival, ten deciles by ten: chi-square {chi:.1f} at {FREEDOM} degrees of freedom,")
    print(f"  p = {by_chance(chi):.3f}, fair from {CHANCE_MIN}; control, whose first tenth to come gains {FAVOUR:.0%}:")
    print(f"  chi-square {biased:,.0f}, p = {by_chance(biased):.1e}, {rejected(biased)}")
    for service, load in peak.items():
        used = load / LIMITS[service]
        remedy = "" if used <= 1 else f"  <- raise this quota {math.ceil(used)}-fold, or open registration earlier"
        print(f"{service:>20}: peak {load:>12,.0f} of {LIMITS[service]:>9,} ({used:.0%}){remedy}")
    for what, usd in cost.items():
        print(f"{what:>20}: ${usd:,.2f}")
    together = sum(cost.values())
    print(f"{'together':>20}: ${together:,.2f}, {together / users * 1e5:.2f} cents per thousand people")
    print(f"{'sign-in, apart':>20}: ${users * SIGN_IN_USD:,.0f} at ${SIGN_IN_USD} a monthly user")
    print(
        json.dumps(
            {
                "users": users,
                "seconds": round(time.monotonic() - began, 1),
                "admitted": int(waited.size),
                "late": len(late),
                "late_admitted": sale.late_admitted,
                "sold": sale.sold,
                "draw_seconds": round(drawing.seconds, 1),
                "join_ms": round(join_ms, 1),
                "time_to_admit_seconds": at,
                "max_live": max(sale.curve.live),
                "capacity": sale.room.capacity,
                "utilisation": round(sale.utilisation, 4),
                "chi_square": round(chi, 1),
                "chi_square_freedom": FREEDOM,
                "chi_square_p": round(by_chance(chi), 4),
                "control_p": by_chance(biased),
                "peak_share_of_limit": {name: round(load / LIMITS[name], 3) for name, load in peak.items()},
                "usd": round(together, 2),
                "usd_per_thousand_people": round(together / users * 1000, 5),
                "sign_in_usd": round(users * SIGN_IN_USD),
            }
        )
    )
    if by_chance(chi) < CHANCE_MIN or by_chance(biased) >= CHANCE_MIN:
        sys.exit("The ranks are not fair, or the test of it does not see what is not.")


def rejected(chi: float) -> str:
    return "rejected as it must be" if by_chance(chi) < CHANCE_MIN else "NOT REJECTED"


if __name__ == "__main__":
    main()
