import { quantisationOf } from "../codec/jpeg/coder.ts";
import { openTileDecoder } from "../codec/open-tile-decoder.ts";
import { ImageError } from "../error.ts";
import { isSameSize } from "../geometry.ts";
import { openImage, prefixBytes } from "../masters/image.ts";
import type { Level } from "../pyramid/level.ts";
import { tileRanges } from "../pyramid/tile-index.ts";
import type { Kernel } from "../raster/kernel.ts";
import { subsamplingOf } from "../raster/raster.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { SpilledTile } from "./spill.ts";
import { planesOfForm } from "./tile-form.ts";
import { quarterMeans } from "./tile-means.ts";
import type { RemakeWork } from "./work.ts";

/** What a master is verified against: the tiles that were made of each level, row by row. */
export interface Verification {
  readonly tiles: readonly (readonly SpilledTile[])[];
  /** Which tiles are decoded: all, or the first, middle and last of each level. */
  readonly extent: "all" | "sample";
}

/** Kernel memory for decoding a tile, in bytes. */
const decodingBytes = 16 << 20;

/**
 * Verifies a master before it is written: this service opens it as the levels that were planned, upright and in sRGB, its
 * tiles have the lengths that were made, and show what they showed before they were compressed. Throws
 * `remake-unverified`, and what reading throws.
 */
export async function verifyAssembled(work: RemakeWork, master: ByteSource, verification: Verification): Promise<void> {
  try {
    await verify(work, master, verification);
  } catch (error) {
    const isOfReader = error instanceof ImageError && error.code.startsWith("source-mal");
    throw isOfReader ? unverified(error.detail ?? error.message, error) : error;
  }
}

async function verify(work: RemakeWork, master: ByteSource, { tiles, extent }: Verification): Promise<void> {
  const { levels: planned } = work.plan;
  const prefix = await master.read(0, prefixBytes);
  const { pyramid, profile, warnings } = await openImage({ source: master, prefix, policy: "none" });
  const areSame = pyramid.levels.every((level, index) => isSameSize(level, planned[index] ?? { width: 0, height: 0 }));
  if (pyramid.levels.length !== planned.length || !areSame)
    throw unverified("its levels are not those that were planned");
  if (pyramid.orientation !== 1 || profile !== undefined || warnings.length > 0)
    throw unverified("it is not upright sRGB");
  for (const [index, level] of pyramid.levels.entries()) {
    const made = tiles[index] ?? [];
    const isWhole = made.length === level.byteCounts.length;
    if (!isWhole || made.some(({ length }, tile) => level.byteCounts[tile] !== length)) {
      throw unverified(`tiles of level ${index} have other lengths`);
    }
    for (const tile of extent === "all" ? made.keys() : sampleOf(made.length)) {
      await verifyTile(work, { level, master, tile, means: made[tile]?.means ?? [] });
    }
  }
}

function sampleOf(count: number): Iterable<number> {
  return new Set([0, Math.floor(count / 2), count - 1]);
}

interface VerifiedTile {
  readonly level: Level;
  readonly master: ByteSource;
  readonly tile: number;
  readonly means: readonly number[];
}

async function verifyTile(work: RemakeWork, { level, master, tile, means }: VerifiedTile): Promise<void> {
  const place = { column: tile % level.columns, row: Math.floor(tile / level.columns) };
  const [range] = tileRanges(level, place, master.size) ?? [];
  if (range === undefined) throw unverified(`tile ${tile} was not written`);
  const bytes = await master.read(range.offset, range.length);
  const kernel = work.tools.kernels.take(decodingBytes);
  const found = await decodedMeans(kernel, work, { level, bytes });
  work.tools.kernels.giveBack(kernel);
  const difference = Math.max(...means.map((mean, index) => Math.abs(mean - (found[index] ?? 1000))));
  if (found.length === means.length && difference <= toleranceOf(work)) return;
  throw unverified(`tile ${tile} of the level of ${level.width} by ${level.height} is off by ${difference}`);
}

async function decodedMeans(
  kernel: Kernel,
  { plan }: RemakeWork,
  { level, bytes }: { readonly level: Level; readonly bytes: Uint8Array },
): Promise<readonly number[]> {
  const decoder = openTileDecoder(kernel, { level, reduction: 1 }, bytes);
  const planes = Array.from({ length: decoder.planeCount }, (_, index) => {
    const { x, y } = subsamplingOf(decoder, index);
    return kernel.allocatePlane(level.tileWidth / x, level.tileLength / y);
  });
  const missing = await decoder.decodeInto(kernel, { parts: [bytes], rows: level.tileLength }, planes);
  if (missing !== undefined) throw unverified("a tile of it is damaged");
  if (planes.length !== planesOfForm(plan.tiles.form).length) throw unverified("a tile of it has other samples");
  return quarterMeans(kernel, planes);
}

/** What a mean may differ by that codecs keep best, besides the step that the first coefficient is rounded to. */
const lossySteps = 2;

/** WebP divides more coarsely the lower the quality, and converts colours for itself. */
const webpSteps = 6;

function toleranceOf({ plan }: RemakeWork): number {
  const { compression, quality } = plan.tiles.treatment;
  if (compression === "deflate") return 0;
  const [luma, chroma] = quantisationOf(quality);
  const step = Math.max(luma[0] ?? 0, chroma[0] ?? 0) / 8;
  return (compression === "webp" ? webpSteps : lossySteps) + step;
}

/** Returns the error for a converted image that is not what it should be; `what` says so for the log. */
export function unverified(what: string, cause?: unknown): ImageError {
  return new ImageError("remake-unverified", "The converted image does not show what it was made of.", {
    hint: "Please report this with the image.",
    detail: what,
    cause,
  });
}
