import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import sharp from "sharp";
import { concatenate } from "../../src/bytes.ts";
import { cmykTable } from "../../src/color/cmyk-table.ts";
import { labTable } from "../../src/color/lab-table.ts";
import { canonicalise } from "../../src/iiif/canonical.ts";
import { parseRequest } from "../../src/iiif/request.ts";
import { Kernel } from "../../src/raster/kernel.ts";
import { drawImage } from "../../src/render/draw.ts";
import { planRender, type RenderPlan, seenSize } from "../../src/render/plan.ts";
import { memorySource } from "../../src/source/memory.ts";
import { isGray, openPyramid } from "../../src/tiff/pyramid.ts";
import { kernelModule } from "./kernel.ts";

const packages = resolve(import.meta.dirname, "../../node_modules");
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;
const compile = (path: string): WebAssembly.Module => new Module(readFileSync(resolve(packages, path)));
const settings = {
  jpegQuality: 90,
  webpQuality: 90,
  webpModule: compile("@jsquash/webp/codec/enc/webp_enc_simd.wasm"),
  modules: {
    webpDecoder: compile("@jsquash/webp/codec/dec/webp_dec.wasm"),
    jpeg2000Decoder: compile("@cornerstonejs/codec-openjpeg/dist/openjpegwasm_decode.wasm"),
  },
};

/** A picture drawn in a test: its plan, what it took, and its pixels as another decoder sees them. */
export interface Drawn {
  readonly plan: RenderPlan;
  readonly encoded: Uint8Array;
  /** What the kernel's memory had grown to, in bytes. */
  readonly kernelBytes: number;
}

/** Draws a request such as `full/100,/0/default.png` of a TIFF in memory. */
export async function drawTiff(file: Uint8Array, path: string): Promise<Drawn> {
  const source = memorySource(file);
  const pyramid = await openPyramid(source);
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  const limits = { maxWidth: 50_000, maxHeight: 50_000, maxArea: 1_000_000_000 };
  const image = { ...seenSize(pyramid), isGray: isGray(pyramid) };
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, 3);
  const canonical = canonicalise(request, image, { limits, isStrictConfined: false });
  const plan = planRender(canonical, pyramid, { sourceSize: source.size, isProfiled: false });
  if (plan.kind === "copy") throw new Error("this request copies a tile");
  const kernel = new Kernel(kernelModule, plan.cost.peakBytes);
  const pieces: Uint8Array[] = [];
  const table = plan.colors.source === "cmyk" ? cmykTable() : plan.colors.source === "lab" ? labTable() : undefined;
  for await (const piece of drawImage(plan, { kernel, source, settings, table, envelope: {} })) pieces.push(piece);
  return { plan, encoded: concatenate(pieces), kernelBytes: kernel.exports.memory.buffer.byteLength };
}

/** Pixels as sharp decodes them, interleaved. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly samples: Uint8Array;
}

/** Decodes an encoded picture with sharp, an independent decoder. */
export async function decode(encoded: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(encoded).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, samples: data };
}

/** Returns the largest difference of two pictures' samples; infinite where they differ in shape. */
export function largestDifference(a: Pixels, b: Pixels): number {
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels) return Number.POSITIVE_INFINITY;
  return a.samples.reduce((most, sample, index) => Math.max(most, Math.abs(sample - (b.samples[index] ?? 0))), 0);
}
