import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256, unhex } from "./place";

/** What drand's `quicknet` signs with (`infra/drand.py`). Kept here, so that no server can name a key of its own. */
const DRAND =
  "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451" +
  "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
/** The same of the beacon that stands in for it on one machine (`local/beacon_standin.py`); its secret is no secret. */
const STAND_IN =
  "ad4855f572424890c75e5bfed310cc738e54115c3ea7d4bfc902189ce43d1049a12b41e4ff9fa5ab8328545eb3354292" +
  "0a0c192091f183e3b261c75b2d5825934cf40a2b0c30ab25656bf18f606a515a2468fd51aa50f866127fda48cf5069e8";

const [GENESIS_MS, PERIOD_MS] = [1_692_803_367_000, 3_000];

export type Beacon = "drand" | "stand-in";

/** Whose signature counts. Only what answers on this very machine may be a stand-in. */
export function beaconAt(source: string): Beacon {
  return new URL(source).hostname === "127.0.0.1" ? "stand-in" : "drand";
}

/** When a round's value comes out, in milliseconds since the epoch. */
export const knownAt = (round: number) => GENESIS_MS + (round - 1) * PERIOD_MS;

/** Whether that beacon signed this round (drand's scheme `bls-unchained-g1-rfc9380`). */
export async function isSigned(beacon: Beacon, round: number, signature: string): Promise<boolean> {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(round));
  const { hash, verify } = bls12_381.shortSignatures;
  try {
    const key = unhex(beacon === "drand" ? DRAND : STAND_IN);
    return verify(unhex(signature), hash(await sha256(number)), key);
  } catch {
    return false; // what is no point of the curve is nobody's signature
  }
}
