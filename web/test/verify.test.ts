import { describe, expect, it } from "vitest";
// `tests/waitingroom/test_saved_proof.py` puts the same file to `make verify-draw`.
import file from "../../tests/waitingroom/proof.json";
import type { NowServing, Proof } from "../src/api/types";
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
  steps: saved.proof.steps.slice(1),
};

async function holds(proof: Proof, published = saved.published): Promise<boolean> {
  return (await verify(proof, published)).every((check) => check.holds);
}

describe("the page that checks a draw", () => {
  it("finds a saved proof true", async () => {
    expect(await verify(saved.proof, saved.published)).toHaveLength(6);
    expect(await holds(saved.proof)).toBe(true);
  });

  it.each(Object.entries(forgeries))("finds a forged %s", async (field, value) => {
    expect(await holds({ ...saved.proof, [field]: value })).toBe(false);
  });

  it("finds a draw that was shown to one person alone", async () => {
    const elsewhere = { ...saved.published, draw: { ...saved.published.draw, root: "00".repeat(32) } };
    expect(await holds(saved.proof, elsewhere)).toBe(false);
  });
});
