import { keepRenewed } from "../budget/renewal.ts";
import { availableBytes, type ByteSource } from "../source/byte-source.ts";
import type { MasterStore } from "./store.ts";

/** First bytes are held while no more than this is lent for tiles, them included, so that nobody waits because of them; in bytes. */
const mostLentBytes = 512 << 10;

/** A source, and how what it holds is given back: from then on it is read from storage alone. */
export interface ReleasedSource {
  readonly source: ByteSource;
  readonly release: () => void;
}

/**
 * Returns the same source, which answers from the first bytes of the file until they are released: tiles that came with them
 * are not read again. Where much is lent for tiles already it is the source as it is.
 */
export function holdFirstBytes(
  { budget, storage: { clock } }: Pick<MasterStore, "budget" | "storage">,
  source: ByteSource,
  bytes: Uint8Array,
): ReleasedSource {
  const isRoom = budget.lentBytes("tiles") + bytes.byteLength <= mostLentBytes;
  const lease = isRoom ? budget.tryTake("tiles", bytes.byteLength) : undefined;
  if (lease === undefined) return { source, release: () => undefined };
  const stop = keepRenewed(clock, lease);
  let held: Uint8Array | undefined = bytes;
  return {
    source: {
      size: source.size,
      version: source.version,
      async read(offset, length) {
        const end = offset + availableBytes(offset, length, source.size);
        return held !== undefined && end <= held.byteLength ? held.subarray(offset, end) : source.read(offset, length);
      },
    },
    release() {
      held = undefined;
      stop();
      lease.release();
    },
  };
}
