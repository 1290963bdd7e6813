import { createVp8Encoder, type Vp8EncodeOptions, vp8KeptBytes } from "../../src/codec/webp/encoder.ts";
import { formatWebp } from "../../src/metadata/webp-container.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { type Samples, storePlane } from "./planes.ts";

/** A picture that was encoded, and what the encoder says that decoders show of it. */
export interface EncodedWebp {
  readonly webp: Buffer;
  /** The frame of VP8 in it, in pieces. */
  readonly frame: readonly Uint8Array[];
  /** Of each row of macroblocks, its last row of pixels: luma, then U and V, in whole macroblocks. */
  readonly lastRows: readonly (readonly [luma: Uint8Array, u: Uint8Array, v: Uint8Array])[];
}

/** How planes are encoded, and what is told of the rows that are coded. */
type WebpOptions = Pick<Vp8EncodeOptions, "quantiser" | "filterLevel"> & {
  readonly after?: (pixels: number) => Promise<void>;
};

/** What the encoder holds below the pixels above a macroblock, and in the end beside them, in bytes. */
const slackBytes = 32;

/** Encodes planes of gray, or of Y, Cb and Cr with halved chroma, a row of macroblocks at a time. Leaves no memory taken. */
export async function encodeWebpPlanes(
  kernel: Kernel,
  samples: readonly Samples[],
  { after, ...options }: WebpOptions,
): Promise<EncodedWebp> {
  const mark = kernel.mark();
  const { width, height } = samples[0]!;
  const model = samples.length === 1 ? "gray" : "ycbcr";
  const keptMaximum = vp8KeptBytes({ width, height }, Number.POSITIVE_INFINITY);
  const encoder = createVp8Encoder(kernel, { width, height, model, keptMaximum, ...options });
  const across = Math.ceil(width / 16);
  const above = mark + kernel.exports.vp8EncoderBytes(0) - slackBytes;
  const planes = samples.map((item) => storePlane(kernel, item));
  const lastRows: EncodedWebp["lastRows"][number][] = [];
  for (let row = 0; row < height; row += 16) {
    const moved = planes.map(({ pointer, stride }, index) => {
      return { pointer: pointer + stride * (index === 0 ? row : row / 2), stride };
    });
    encoder.write({ planes: moved, rows: Math.min(16, height - row) });
    const chroma = kernel.bytes.slice(above + 16 * across + 16, above + 32 * across + 16);
    const part = (first: number) => chroma.filter((_, index) => (index & 8) === first);
    lastRows.push([kernel.bytes.slice(above, above + 16 * across), part(0), part(8)]);
  }
  const frame = await encoder.finish(after);
  kernel.release(mark);
  return { webp: Buffer.concat(formatWebp({ frame, size: { width, height } }, {})), frame, lastRows };
}

/** Returns red, green and blue of a row of YUV whose chroma rows are alike, as libwebp shows them. Source: its yuv.h, upsampling.c. */
export function rgbOfRow([luma, u, v]: EncodedWebp["lastRows"][number], width: number): Uint8Array {
  const chromaAt = (plane: Uint8Array, x: number): number => {
    if (x === 0 || (width % 2 === 0 && x === width - 1)) return plane[x >> 1]!;
    const [left, right] = [plane[(x - 1) >> 1]!, plane[(x + 1) >> 1]!];
    return (((4 * left + 4 * right + 8) >> 3) + (x % 2 === 1 ? left : right)) >> 1;
  };
  const product = (value: number, factor: number): number => (value * factor) >> 8;
  const clip = (value: number): number => Math.min(Math.max(value >> 6, 0), 255);
  const pixels = Array.from({ length: width }, (_, x) => {
    const [y, cb, cr] = [product(luma[x]!, 19077), chromaAt(u, x), chromaAt(v, x)];
    return [
      clip(y + product(cr, 26149) - 14234),
      clip(y - product(cb, 6419) - product(cr, 13320) + 8708),
      clip(y + product(cb, 33050) - 17685),
    ];
  });
  return Uint8Array.from(pixels.flat());
}
