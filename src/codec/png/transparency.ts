import type { Kernel } from "../../raster/kernel.ts";
import { applyPalette } from "../../raster/palette.ts";
import type { Plane } from "../../raster/raster.ts";
import { type PngHeader, pngHeaderBytes, pngSamples, readPngChunk } from "./reader.ts";
import type { PngRows } from "./rows.ts";

/** What tRNS says: the opacity of each index, or the one transparent colour, one number per sample. */
export type PngTransparency =
  | { readonly kind: "indexes"; readonly alphas: Uint8Array }
  | { readonly kind: "color"; readonly samples: readonly number[] };

/**
 * Finds tRNS before the image data of a whole file; undefined if there is none, or one that its colour type must not
 * have. Throws `source-malformed`. Source: W3C PNG specification, third edition, 11.3.1.1.
 */
export function findPngTransparency(bytes: Uint8Array, header: PngHeader): PngTransparency | undefined {
  for (let at = pngHeaderBytes; at + 8 <= bytes.byteLength; ) {
    const { type, start, end } = readPngChunk(bytes.subarray(at), at);
    if (type === "IDAT") return undefined;
    if (type === "tRNS") return parsePngTransparency(bytes.subarray(start, end), header);
    at = end + 4;
  }
  return undefined;
}

/** Parses the data of tRNS; undefined if its colour type must not have it. */
export function parsePngTransparency(data: Uint8Array, { colorType }: PngHeader): PngTransparency | undefined {
  if (colorType === 3)
    return data.byteLength > 0 && data.byteLength <= 256 ? { kind: "indexes", alphas: data } : undefined;
  const count = pngSamples[colorType];
  if (colorType > 3 || data.byteLength !== 2 * count) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { kind: "color", samples: Array.from({ length: count }, (_, sample) => view.getUint16(2 * sample)) };
}

/** Writes the opacity of indexes in a plane of the same size to `alpha`. Throws `render-memory`. */
export function lookUpAlpha(
  kernel: Kernel,
  index: Plane,
  { alphas, alpha }: { alphas: Uint8Array; alpha: Plane },
): void {
  const table = new Uint8Array(3 * 256).fill(255);
  for (let channel = 0; channel < 3; channel += 1) table.set(alphas, channel * 256);
  applyPalette(kernel, index, table, [alpha, alpha, alpha]);
}

/** Makes pixels of one colour transparent and the others opaque, as far as `alpha` has rows and columns. */
export function keyColor(
  kernel: Kernel,
  { pointer, stride, count }: PngRows,
  { bits, samples, alpha }: { readonly bits: number; readonly samples: readonly number[]; readonly alpha: Plane },
): void {
  const { bytes } = kernel;
  const most = 2 ** bits - 1;
  for (let row = 0; row < Math.min(count, alpha.height); row += 1) {
    const from = pointer + row * stride;
    const to = alpha.pointer + row * alpha.stride;
    for (let column = 0; column < alpha.width; column += 1) {
      let isKey = true;
      for (let sample = 0; sample < samples.length && isKey; sample += 1) {
        const bit = (column * samples.length + sample) * bits;
        const word = (bytes[from + (bit >> 3)]! << 8) | bytes[from + (bit >> 3) + 1]!;
        isKey = ((word >> (16 - bits - (bit & 7))) & most) === samples[sample];
      }
      bytes[to + column] = isKey ? 0 : 255;
    }
  }
}
