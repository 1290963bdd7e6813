import { maxDirectories, maxOpeningReads } from "../limits.ts";
import { availableBytes, type ByteSource } from "../source/byte-source.ts";
import { type AheadSource, type HeldRun, readAhead } from "../source/read-ahead.ts";
import { type Directory, readDirectory } from "./directory.ts";
import { fieldsOf } from "./fields.ts";
import { readHeader, type TiffHeader } from "./header.ts";
import { tags } from "./tags.ts";

/**
 * Directories and their arrays are read in runs of this many bytes: the arrays of 4,000 tiles fit after a directory.
 */
const runBytes = 65_536;

/**
 * The first runs take this much together, each at most half of what is left of it, in bytes: levels get smaller, and so do
 * their arrays. Where more directories lie apart, runs have room for one each, and then for a value.
 */
const firstRunsBytes = 3 * runBytes;
const directoryRunBytes = 1024;
const valueRunBytes = 256;

/** The most that is held of what lies apart and was read from the beginning on, in bytes. */
export const mostRunsBytes = firstRunsBytes + maxDirectories * directoryRunBytes + maxOpeningReads * valueRunBytes;

/**
 * libtiff writes each directory after its level's tiles: this many bytes at the end hold those of the smaller levels.
 */
const tailBytes = 262_144;

/** The most reads from the end towards the beginning: as many again are made from the beginning meanwhile. */
const mostStepsBack = 4;

/** The most that is held of what is read from the end of the file that was held before, in bytes. */
export const stepsBackBytes = mostStepsBack * runBytes;

/** Says whether there is memory to hold so many bytes more. */
export type TryHold = (bytes: number) => boolean;

/**
 * Returns the same source for opening one TIFF, read in runs. The first read of what is not held also reads the end of the
 * file, unless that is held. A chain of directories tells the place of the next one only; but where each follows the
 * tiles of its level, the first tile of a level tells where the directory before it ends. So the chain is also
 * read from the end towards the beginning, until both meet: of the directories that are not in the end, two are read
 * at a time. What is read so is only read ahead: the chain alone says what belongs to the file. An end that is not held is
 * read if `tryHold` has memory for it and for all that is read from there. Throws what the source throws.
 */
export function readDirectoriesAhead(source: ByteSource, held: readonly HeldRun[], tryHold: TryHold): ByteSource {
  const ahead = readAhead(source, nextRunBytes, held);
  let isBegun = false;
  return {
    size: source.size,
    version: source.version,
    read(offset, length) {
      const isKnown = ahead.isKnown(offset) || availableBytes(offset, length, source.size) === 0;
      const reading = ahead.read(offset, length);
      if (isKnown || isBegun) return reading;
      isBegun = true;
      // A failure is told to whoever reads what could not be read ahead, which may be nobody.
      readBackwards(ahead, held, tryHold).catch(() => undefined);
      return reading;
    },
  };
}

function nextRunBytes(readBytes: number): number {
  const left = firstRunsBytes - readBytes;
  const leastBytes = left > -maxDirectories * directoryRunBytes ? directoryRunBytes : valueRunBytes;
  return Math.min(runBytes, Math.max(leastBytes, left >> 1));
}

async function readBackwards(ahead: AheadSource, held: readonly HeldRun[], tryHold: TryHold): Promise<void> {
  // Memory is asked for at once: nobody waits for this, and the opening that would give it back may soon have ended.
  const [tail, header] = await Promise.all([readTail(ahead, held, tryHold), readHeader(ahead)]);
  let run = tail;
  for (let step = 0; run !== undefined && step < mostStepsBack; step += 1) {
    const end = await endOfDirectoryBefore(ahead, header, run);
    // Beyond the run the tiles are those of a file that is laid out in another way.
    if (end === undefined || end >= run.offset + runBytes || ahead.isKnown(end - 1)) return;
    const start = Math.max(0, end - runBytes);
    run = await ahead.begin(start, end - start);
  }
}

/** Undefined where the first read of directories is in the tail itself, and where there is no memory for it. */
async function readTail(ahead: AheadSource, held: readonly HeldRun[], tryHold: TryHold): Promise<HeldRun | undefined> {
  const { size } = ahead;
  const known = held.find(({ offset, bytes }) => offset > 0 && offset + bytes.byteLength === size);
  if (known !== undefined) return known;
  const offset = Math.max(0, size - tailBytes);
  if (ahead.isKnown(size - 1) || !tryHold(tailBytes + stepsBackBytes)) return undefined;
  return ahead.begin(offset, size - offset);
}

/** Where the tiles of the first reduced level in a run begin, in bytes: where the directory of the level before it ends. */
async function endOfDirectoryBefore(source: ByteSource, header: TiffHeader, run: HeldRun): Promise<number | undefined> {
  const offset = firstDirectoryIn(run, header);
  if (offset === undefined) return undefined;
  const directory: Directory = await readDirectory(source, header, offset);
  const fields = fieldsOf(source, header, directory);
  return (await fields.number(tags.tileOffsets)) ?? (await fields.number(tags.stripOffsets));
}

/** Finds where the first directory in a run begins that starts with `NewSubfileType` 1, as those of reduced levels do. */
function firstDirectoryIn({ offset, bytes }: HeldRun, { isLittleEndian, isBigTiff }: TiffHeader): number | undefined {
  const entry = new DataView(new ArrayBuffer(isBigTiff ? 16 : 12));
  entry.setUint16(0, tags.newSubfileType, isLittleEndian);
  entry.setUint16(2, long, isLittleEndian);
  if (isBigTiff) entry.setBigUint64(4, 1n, isLittleEndian);
  else entry.setUint32(4, 1, isLittleEndian);
  entry.setUint32(isBigTiff ? 12 : 8, 1, isLittleEndian);
  const wanted = new Uint8Array(entry.buffer);
  const countBytes = isBigTiff ? 8 : 2;
  for (let at = bytes.indexOf(wanted[0] ?? 0, countBytes); at >= 0; at = bytes.indexOf(wanted[0] ?? 0, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return offset + at - countBytes;
  }
  return undefined;
}

/** The field type of an unsigned integer of 4 bytes. */
const long = 4;
