import { concatenate } from "../../bytes.ts";
import { ImageError } from "../../error.ts";
import type { Size } from "../../geometry.ts";
import { type JpegHeader, type JpegProcess, readJpegHeader } from "./header.ts";
import { formatJfifSegment } from "./header-writer.ts";

/** Adobe APP14 with transform 0: the samples are RGB. Source: Adobe Technical Note 5116, section 18. */
const adobeRgb = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);

/** The process that every viewer decodes. */
const shownProcesses: readonly JpegProcess[] = ["baseline", "extended", "progressive"];

/** What a tile is expected to be, and the marker segments to insert. */
export interface SplicedJpeg extends Size {
  readonly model: "gray" | "rgb" | "ycbcr";
  readonly segments?: readonly Uint8Array[];
  /** Not allowed in a JPEG of RGB. */
  readonly dotsPerInch?: number | undefined;
}

/**
 * Joins an abbreviated tile and its level's tables into a complete JPEG stream that states its own colours, without
 * decoding any sample. A segment of the tile that contradicts them is left out. Throws `source-malformed` for a stream
 * without frame or end, or with a frame that is not `width` x `height` with the components of `model`;
 * `source-unsupported` for one that viewers can't show.
 * Source: TIFF Technical Note 2; ITU-T T.81 B.2, B.5.
 */
export function spliceJpeg(tile: Uint8Array, tables: Uint8Array | undefined, expected: SplicedJpeg): Uint8Array {
  const header = readJpegHeader(tile);
  checkTileFrame(header, expected);
  const end = endOfStream(tile);
  if (tables === undefined && !(header.hasQuantisationTables && header.hasHuffmanTables)) throw damaged("no tables");
  const start = withoutColorSegments(tile.subarray(0, end));
  const parts = [
    Uint8Array.of(0xff, 0xd8),
    expected.model === "rgb" ? adobeRgb : formatJfifSegment(expected.dotsPerInch),
    ...(expected.segments ?? []),
    tables === undefined ? new Uint8Array(0) : tables.subarray(2, endOfStream(tables) - 2),
    ...start,
  ];
  return concatenate(parts);
}

/**
 * Checks that a tile is what its directory says. Throws `source-malformed` for a frame that is not `width` x `height` with
 * the components of `model`, `source-unsupported` for one that viewers can't show.
 */
export function checkTileFrame(
  header: Pick<JpegHeader, "width" | "height" | "components" | "precision" | "process">,
  expected: Pick<SplicedJpeg, "width" | "height" | "model">,
): void {
  const components = expected.model === "gray" ? 1 : 3;
  if (header.width !== expected.width || header.height !== expected.height || header.components.length !== components) {
    throw damaged(`a frame of ${header.width} by ${header.height} with ${header.components.length} components`);
  }
  if (header.precision !== 8 || !shownProcesses.includes(header.process)) {
    throw new ImageError(
      "source-unsupported",
      `The stored image has ${header.process} JPEG tiles of ${header.precision} bits per sample, which are not supported.`,
    );
  }
}

/** The position after EOI, which padding may follow. */
function endOfStream(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 4 && bytes[end - 1] === 0) end--;
  if (bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) throw damaged("no EOI");
  return end;
}

/** Returns the stream after SOI in pieces, without APP0 and APP14. */
function withoutColorSegments(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let position = 2;
  while (bytes[position] === 0xff && bytes[position + 1] !== 0xda) {
    const code = bytes[position + 1] ?? 0;
    const length = ((bytes[position + 2] ?? 0) << 8) | (bytes[position + 3] ?? 0);
    const next = code === 0xff ? position + 1 : position + 2 + length;
    if (code !== 0xe0 && code !== 0xee && code !== 0xff) pieces.push(bytes.subarray(position, next));
    position = next;
  }
  pieces.push(bytes.subarray(position));
  return pieces;
}

function damaged(detail: string): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: a JPEG tile does not match its directory.", {
    detail: `JPEG tile: ${detail}`,
  });
}
