import { concatenate } from "../../bytes.ts";
import { ImageError } from "../../error.ts";
import type { Size } from "../../geometry.ts";
import { headerOfSegments, type JpegHeader, type JpegProcess } from "./header.ts";
import { formatJfifSegment, formatStandardTables } from "./header-writer.ts";
import { isFrameCode, type JpegSegment, listJpegSegments, segmentAt } from "./segment-list.ts";

/** Adobe APP14 with transform 0: the samples are RGB. Source: Adobe Technical Note 5116, section 18. */
const adobeRgb = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);

/** The process that every viewer decodes. */
const shownProcesses: readonly JpegProcess[] = ["baseline", "extended", "progressive"];

/** What a tile is expected to be. */
export interface ExpectedTile extends Size {
  readonly model: "gray" | "rgb" | "ycbcr";
}

/** What a tile is expected to be, and the marker segments to insert. */
export interface SplicedJpeg extends ExpectedTile {
  readonly segments?: readonly Uint8Array[];
  /** Not allowed in a JPEG of RGB. */
  readonly dotsPerInch?: number | undefined;
}

/** What stands in front of all tiles of a level: from SOI to the tables that they share. */
export interface SplicedHead {
  readonly bytes: Uint8Array;
  /** Whether there are tables that tiles share, and Huffman tables among them. */
  readonly hasTables: boolean;
  readonly hasHuffmanTables: boolean;
}

/** Formats what stands in front of all tiles of a level. Throws `source-malformed` for tables that are none. */
export function formatSplicedHead(
  tables: Uint8Array | undefined,
  { model, segments = [], dotsPerInch }: Omit<SplicedJpeg, keyof Size>,
): SplicedHead {
  const shared = tables === undefined ? [] : keepSegments(tables, listJpegSegments(tables), isTable);
  const stated = model === "rgb" ? adobeRgb : formatJfifSegment(dotsPerInch);
  return {
    bytes: concatenate([Uint8Array.of(0xff, 0xd8), stated, ...segments, ...shared]),
    hasTables: tables !== undefined,
    hasHuffmanTables: shared.some(([, code]) => code === 0xc4),
  };
}

/**
 * Joins an abbreviated tile and its level's tables into a complete JPEG stream that states its own colours, without
 * decoding any sample. Only tables, frame and scans are taken: a tile's own EXIF would turn it in a viewer, its own
 * profile would give it other colours than its neighbours, and the Adobe and JFIF segments are written anew. The
 * standard Huffman tables are put in where there are none, which few viewers know by themselves. Throws
 * `source-malformed` for a stream without frame or end, or with a frame that is not `width` x `height` with the
 * components of `model`; `source-unsupported` for one that viewers can't show.
 * Source: TIFF Technical Note 2; ITU-T T.81 B.2, B.5.
 */
export function spliceJpeg(tile: Uint8Array, tables: Uint8Array | undefined, expected: SplicedJpeg): Uint8Array {
  return spliceTile(tile, formatSplicedHead(tables, expected), expected);
}

/** Joins a tile and the head of its level as `spliceJpeg` does. Throws what it throws. */
export function spliceTile(tile: Uint8Array, head: SplicedHead, expected: ExpectedTile): Uint8Array {
  const segments = listJpegSegments(tile);
  const header = headerOfSegments(tile, segments);
  checkTileFrame(header, expected);
  const scan = segments.pop();
  if (scan?.code !== 0xda) throw damaged("no scan");
  if (!head.hasTables && !header.hasQuantisationTables) throw damaged("no tables");
  const hasHuffmanTables = header.hasHuffmanTables || head.hasHuffmanTables;
  if (!hasHuffmanTables && header.process === "progressive") throw damaged("no tables");
  return concatenate([
    head.bytes,
    ...(hasHuffmanTables ? [] : [formatStandardTables()]),
    ...keepSegments(tile, segments, (code) => isTable(code) || isFrameCode(code)),
    ...keepScans(tile, header, scan),
  ]);
}

