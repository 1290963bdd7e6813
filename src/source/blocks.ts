import { concatenate } from "../bytes.ts";
import { availableBytes, type ByteSource } from "./byte-source.ts";

/** How a source is read in blocks. */
export interface BlockReading {
  readonly blockBytes: number;
  /** Blocks that are held at most. */
  readonly mostHeld: number;
}

/**
 * Returns the same source, which reads whole blocks and answers from those that it used last: tiles that are asked for in
 * the order in which they are stored take a read for many of them. Reads longer than a block are made as they are. Its
 * reads throw what the source throws.
 */
export function readInBlocks(source: ByteSource, { blockBytes, mostHeld }: BlockReading): ByteSource {
  const blocks = new Map<number, Promise<Uint8Array>>();
  const read = (index: number): Promise<Uint8Array> => {
    const offset = index * blockBytes;
    const block = blocks.get(index) ?? source.read(offset, availableBytes(offset, blockBytes, source.size));
    blocks.delete(index);
    blocks.set(index, block);
    const [oldest] = blocks.keys();
    if (blocks.size > mostHeld && oldest !== undefined) blocks.delete(oldest);
    // One that failed is read again by who asks next.
    block.catch(() => blocks.delete(index));
    return block;
  };
  return {
    size: source.size,
    version: source.version,
    async read(offset, length) {
      const wanted = availableBytes(offset, length, source.size);
      if (wanted === 0 || wanted > blockBytes) return source.read(offset, length);
      const first = Math.floor(offset / blockBytes);
      const last = Math.floor((offset + wanted - 1) / blockBytes);
      const parts = await Promise.all(first === last ? [read(first)] : [read(first), read(last)]);
      const from = offset - first * blockBytes;
      return concatenate(parts).subarray(from, from + wanted);
    },
  };
}
