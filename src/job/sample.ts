import { createHash } from "node:crypto";

/**
 * Says whether a key is in a sample of so many hundredths of all. It depends on nothing but the key: the same share is the
 * same keys every time, and a larger one has those of a smaller one in it.
 */
export function isInSample(key: string, percent: number): boolean {
  return createHash("sha256").update(key).digest().readUInt32BE() / 2 ** 32 < percent / 100;
}
