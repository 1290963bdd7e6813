import sharp from "sharp";
import { soleAdmission } from "../../src/budget/admission.ts";
import { concatenate } from "../../src/bytes.ts";
import { parseRequest } from "../../src/iiif/request.ts";
import { openImage, prefixBytes } from "../../src/masters/image.ts";
import {
  canonicaliseFor,
  type DrawnMaster,
  drawAlone,
  drawPicture,
  type Picture,
  type PictureStyle,
  planPicture,
} from "../../src/picture.ts";
import type { Damage } from "../../src/render/damage.ts";
import type { RenderPlan } from "../../src/render/plan.ts";
import { countReads } from "../../src/source/counting.ts";
import { memorySource } from "../../src/source/memory.ts";
import { openMeasuringTools } from "./drawing-tools.ts";

const style: PictureStyle = { qualities: { jpeg: 90, webp: 90 }, colorProfile: "convert", keepMetadata: "none" };
const limits = { maxWidth: 50_000, maxHeight: 50_000, maxArea: 1_000_000_000 };

/** A picture drawn in a test: its plan, what it took, and its encoded bytes. */
export interface Drawn {
  readonly plan: RenderPlan;
  readonly encoded: Uint8Array;
  /** What it lacks because the file is damaged. */
  readonly damage: Damage | undefined;
  /** The size that the kernel's memory had grown to, in bytes. */
  readonly kernelBytes: number;
  /** Reads of the file once it is open, and the bytes they returned. */
  readonly reads: number;
  readonly readBytes: number;
}

/** Plans a request such as `full/100,/0/default.png` of a master. */
export function planPath(master: DrawnMaster, path: string, asked: PictureStyle = style): Picture {
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, 3);
  return planPicture(master, canonicaliseFor(master, request, { limits, isStrictConfined: false }), asked);
}

/** Draws a request such as `full/100,/0/default.png` of a file in memory, its colours brought to sRGB. */
export async function drawTiff(file: Uint8Array, path: string, page = 1): Promise<Drawn> {
  const image = await openImage({ source: memorySource(file), prefix: file.subarray(0, prefixBytes), page });
  return drawOpened(image, file, path);
}

/** Draws a request of a file that is open. */
export async function drawOpened(image: Omit<DrawnMaster, "source">, file: Uint8Array, path: string): Promise<Drawn> {
  const counts = { reads: 0, bytes: 0 };
  const picture = planPath({ ...image, source: countReads(memorySource(file), counts) }, path);
  const { plan } = picture;
  if (plan.kind === "copy") throw new Error("this request copies a tile");
  const { tools, kernels } = openMeasuringTools();
  const pieces: Uint8Array[] = [];
  let damage: Damage | undefined;
  const onDamage = (found: Damage): void => {
    damage = found;
  };
  for await (const piece of drawAlone(tools, picture, { onDamage })) pieces.push(piece);
  const { kernelBytes } = kernels;
  return { plan, damage, encoded: concatenate(pieces), kernelBytes, reads: counts.reads, readBytes: counts.bytes };
}

/** A picture in whatever way it was made, and the length that was stated before its parts were. */
export interface Made {
  readonly picture: Picture;
  readonly encoded: Uint8Array;
  readonly statedBytes: number | undefined;
  readonly reads: number;
}

/** Makes a picture of a file in memory as the service does, copies of tiles included. */
export async function makePicture(file: Uint8Array, path: string, asked: Partial<PictureStyle> = {}): Promise<Made> {
  const source = memorySource(file);
  const image = await openImage({ source, prefix: file.subarray(0, prefixBytes), page: 1 });
  return makeOfMaster({ ...image, source }, path, asked);
}

/** Makes a picture of a master that is open, as the service does, copies of tiles included. */
export async function makeOfMaster(
  master: DrawnMaster,
  path: string,
  asked: Partial<PictureStyle> = {},
): Promise<Made> {
  const counts = { reads: 0, bytes: 0 };
  const source = countReads(master.source, counts);
  const picture = planPath({ ...master, source }, path, { ...style, ...asked });
  const drawing = { admission: soleAdmission(), log: () => undefined };
  const { body, byteLength } = await drawPicture(openMeasuringTools().tools, picture, drawing);
  const pieces: Uint8Array[] = [];
  if (body instanceof Uint8Array) pieces.push(body);
  else for await (const piece of body) pieces.push(piece);
  return { picture, encoded: concatenate(pieces), statedBytes: byteLength, reads: counts.reads };
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
