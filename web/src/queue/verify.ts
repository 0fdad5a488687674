import type { NowServing, Proof } from "../api/types";
import { beaconAt, isSigned, knownAt } from "./beacon";
import { concat, drawRank, hex, sha256, unhex, utf8 } from "./place";

export interface Check {
  what: string;
  holds: boolean;
}

const PUBLISHED = ["root", "commitment", "secret", "beacon", "seed", "beaconRound"] as const;

/** Checks one's own part of the draw, and that everybody was shown the same: `make verify-draw` does so too. */
export async function verify(proof: Proof, published: NowServing): Promise<Check[]> {
  const registered = new Uint8Array(8);
  new DataView(registered.buffer).setBigUint64(0, BigInt(proof.registered));
  const seed = await sha256(concat(unhex(proof.secret), unhex(proof.beacon), registered));
  let reached = await sha256(
    concat(Uint8Array.of(0), unhex(proof.salt), utf8(proof.eventId), utf8(proof.personId)),
  );
  for (const [side, sibling] of proof.steps as [string, string][]) {
    const pair = side === "left" ? [unhex(sibling), reached] : [reached, unhex(sibling)];
    reached = await sha256(concat(Uint8Array.of(1), ...pair));
  }
  const beacon = beaconAt(published.draw.beaconSource);
  return [
    {
      what: "The secret is the one that was committed to when the room opened",
      holds: hex(await sha256(concat(unhex(proof.secret)))) === proof.commitment,
    },
    {
      what: "The beacon’s value is that of the signature it came with",
      holds: hex(await sha256(concat(unhex(proof.beaconSignature)))) === proof.beacon,
    },
    {
      what:
        beacon === "drand"
          ? `The League of Entropy’s beacon, drand, signed round ${proof.beaconRound} with its known key`
          : `This machine’s stand-in for the beacon signed round ${proof.beaconRound}`,
      holds: await isSigned(beacon, proof.beaconRound, proof.beaconSignature),
    },
    {
      what: "The seed follows from the secret, the beacon and the number of people",
      holds: hex(seed) === proof.seed,
    },
    {
      what: "You are in the register whose root was published before the seed",
      holds: hex(reached) === proof.root,
    },
    {
      what: "The beacon’s value came out after that root, so that nobody could choose the register by it",
      holds: knownAt(proof.beaconRound) > Date.parse(published.draw.rootedAt ?? ""),
    },
    {
      what: "Your rank follows from the seed and your account alone",
      holds: (await drawRank(proof.seed, proof.eventId, proof.personId)) === proof.rank,
    },
    {
      what: "Everybody was shown the same register, secret and beacon",
      holds:
        PUBLISHED.every((name) => published.draw[name] === proof[name]) &&
        published.registered === proof.registered,
    },
  ];
}
