import { concat, sha256, utf8 } from "./place";

/** The answer to a puzzle: a number behind it, so that their SHA-256 begins with so many zeros. Takes some seconds. */
export async function solve(puzzle: string, bits: number, signal: AbortSignal): Promise<string> {
  for (let number = 0; !signal.aborted; number++) {
    const answer = `${puzzle}.${number}`;
    if (zeros(await sha256(concat(utf8(answer)))) >= bits) return answer;
  }
  throw new DOMException("The page was left", "AbortError");
}

function zeros(digest: Uint8Array): number {
  const first = digest.findIndex((byte) => byte !== 0);
  return first < 0 ? 8 * digest.length : 8 * first + Math.clz32(digest[first] as number) - 24;
}
