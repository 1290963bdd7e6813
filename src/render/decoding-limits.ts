import { maxDecodedBytes, maxJpeg2000Pixels, maxReadBytesPerRender, maxWebpPixels } from "../limits.ts";
import type { Level } from "../pyramid/level.ts";
import { partsOf } from "../pyramid/tile-encoding.ts";
import type { Batch } from "./batches.ts";
import { type Remedy, refuseAbove } from "./cost.ts";

/** Compressions whose decoders take far longer than the others, with how many pixels of each one rendering may decode. */
const slowPixels = { webp: maxWebpPixels, jpeg2000: maxJpeg2000Pixels } as const;

/**
 * Refuses a drawing whose tiles come to more than one rendering may decode, however little of the file they take: tiles
 * may share their bytes, samples may be of 8 bytes, and some decoders are slow. Throws `render-too-costly`.
 */
export function refuseMuchWork(
  { encoding, tileWidth, tileLength }: Level,
  batches: readonly Batch[],
  remedy?: Remedy,
): void {
  const tiles = batches.flatMap(({ tileRows }) => tileRows.flatMap((row) => row.tiles));
  const ranges = tiles.flatMap(({ ranges: parts = [] }) => parts);
  const { compression, layout } = encoding;
  const pixels = (ranges.length / partsOf(encoding)) * tileWidth * tileLength;
  const compressedBytes = ranges.reduce((sum, { length }) => sum + length, 0);
  const decodedBytes = (pixels * layout.samplesPerPixel * layout.bits) / 8;
  const isSlow = compression === "webp" || compression === "jpeg2000";
  const limits = [
    ["bytes of compressed tiles", compressedBytes, maxReadBytesPerRender],
    ["bytes of samples", decodedBytes, maxDecodedBytes],
    ...(isSlow ? [[`pixels of ${compression}`, pixels, slowPixels[compression]] as const] : []),
  ] as const;
  refuseAbove(limits, remedy);
}
