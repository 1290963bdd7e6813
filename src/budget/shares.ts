import { maxPeakBytes } from "../limits.ts";

/**
 * What memory is lent for. Each share has its own limit, so that none can take what another needs:
 * - `tiles`: compressed tiles of small drawings, while they are read.
 * - `kernels`: the kernel of a small drawing, once its tiles are there.
 * - `draws`: everything a large drawing needs, and the opening of masters with large indexes.
 * - `streams`: everything a streamed picture needs.
 * - `bodies`: encoded bytes on their way to clients and caches.
 */
export type Share = "tiles" | "kernels" | "draws" | "streams" | "bodies";

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

/** The pool that shares are joined to. */
export type Pool = Exclude<Share, "streams">;

const megabyte = 1 << 20;

/** The most that drawings and streams together may take, in bytes. */
const drawingBytes = maxPeakBytes;

/** Streams wait for their clients. Everything else must have room next to them. */
const streamBytes = 24 * megabyte;

/** The shares of an isolate; `isolate-memory.ts` adds up what an isolate holds in total. */
export const shareLimits: Readonly<Record<Share, ShareLimit>> = {
  tiles: { limitBytes: 6 * megabyte, pool: "tiles", guaranteedBytes: 6 * megabyte },
  kernels: { limitBytes: 8 * megabyte, pool: "kernels", guaranteedBytes: 8 * megabyte },
  draws: { limitBytes: drawingBytes, pool: "draws", guaranteedBytes: drawingBytes - streamBytes },
  streams: { limitBytes: streamBytes, pool: "draws", guaranteedBytes: streamBytes },
  bodies: { limitBytes: 6 * megabyte, pool: "bodies", guaranteedBytes: 6 * megabyte },
};
