import sharp from "sharp";
import { soleAdmission } from "../../src/budget/admission.ts";
import { concatenate } from "../../src/bytes.ts";
import { IsolateCache } from "../../src/cache/isolate.ts";
import type { ColorTable } from "../../src/color/table.ts";
import { colorTreatment, findColorTable } from "../../src/colors.ts";
import { canonicalise } from "../../src/iiif/canonical.ts";
import { parseRequest } from "../../src/iiif/request.ts";
import { openImage } from "../../src/masters/image.ts";
import { compileSettings } from "../../src/node/compiled-modules.ts";
import { isGray, seenSize } from "../../src/pyramid/pyramid.ts";
import { Kernel } from "../../src/raster/kernel.ts";
import { drawImage } from "../../src/render/draw.ts";
import { planRender, type RenderPlan } from "../../src/render/plan.ts";
import { countReads } from "../../src/source/counting.ts";
import { memorySource } from "../../src/source/memory.ts";
import { kernelModule } from "./kernel.ts";
import { lcmsModule } from "./lcms.ts";

const settings = compileSettings({ jpegQuality: 90, webpQuality: 90 });

/** A picture drawn in a test: its plan, what it took, and its encoded bytes. */
export interface Drawn {
  readonly plan: RenderPlan;
  readonly encoded: Uint8Array;
  /** The size that the kernel's memory had grown to, in bytes. */
  readonly kernelBytes: number;
  /** Reads of the file once it is open, and the bytes they returned. */
  readonly reads: number;
  readonly readBytes: number;
}

/** Draws a request such as `full/100,/0/default.png` of a file in memory, its colours brought to sRGB. */
export async function drawTiff(file: Uint8Array, path: string, page = 1): Promise<Drawn> {
  const counts = { reads: 0, bytes: 0 };
  const unread = memorySource(file);
  const warn = (): void => undefined;
  const opening = { source: unread, prefix: file.subarray(0, 32_768), page, keepsBlocks: false, warn };
  const master = await openImage(opening);
  const { pyramid } = master;
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  const limits = { maxWidth: 50_000, maxHeight: 50_000, maxArea: 1_000_000_000 };
  const image = { ...seenSize(pyramid), isGray: isGray(pyramid) };
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, 3);
  const canonical = canonicalise(request, image, { limits, isStrictConfined: false });
  const { isProfiled } = colorTreatment(master, canonical, "convert");
  const plan = planRender(canonical, pyramid, { sourceSize: unread.size, isProfiled });
  if (plan.kind === "copy") throw new Error("this request copies a tile");
  const kernel = new Kernel(kernelModule, plan.cost.peakBytes);
  const tables = { kept: new IsolateCache<ColorTable>(1 << 22), module: lcmsModule, warn, admission: soleAdmission() };
  const { model } = pyramid.levels[0].encoding;
  const table = plan.colors.isManaged ? await findColorTable(tables, model, master.profile) : undefined;
  const inputs = { kernel, source: countReads(unread, counts), settings, table, envelope: {} };
  const pieces: Uint8Array[] = [];
  for await (const piece of drawImage(plan, inputs)) pieces.push(piece);
  const kernelBytes = kernel.exports.memory.buffer.byteLength;
  return { plan, encoded: concatenate(pieces), kernelBytes, reads: counts.reads, readBytes: counts.bytes };
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
  let most = 0;
  for (let at = 0; at < a.samples.length; at += 1) {
    most = Math.max(most, Math.abs(a.samples[at]! - (b.samples[at] ?? 0)));
  }
  return most;
}