/**
 * Checks that a tile is what its directory says. Throws `source-malformed` for a frame that is not `width` x `height` with
 * the components of `model`, `source-unsupported` for one that viewers can't show.
 */
export function checkTileFrame(
  header: Pick<JpegHeader, "width" | "height" | "components" | "precision" | "process">,
  { model, width, height }: ExpectedTile,
): void {
  const components = model === "gray" ? 1 : 3;
  if (header.width !== width || header.height !== height || header.components.length !== components) {
    throw damaged(`a frame of ${header.width} by ${header.height} with ${header.components.length} components`);
  }
  if (header.precision !== 8 || !shownProcesses.includes(header.process)) {
    throw new ImageError(
      "source-unsupported",
      `The stored image has ${header.process} JPEG tiles of ${header.precision} bits per sample, which are not supported.`,
    );
  }
}

/** Says whether a segment holds quantisation tables, Huffman tables or a restart interval. */
function isTable(code: number): boolean {
  return code === 0xdb || code === 0xc4 || code === 0xdd;
}

/** Returns the segments of some codes, whole. */
function keepSegments(
  bytes: Uint8Array,
  segments: readonly JpegSegment[],
  isKept: (code: number) => boolean,
): Uint8Array[] {
  return segments.filter(({ code }) => isKept(code)).map(({ start, end }) => bytes.subarray(start - 4, end));
}

/**
 * Returns the scans, from the header of the first to EOI, without anything that a decoder does not need between or
 * behind them.
 */
function keepScans(bytes: Uint8Array, header: JpegHeader, first: JpegSegment): Uint8Array[] {
  const end = endOfPadded(bytes);
  const isOne = end !== undefined && endsInOneScan(bytes.subarray(0, end - 2), header, first);
  return isOne ? [bytes.subarray(first.start - 4, end)] : searchScans(bytes, first);
}

/**
 * Says whether all up to EOI is the data of one scan, as in nearly all tiles, so that it need not be searched for
 * segments: all components are in it, and the last 255 is of the data.
 */
function endsInOneScan(bytes: Uint8Array, { process, components }: JpegHeader, scan: JpegSegment): boolean {
  if (process === "progressive" || bytes[scan.start] !== components.length) return false;
  const last = bytes.lastIndexOf(0xff);
  return last < scan.end ? bytes.length >= scan.end : isOfData(bytes[last + 1] ?? 0xff);
}

/** Says whether a 255 with this byte behind it is of a scan's data: stuffed with 0, or a restart marker. */
function isOfData(code: number): boolean {
  return code === 0 || (code >= 0xd0 && code <= 0xd7);
}

/** The position after an EOI that nothing but zeros follows. */
function endOfPadded(bytes: Uint8Array): number | undefined {
  let end = bytes.length;
  while (end > 4 && bytes[end - 1] === 0) end--;
  return bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9 ? end : undefined;
}

/** Searches the data of scans for segments, up to the first EOI. */
function searchScans(bytes: Uint8Array, first: JpegSegment): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = first.start - 4;
  for (let position = first.end; ; ) {
    const at = bytes.indexOf(0xff, position);
    const code = bytes[at + 1];
    if (at < 0 || code === undefined) throw damaged("no EOI");
    if (isOfData(code)) position = at + 2;
    // A fill byte.
    else if (code === 0xff) position = at + 1;
    else if (code === 0xd9) return [...pieces, bytes.subarray(from, at + 2)];
    else {
      position = segmentAt(bytes, at + 2, code).end;
      if (isTable(code) || code === 0xda) continue;
      pieces.push(bytes.subarray(from, at));
      from = position;
    }
  }
}

function damaged(detail: string): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: a JPEG tile does not match its directory.", {
    detail: `JPEG tile: ${detail}`,
  });
}
