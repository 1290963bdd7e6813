import { standardHuffmanTables } from "./standard-tables.ts";

/** What the segments in front of the entropy-coded data say. */
export interface JpegHeaderContent {
  readonly width: number;
  readonly height: number;
  readonly model: "gray" | "ycbcr";
  readonly subsampling: { readonly x: number; readonly y: number };
  readonly dotsPerInch?: number | undefined;
  /** Whole marker segments put behind the JFIF segment. */
  readonly segments?: readonly Uint8Array[];
  /** Steps of luma and of chroma, in zigzag order. */
  readonly quantisation: readonly [Uint8Array, Uint8Array];
}

/**
 * Formats a baseline JPEG from SOI to its scan header. Never throws. Source: ITU-T T.81 B.2; JFIF 1.02 for APP0, whose
 * aspect ratio of 1:1 without unit stands for an unknown resolution.
 */
export function formatJpegHeader(content: JpegHeaderContent): Uint8Array {
  const { width, height, model, subsampling, dotsPerInch, segments = [], quantisation } = content;
  const isGray = model === "gray";
  const density =
    dotsPerInch === undefined ? [0, ...word(1), ...word(1)] : [1, ...word(dotsPerInch), ...word(dotsPerInch)];
  const sampling = (subsampling.x << 4) | subsampling.y;
  const components = isGray ? [1, 0x11, 0] : [1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1];
  const members = isGray ? [1, 0x00] : [1, 0x00, 2, 0x11, 3, 0x11];
  const parts = [
    [0xff, 0xd8],
    segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, ...density, 0, 0]),
    ...segments,
    segment(0xdb, isGray ? [0, ...quantisation[0]] : [0, ...quantisation[0], 1, ...quantisation[1]]),
    segment(0xc0, [8, ...word(height), ...word(width), components.length / 3, ...components]),
    segment(0xc4, isGray ? standardHuffmanTables.subarray(0, lumaTablesBytes) : standardHuffmanTables),
    segment(0xda, [members.length / 2, ...members, 0, 63, 0]),
  ];
  const header = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    header.set(part, position);
    position += part.length;
  }
  return header;
}

/** One DC table of 12 symbols and one AC table of 162, each behind 17 bytes. */
const lumaTablesBytes = 17 + 12 + 17 + 162;

function segment(marker: number, parameters: ArrayLike<number>): number[] {
  return [0xff, marker, ...word(parameters.length + 2), ...Array.from(parameters)];
}

function word(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}
