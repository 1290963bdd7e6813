import { shareLimits } from "./shares.ts";

const megabyte = 1 << 20;

/** What an isolate may use in total, in bytes. Source: Cloudflare Workers limits, memory. */
export const isolateBytes = 128 * megabyte;

/** What may be kept between requests, in bytes. */
export const keptLimits = {
  /** Parsed masters: the largest possible index (`maxTilesPerMaster`), or a few hundred usual ones. */
  masters: 19 * megabyte,
  /** Conversions of colour profiles: some seven of them. */
  colorTables: 3 * megabyte,
  /** Decoded marks: the largest possible, or many usual ones. */
  marks: 1.25 * megabyte,
  /** Idle kernels. */
  idleKernels: 3.5 * megabyte,
  /** Filter weights: those of some twenty thumbnails and tiles of different sizes. */
  weights: megabyte / 2,
  /** What is remembered of pictures that were drawn, 256 bytes for each. */
  derivatives: megabyte / 2,
  /** Where images have gone, and that some are not there: some hundreds of them. */
  moves: megabyte / 4,
  /** Digests of what all pictures of an image share: those of some hundred masters. */
  digests: megabyte / 8,
  /** Heads of copied tiles: one of a level takes one or two thousand bytes, with a profile some more. */
  tileHeads: megabyte / 4,
  /** Who may see which image, and which pages of objects: some thousands of them, and the rules. */
  policies: megabyte,
  /** What is counted of requests, and what of it is being handed over. */
  statistics: megabyte,
} as const;

/**
 * What a request keeps while it waits, in bytes, next to the tiles of its plan: what it was asked, what it has found out, and
 * all that waits for it. V8 in workerd counts 15 to 18 KB for each of a thousand requests for tiles and thumbnails.
 */
export const waitingRequestBytes = 16 << 10;

/** What all requests that wait for memory may keep together, in bytes, whatever is lent: `shares.ts` has what more they may. */
export const maxWaitingBytes = 3.5 * megabyte;

/**
 * How much of it large drawings may keep, in bytes: a hundred that ask for 1,024 pixels. What is small finds a place in
 * line however many of them wait.
 */
export const maxLargeWaitingBytes = 2.25 * megabyte;

/** How much of that streams may keep, in bytes: those whose clients do not read keep no other drawing out of its line. */
export const maxStreamsWaitingBytes = 1.5 * megabyte;

/** What is left for code and small objects of requests, in bytes. */
const codeBytes = 8 * megabyte;

/** The most that an isolate holds, by purpose, in bytes. Streams use part of the share of drawings. */
export const isolateMemory: Readonly<Record<string, number>> = {
  "code, and small objects of requests": codeBytes,
  "opened masters": keptLimits.masters,
  "conversions of colour profiles": keptLimits.colorTables,
  "decoded marks": keptLimits.marks,
  "kernels that nobody uses": keptLimits.idleKernels,
  "filter weights": keptLimits.weights,
  "what is known of pictures, and of images that have gone":
    keptLimits.derivatives + keptLimits.moves + keptLimits.digests + keptLimits.tileHeads,
  "who may see which image": keptLimits.policies,
  "counts of requests": keptLimits.statistics,
  "compressed tiles of small drawings, and openings": shareLimits.tiles.limitBytes,
  "kernels of small drawings": shareLimits.kernels.limitBytes,
  "large drawings, streams, large indexes": shareLimits.draws.limitBytes,
  "bodies that are being sent or stored": shareLimits.bodies.limitBytes,
  "requests that wait": maxWaitingBytes,
};
