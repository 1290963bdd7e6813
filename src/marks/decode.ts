import { concatenate } from "../bytes.ts";
import { isPng, readPngHeader } from "../codec/png/reader.ts";
import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import { maxMarkPixels } from "../limits.ts";
import { openImage, prefixBytes } from "../masters/image.ts";
import { interleaveRgba } from "../raster/color.ts";
import type { Raster } from "../raster/raster.ts";
import { damagedImage } from "../render/damage.ts";
import { drawStrips } from "../render/draw.ts";
import type { Kernels } from "../render/kernels.ts";
import type { DecodedMark } from "../render/marks.ts";
import type { Output } from "../render/output.ts";
import { planStrips } from "../render/plan.ts";
import { memorySource } from "../source/memory.ts";

/** Reads the size of a mark from its file. Throws `source-malformed` for what is no PNG or has more pixels than a mark may have. */
function sizeOfMark(bytes: Uint8Array): Size {
  if (!isPng(bytes)) throw refused("it is no PNG");
  const { width, height } = readPngHeader(bytes);
  if (width * height > maxMarkPixels) {
    throw refused(`it has ${width} by ${height} pixels, and may have ${maxMarkPixels} in all`);
  }
  return { width, height };
}

/**
 * Decodes the file of a mark, as masters are decoded: any PNG. Its colours are taken to be sRGB. Throws `source-malformed`
 * for one that is broken or too large, even in part, `source-unsupported`, `render-memory`.
 */
export async function decodeMark(kernels: Kernels, bytes: Uint8Array): Promise<DecodedMark> {
  const size = sizeOfMark(bytes);
  const source = memorySource(bytes);
  const { pyramid } = await openImage({ source, prefix: bytes.subarray(0, prefixBytes), policy: "none" });
  const request = {
    region: { x: 0, y: 0, ...size },
    size,
    rotation: { isMirrored: false, degrees: 0 },
    quality: "default",
    format: "png",
  } as const;
  const plan = planStrips(request, pyramid, { sourceSize: source.size, isProfiled: false });
  const kernel = kernels.take(plan.cost.peakBytes);
  const output: Output = {
    write: (strip) => [interleaveRgba(kernel, upright(strip))],
    finish: async () => [],
  };
  const rows: Uint8Array[] = [];
  const inputs = { kernel, source, table: undefined, onDamage: refuseDamage };
  for await (const row of drawStrips(plan, inputs, () => output)) rows.push(row);
  kernels.giveBack(kernel);
  return { ...size, samples: concatenate(rows) };
}

/** Returns what decoding a mark takes at most, in bytes: its samples twice, and the kernel. */
export function markDecodingBytes(fileBytes: number): number {
  return fileBytes + 2 * 4 * maxMarkPixels + kernelBytes;
}

/** What the kernel takes for the rows of a PNG of as many pixels as a mark may have, of 16 bits and interlaced. */
const kernelBytes = 8 << 20;

function upright(strip: Raster) {
  if (strip.model !== "gray" && strip.model !== "rgb") throw new RangeError(`a mark of ${strip.model}`);
  return strip;
}

function refuseDamage(damage: Parameters<typeof damagedImage>[0]): never {
  throw damagedImage(damage);
}

function refused(detail: string): ImageError {
  return new ImageError("source-malformed", "The picture of a mark can't be used.", { detail });
}
