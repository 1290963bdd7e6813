import { concatenate } from "../../bytes.ts";
import { standardHuffmanTables } from "./standard-tables.ts";

/** How a picture is coded, which is the same for many pictures. */
export interface JpegCoding {
  readonly model: "gray" | "rgb" | "ycbcr";
  readonly subsampling: { readonly x: number; readonly y: number };
  /** Steps of luma and of chroma, in zigzag order. */
  readonly quantisation: readonly [Uint8Array, Uint8Array];
  /** Whether tables come with it, and a JFIF segment; `apart` for tiles of a TIFF, which share `formatJpegTables`. */
  readonly tables?: "inside" | "apart" | undefined;
}

/** What the header of one picture says next to how it is coded. */
export interface JpegHeaderContent {
  readonly width: number;
  readonly height: number;
  readonly dotsPerInch?: number | undefined;
  /** Whole marker segments that follow the JFIF segment. */
  readonly segments?: readonly Uint8Array[];
}

/** The segments of a header that say how a picture is coded, up to its scan header, for any size of it. */
export interface CodingSegments {
  readonly bytes: Uint8Array;
  /** Where in them the height stands, before the width. */
  readonly sizeAt: number;
  readonly hasJfif: boolean;
}

/** Formats what is the same in the headers of all pictures that are coded alike. Source: ITU-T T.81 B.2. */
export function formatCodingSegments(coding: JpegCoding): CodingSegments {
  const { model, subsampling, tables = "inside" } = coding;
  const isGray = model === "gray";
  const sampling = (subsampling.x << 4) | subsampling.y;
  // Of RGB every component has the tables of luma.
  const other = model === "ycbcr" ? 1 : 0;
  const components = isGray ? [1, 0x11, 0] : [1, sampling, 0, 2, 0x11, other, 3, 0x11, other];
  const members = isGray ? [1, 0x00] : [1, 0x00, 2, other * 0x11, 3, other * 0x11];
  const isWhole = tables === "inside";
  const { quantisers, codes } = tableSegments(coding);
  const before = concatenate(isWhole ? quantisers : []);
  const bytes = concatenate([
    before,
    formatSegment(0xc0, [8, 0, 0, 0, 0, components.length / 3], components),
    ...(isWhole ? [codes] : []),
    formatSegment(0xda, [members.length / 2, ...members, 0, 63, 0]),
  ]);
  return { bytes, sizeAt: before.byteLength + 5, hasJfif: isWhole };
}

/** Formats a baseline JPEG from SOI to its scan header. Source: ITU-T T.81 B.2. */
export function formatJpegHeader(coding: CodingSegments, content: JpegHeaderContent): Uint8Array {
  const { width, height, dotsPerInch, segments = [] } = content;
  const jfif = coding.hasJfif ? [formatJfifSegment(dotsPerInch)] : [];
  const header = concatenate([startOfImage, ...jfif, ...segments, coding.bytes]);
  const sizeAt = header.byteLength - coding.bytes.byteLength + coding.sizeAt;
  header.set([height >> 8, height & 255, width >> 8, width & 255], sizeAt);
  return header;
}

const startOfImage = Uint8Array.of(0xff, 0xd8);

/** Formats the tables that tiles without their own share, as a stream of nothing else. Source: TIFF Technical Note 2. */
export function formatJpegTables(content: Pick<JpegCoding, "model" | "quantisation">): Uint8Array {
  const { quantisers, codes } = tableSegments(content);
  return concatenate([startOfImage, ...quantisers, codes, Uint8Array.of(0xff, 0xd9)]);
}

function tableSegments({ model, quantisation }: Pick<JpegCoding, "model" | "quantisation">) {
  const hasChroma = model === "ycbcr";
  const [luma, chroma] = quantisation;
  return {
    quantisers: [formatSegment(0xdb, [0], luma), ...(hasChroma ? [formatSegment(0xdb, [1], chroma)] : [])],
    codes: formatSegment(0xc4, hasChroma ? standardHuffmanTables : standardHuffmanTables.subarray(0, lumaTablesBytes)),
  };
}

/**
 * Formats the APP0 segment of a grey or YCbCr JFIF file, with a resolution in whole dots; an aspect ratio of 1:1
 * without a unit means an unknown one. Source: JFIF 1.02.
 */
export function formatJfifSegment(dotsPerInch: number | undefined): Uint8Array {
  const [unit, density] = dotsPerInch === undefined ? [0, 1] : [1, Math.max(1, Math.round(dotsPerInch))];
  const places = [density >> 8, density & 255];
  return formatSegment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, unit, ...places, ...places, 0, 0]);
}

/** One DC table of 12 symbols and one AC table of 162, each after 17 bytes. */
const lumaTablesBytes = 17 + 12 + 17 + 162;

/** Formats a DHT segment with the standard tables. */
export function formatStandardTables(): Uint8Array {
  return formatSegment(0xc4, standardHuffmanTables);
}

function formatSegment(marker: number, parameters: ArrayLike<number>, more: ArrayLike<number> = []): Uint8Array {
  const length = parameters.length + more.length + 2;
  const bytes = new Uint8Array(length + 2);
  bytes[0] = 0xff;
  bytes[1] = marker;
  bytes[2] = length >> 8;
  bytes[3] = length & 255;
  bytes.set(parameters, 4);
  bytes.set(more, 4 + parameters.length);
  return bytes;
}
