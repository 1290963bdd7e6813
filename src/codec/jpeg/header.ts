import { ImageError } from "../../error.ts";
import type { Size } from "../../geometry.ts";
import type { Subsampling } from "../../raster/raster.ts";
import { isFrameCode, type JpegSegment, listJpegSegments } from "./segment-list.ts";

/** How a frame is encoded. */
export type JpegProcess = "baseline" | "extended" | "progressive" | "lossless" | "hierarchical" | "arithmetic";

/** What the kernels decode. */
export const decodedProcesses: readonly JpegProcess[] = ["baseline", "extended", "progressive"];

/** One component of a frame; the sampling factors are blocks per MCU on each axis. */
export interface JpegComponent {
  readonly identifier: number;
  readonly horizontal: number;
  readonly vertical: number;
}

/** The content of a frame header. */
export interface JpegFrame {
  readonly width: number;
  /** 0 if the stream defines it after the first scan. */
  readonly height: number;
  /** Bits a sample. */
  readonly precision: number;
  readonly process: JpegProcess;
  readonly components: readonly JpegComponent[];
}

/** The content of the segments before the first scan. */
export interface JpegHeader extends JpegFrame {
  /** MCUs between restart markers, 0 for none. */
  readonly restartInterval: number;
  /** The transform of the Adobe segment: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobeTransform: number | undefined;
  readonly hasQuantisationTables: boolean;
  readonly hasHuffmanTables: boolean;
}

/**
 * Reads a JPEG stream's segments up to its first scan, without decoding anything. Throws `source-malformed`.
 * Source: ITU-T T.81 B.2.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  return headerOfSegments(bytes, listJpegSegments(bytes));
}

/** Reads the header of a stream whose segments are listed. Throws `source-malformed`. */
export function headerOfSegments(bytes: Uint8Array, segments: readonly JpegSegment[]): JpegHeader {
  let frame: JpegFrame | undefined;
  let restartInterval = 0;
  let adobeTransform: number | undefined;
  let hasQuantisationTables = false;
  let hasHuffmanTables = false;
  for (const { code, start, end } of segments) {
    if (code === 0xdb) hasQuantisationTables = true;
    else if (code === 0xc4) hasHuffmanTables = true;
    else if (code === 0xdd) restartInterval = at16(bytes, start, end);
    else if (code === 0xee) adobeTransform = readAdobeTransform(bytes.subarray(start, end)) ?? adobeTransform;
    else if (isFrameCode(code)) frame = readJpegFrame(code, bytes.subarray(start, end));
  }
  if (frame === undefined) throw damaged("no frame before the first scan");
  return { ...frame, restartInterval, adobeTransform, hasQuantisationTables, hasHuffmanTables };
}

/** Returns the size of an MCU, in pixels: of a scan of all components. Source: ITU-T T.81 A.2. */
export function mcuSize({ components }: Pick<JpegFrame, "components">): Size {
  // The blocks of one component follow each other as if it were not sampled.
  if (components.length === 1) return { width: 8, height: 8 };
  return {
    width: 8 * Math.max(...components.map(({ horizontal }) => horizontal)),
    height: 8 * Math.max(...components.map(({ vertical }) => vertical)),
  };
}

/** How much coarser a component is than the finest: pixels a sample on each axis, 1 to 4. */
export interface JpegSampling {
  readonly x: number;
  readonly y: number;
}

/**
 * Returns how each component of a frame is sampled; undefined where one is coarser by no whole number, which neither
 * libjpeg nor the kernels enlarge. Source: ITU-T T.81 A.1.1.
 */
export function samplingsOf({ components }: Pick<JpegFrame, "components">): readonly JpegSampling[] | undefined {
  const horizontal = Math.max(...components.map((component) => component.horizontal));
  const vertical = Math.max(...components.map((component) => component.vertical));
  const samplings = components.map((component) => ({
    x: horizontal / component.horizontal,
    y: vertical / component.vertical,
  }));
  return samplings.every(({ x, y }) => Number.isInteger(x) && Number.isInteger(y)) ? samplings : undefined;
}

/**
 * Returns how the chroma of YCbCr is sampled if planes can be carried as they are: the first component and any fourth
 * are not subsampled, the second and third both the same. Undefined if components have to be enlarged.
 */
export function carriedSubsampling(samplings: readonly JpegSampling[]): Subsampling | undefined {
  const [first, second, third, ...others] = samplings;
  if (second === undefined || third === undefined) return undefined;
  const isSame = second.x === third.x && second.y === third.y;
  const x = carriedFactors.find((factor) => factor === second.x);
  const y = carriedFactors.find((factor) => factor === second.y);
  const areWhole = [first, ...others].every((sampling) => sampling?.x === 1 && sampling.y === 1);
  return isSame && areWhole && x !== undefined && y !== undefined ? { x, y } : undefined;
}

const carriedFactors = [1, 2, 4] as const;

/**
 * Reads the parameters of a frame header whose marker has `code` as its second byte. Throws `source-malformed`.
 * Source: ITU-T T.81 B.2.2.
 */
export function readJpegFrame(code: number, parameters: Uint8Array): JpegFrame {
  const count = parameters[5] ?? 0;
  if (6 + 3 * count > parameters.length || count === 0) throw damaged("the frame header is too short");
  const components: JpegComponent[] = [];
  for (let at = 6; at < 6 + 3 * count; at += 3) {
    const sampling = parameters[at + 1]!;
    components.push({ identifier: parameters[at]!, horizontal: sampling >> 4, vertical: sampling & 15 });
  }
  if (components.some(({ horizontal, vertical }) => horizontal === 0 || vertical === 0)) throw damaged("no sampling");
  return {
    precision: parameters[0]!,
    height: at16(parameters, 1, parameters.length),
    width: at16(parameters, 3, parameters.length),
    process: processOf(code),
    components,
  };
}

function processOf(code: number): JpegProcess {
  if (code > 0xc8) return "arithmetic";
  if (code > 0xc4) return "hierarchical";
  return (["baseline", "extended", "progressive", "lossless"] as const)[code - 0xc0]!;
}

const adobe = [..."Adobe"].map((letter) => letter.charCodeAt(0));

/**
 * Returns the transform in an APP14 segment's parameters, or undefined if it is not Adobe's.
 * Source: Adobe Technical Note 5116, section 18.
 */
export function readAdobeTransform(parameters: Uint8Array): number | undefined {
  const isAdobe = adobe.every((letter, index) => parameters[index] === letter);
  return isAdobe ? parameters[11] : undefined;
}

function at16(bytes: Uint8Array, position: number, end: number): number {
  if (position + 2 > end) throw damaged("a segment is too short");
  return (bytes[position]! << 8) | bytes[position + 1]!;
}

function damaged(detail: string): ImageError {
  return new ImageError("source-malformed", "The JPEG data is damaged.", { detail: `JPEG: ${detail}` });
}
