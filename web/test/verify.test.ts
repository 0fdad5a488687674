import { describe, expect, it } from "vitest";
// `tests/waitingroom/test_saved_proof.py` puts the same file to `make verify-draw`.
import file from "../../tests/waitingroom/proof.json";
import type { NowServing, Proof } from "../src/api/types";
import { beaconAt, isSigned } from "../src/queue/beacon";
import { verify } from "../src/queue/verify";

const saved = file as unknown as { proof: Proof; published: NowServing };
const forgeries: Partial<Record<keyof Proof, unknown>> = {
  rank: `0${"0".repeat(32)}`,
  personId: "somebody else",
  secret: "00".repeat(32),
  beacon: "00".repeat(32),
  registered: 13,
  root: "00".repeat(32),
  salt: "00".repeat(16),
  beaconRound: saved.proof.beaconRound + 1,
  steps: saved.proof.steps.slice(1),
};

async function holds(proof: Proof, published = saved.published): Promise<boolean> {
  return (await verify(proof, published)).every((check) => check.holds);
}

describe("the page that checks a draw", () => {
  it("finds a saved proof true", async () => {
    expect(await verify(saved.proof, saved.published)).toHaveLength(8);
    expect(await holds(saved.proof)).toBe(true);
  });

  it.each(Object.entries(forgeries))("finds a forged %s", async (field, value) => {
    expect(await holds({ ...saved.proof, [field]: value })).toBe(false);
  });

  it("finds a beacon that was known before the root", async () => {
    const later = { ...saved.published, draw: { ...saved.published.draw, rootedAt: "2030-05-04T12:01:33Z" } };
    expect(await holds(saved.proof, later)).toBe(false);
  });

  it("finds a draw that was shown to one person alone", async () => {
    const elsewhere = { ...saved.published, draw: { ...saved.published.draw, root: "00".repeat(32) } };
    expect(await holds(saved.proof, elsewhere)).toBe(false);
  });
});

describe("the beacon's signature", () => {
  // A round that drand published; `tests/waitingroom/test_draw.py` checks the same one.
  const round = 657_413;
  const signature =
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";

  it("is drand's, and nobody else's", async () => {
    expect(await isSigned("drand", round, signature)).toBe(true);
    expect(await isSigned("drand", round + 1, signature)).toBe(false);
    expect(await isSigned("stand-in", round, signature)).toBe(false);
  });

  it.each(["", "00".repeat(48), `c0${"00".repeat(47)}`, "ff".repeat(48), saved.proof.beaconSignature])(
    "is not %s",
    async (forged) => expect(await isSigned("drand", round, forged)).toBe(false),
  );

  it("counts from a stand-in on this machine alone", () => {
    expect(beaconAt("http://127.0.0.1:8000/_local/beacon")).toBe("stand-in");
    expect(beaconAt("https://api.drand.sh/52db")).toBe("drand");
    expect(beaconAt("https://127.0.0.1.example/_local/beacon")).toBe("drand");
  });
});
