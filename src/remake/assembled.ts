import { copyRuns } from "../layout/copy-runs.ts";
import type { MasterLayout } from "../layout/layout.ts";
import { availableBytes, type ByteSource } from "../source/byte-source.ts";

/** A file that is laid out, and where its tiles are until it is written: `read` knows them by the places of the layout. */
export interface AssembledFile {
  readonly layout: MasterLayout;
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
}

/** Tiles that lie together are read in runs of at most this many bytes. */
const runBytes = 4 << 20;

/**
 * Yields a file from its first byte to its last: head, tiles in the order of the layout, tail. Tiles that lie together are
 * read together. Throws what reading throws, and RangeError where less comes than was asked for.
 */
export async function* assembledBytes({ layout, read }: AssembledFile): AsyncGenerator<Uint8Array> {
  yield layout.head;
  for (const { offset, length } of copyRuns(layout, runBytes)) {
    const bytes = await read(offset, length);
    if (bytes.byteLength !== length) throw new RangeError(`${bytes.byteLength} of ${length} bytes of tiles`);
    yield bytes;
  }
  yield layout.tail;
}

/**
 * Returns a source over a file before it is written, to verify it by: every byte is where it will be. Reads of tiles go to
 * where they are now.
 */
export function assembledSource({ layout, read }: AssembledFile, version: string): ByteSource {
  const { head, copies, tail, size } = layout;
  const count = copies.offsets.length;
  /** Where each tile begins in the file, and where the last one ends. */
  const starts = new Float64Array(count + 1).fill(head.byteLength);
  for (let index = 0; index < count; index += 1) {
    starts[index + 1] = (starts[index] ?? 0) + (copies.byteCounts[index] ?? 0);
  }
  const tailFrom = size - tail.byteLength;
  const readPart = async (offset: number, most: number): Promise<Uint8Array> => {
    if (offset < head.byteLength) return head.subarray(offset, offset + most);
    if (offset >= tailFrom) return tail.subarray(offset - tailFrom, offset - tailFrom + most);
    const index = lastAtMost(starts, offset);
    const start = starts[index] ?? 0;
    const length = Math.min(most, start + (copies.byteCounts[index] ?? 0) - offset);
    return read((copies.offsets[index] ?? 0) + offset - start, length);
  };
  return {
    size,
    version,
    async read(offset, length) {
      const bytes = new Uint8Array(availableBytes(offset, length, size));
      for (let at = 0; at < bytes.byteLength; ) {
        const part = await readPart(offset + at, bytes.byteLength - at);
        if (part.byteLength === 0) throw new RangeError(`no bytes at ${offset + at}`);
        bytes.set(part, at);
        at += part.byteLength;
      }
      return bytes;
    },
  };
}

/** Returns the index of the last of ascending numbers that is not above a number, but for the very last. */
function lastAtMost(ascending: Float64Array, number: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= number) low = middle;
    else high = middle;
  }
  return low;
}
