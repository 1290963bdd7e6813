import { waitingRequestBytes } from "../budget/isolate-memory.ts";
import type { Loan } from "../budget/lease.ts";
import { maxBlockBytes } from "../limits.ts";
import { pyramidBytes } from "../pyramid/pyramid-record.ts";
import type { RemakePlan } from "../remake/plan.ts";
import type { RemakeWork } from "../remake/work.ts";

/** An object of the scratch, or a part on its way, in bytes. */
const scratchBytes = 8 << 20;

/** Decoding a tile to verify it: a kernel, and what it is read from, in bytes. */
const verifyingBytes = 20 << 20;

/** Lossy tiles of so many pixels, of no higher quality, come to an object of the scratch. */
const mostHeldPixels = 12 << 20;
const mostHeldQuality = 92;

/** About how long a conversion uses the processor, in milliseconds: short work overtakes it in line. */
const costMilliseconds = 10_000;

/** A repacking: levels that are compared, an object that is put together and one that is read, and a part on its way. */
export const repackLoan: Loan = {
  share: "draws",
  bytes: maxBlockBytes + 3 * scratchBytes,
  costMilliseconds,
};

/** Says whether tiles of a master come to so little that they are held, in place of objects of the scratch. Never throws. */
export function isSmall({ levels: [{ width, height }], settings: { compression, quality } }: RemakePlan): boolean {
  return width * height <= mostHeldPixels && compression !== "deflate" && quality <= mostHeldQuality;
}

/**
 * Returns what making a master takes: a block, or what it is verified in; an object of the scratch that is put together and one
 * that is read, and a part on its way, or the tiles that are held in their place; and its source's directories. Never throws.
 */
export function makingLoan({ plan, source: { pyramid } }: RemakeWork, tiles: "held" | "spilled"): Loan {
  const blockBytes = Math.max(verifyingBytes, plan.topBytes ?? 0, ...plan.blocks.map(({ bytes }) => bytes));
  const [{ width, height }] = plan.levels;
  const tileBytes = tiles === "held" ? Math.ceil((scratchBytes * width * height) / mostHeldPixels) : scratchBytes;
  const index = pyramidBytes(pyramid);
  const bytes = blockBytes + 3 * tileBytes + index;
  return { share: "draws", bytes, costMilliseconds, waitingBytes: waitingRequestBytes + index };
}
