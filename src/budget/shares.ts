import { maxKeptBytes, maxPeakBytes } from "../limits.ts";

/** The shares of the memory that is lent. */
export const shares = ["tiles", "pictures", "openings", "kernels", "draws", "streams", "bodies", "copies"] as const;

/**
 * What memory is lent for. Each share has its own limit, so that none can take what another needs:
 * - `tiles`: compressed tiles of what a viewer asks by the hundred, while they are read.
 * - `pictures`: compressed tiles of other small drawings.
 * - `openings`: what is read before it is known what an answer costs: heads of masters, records of images.
 * - `kernels`: the kernel of a small drawing, once its tiles are there.
 * - `draws`: everything a large drawing needs, its body included, and the opening of masters with large indexes.
 * - `streams`: everything a streamed picture needs.
 * - `bodies`: encoded bytes of small drawings on their way to clients.
 * - `copies`: encoded bytes on their way from caches and to them.
 */
export type Share = (typeof shares)[number];

/** How much a share may lend. */
export interface ShareLimit {
  /** The most it lends, in bytes. A loan larger than this is lent alone. */
  readonly limitBytes: number;
  /** Shares that have a common limit, in addition to their own. */
  readonly pool: Pool;
  /**
   * A loan of up to this many bytes keeps its place in line: later ones do not overtake it. Everything else the pool
   * lends leaves room for it, so the line moves.
   */
  readonly guaranteedBytes: number;
}

/** The pool that shares are joined to: the share that has all of it while the others lend nothing. */
export type Pool = Extract<Share, "tiles" | "kernels" | "draws" | "bodies">;

/** Pools whose loans large drawings take. All others are for what is small, and nothing large ever takes from them. */
export const largePools: readonly Pool[] = ["draws"];

const megabyte = 1 << 20;

/** The most that is read at once of what is small, in bytes. */
const readBytes = 6 * megabyte;

/** Six heads of masters are read at once. */
const openingsBytes = 3 * megabyte;

/** What is left of it is for tiles alone. */
const picturesBytes = 2 * megabyte;

/** The most that drawings and streams together may take, in bytes. */
const drawingBytes = maxPeakBytes;

/** Streams wait for their clients. Everything else must have room next to them. */
const streamBytes = 24 * megabyte;

/**
 * What small requests that wait may keep of the memory of large drawings, while nobody has taken it: so that a thousand may
 * ask for tiles at once.
 */
export const spareBytes = 13 * megabyte;

/** The pool that has it. */
export const sparePool: Pool = "draws";

/** Bodies of small drawings, and copies to and from caches, which may wait for a client as long as it likes. */
const sentBytes = 8 * megabyte;

/** The largest copy is as large as what caches keep. */
const copiesBytes = maxKeptBytes;

/** The shares of an isolate; `isolate-memory.ts` adds up what an isolate holds in total. */
export const shareLimits: Readonly<Record<Share, ShareLimit>> = {
  tiles: { limitBytes: readBytes, pool: "tiles", guaranteedBytes: readBytes - openingsBytes - picturesBytes },
  pictures: { limitBytes: picturesBytes, pool: "tiles", guaranteedBytes: picturesBytes },
  openings: { limitBytes: openingsBytes, pool: "tiles", guaranteedBytes: openingsBytes },
  kernels: { limitBytes: 8 * megabyte, pool: "kernels", guaranteedBytes: 8 * megabyte },
  draws: { limitBytes: drawingBytes, pool: "draws", guaranteedBytes: drawingBytes - streamBytes - spareBytes },
  streams: { limitBytes: streamBytes, pool: "draws", guaranteedBytes: streamBytes },
  bodies: { limitBytes: sentBytes, pool: "bodies", guaranteedBytes: sentBytes - copiesBytes },
  copies: { limitBytes: copiesBytes, pool: "bodies", guaranteedBytes: copiesBytes },
};

/** Returns a value for each share. */
export function ofEachShare<Value>(make: (share: Share) => Value): Record<Share, Value> {
  return Object.fromEntries(shares.map((share) => [share, make(share)])) as Record<Share, Value>;
}
