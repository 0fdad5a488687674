"""`make verify-draw PROOF=draw.json`: recompute one's own rank, and check that one is in the register that was drawn.

The file is what the page /queue/<event>/draw saves. With `--site` the published document is fetched and compared too,
so that nobody is shown a draw of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.drand import QUICKNET_KEY
from kit.clock import to_ms
from local.beacon_standin import BEACON_KEY
from waitingroom import beacon, draws, ranks

TIMEOUT_SECONDS = 10
BEACONS = {"drand": QUICKNET_KEY, "stand-in": BEACON_KEY}


def checks(
    proof: dict[str, Any], published: dict[str, Any] | None = None, beacon_name: str = "drand"
) -> dict[str, bool]:
    """What was claimed, and whether it holds."""
    key = BEACONS[beacon_name]
    secret, value = bytes.fromhex(proof["secret"]), bytes.fromhex(proof["beacon"])
    signed = bytes.fromhex(proof["beaconSignature"])
    leaf = draws.leaf(bytes.fromhex(proof["salt"]), proof["eventId"], proof["personId"])
    seed = draws.seed(secret, value, proof["registered"])
    found = {
        "the secret is the one committed to": draws.commitment(secret) == proof["commitment"],
        "the beacon's value is that of its signature": beacon.value(signed) == value,
        f"{beacon_name} signed round {proof['beaconRound']}": beacon.is_signed(key, proof["beaconRound"], signed),
        "the seed follows from secret, beacon and number": seed.hex() == proof["seed"],
        "you are in the register": draws.follow(leaf, proof["steps"]).hex() == proof["root"],
        "your rank follows": ranks.draw_rank(seed, proof["eventId"], proof["personId"]) == proof["rank"],
    }
    if published is not None:
        same = ("root", "commitment", "secret", "beacon", "seed", "beaconRound")
        found["everybody was shown the same"] = all(published["draw"][name] == proof[name] for name in same)
        rooted = to_ms(datetime.fromisoformat(published["draw"]["rootedAt"]))
        found["the beacon's value came out after the register's root"] = beacon.known_at(proof["beaconRound"]) > rooted
        found["as many were drawn as was published"] = published["registered"] == proof["registered"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("proof", type=Path)
    parser.add_argument("--site", help="the address of the site, as http://127.0.0.1:8000")
    parser.add_argument("--beacon", choices=BEACONS, default="drand", help="whose signature counts")
    wanted = parser.parse_args()
    proof = json.loads(wanted.proof.read_text())
    published = None
    if wanted.site:
        address = f"{wanted.site}/api/queue/{proof['eventId']}/now"
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            published = json.load(answer)
    found = checks(proof, published, wanted.beacon)
    for claim, holds in found.items():
        print(f"{'true    ' if holds else 'NOT TRUE'}  {claim}")
    print(f"Your rank: {proof['rank']}, about number {ranks.fraction(proof['rank']) * proof['registered']:,.0f}")
    if wanted.beacon == "stand-in":
        print("The beacon was this machine's stand-in, whose values anybody can compute: the mechanics hold, no more.")
    sys.exit(0 if all(found.values()) else 1)


if __name__ == "__main__":
    main()
