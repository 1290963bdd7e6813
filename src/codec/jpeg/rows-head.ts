import { concatenate } from "../../bytes.ts";
import { ImageError } from "../../error.ts";
import { maxJpegHeaderBytes, maxJpegTableBytes } from "../../limits.ts";
import type { ByteSource } from "../../source/byte-source.ts";
import type { HeldRun } from "../../source/read-ahead.ts";
import { headerOfSegments, type JpegHeader, mcuSize } from "./header.ts";
import { isFrameCode, type JpegSegment, listJpegSegments } from "./segment-list.ts";

/** What is in front of the data of a JPEG file that is decoded by rows. */
export interface JpegRowsHead {
  readonly header: JpegHeader;
  /** The stream up to the header of its scan, without what says nothing to a decoder. */
  readonly stream: Uint8Array;
  /** Where the data of the scan begins in the file, in bytes. */
  readonly dataOffset: number;
  /** What was read of the data. */
  readonly held: HeldRun;
}

/** How much of a file is read at first, if it is not said. Most have their scan within it. */
const usualFirstBytes = 1 << 16;

const remedy = "Those who look after it can convert it: tessera ingest makes a pyramid of it.";

/**
 * Reads a JPEG file up to its scan, which has to be one of all components of a sequential frame; `firstBytes` at first.
 * Throws `source-malformed`, `source-unsupported`, and what the source throws. Source: ITU-T T.81 B.2.
 */
export async function readJpegRowsHead(source: ByteSource, firstBytes = usualFirstBytes): Promise<JpegRowsHead> {
  return headOf(await readSegments(source, firstBytes));
}

/** A file whose scan begins further on is not decoded by rows where what is in front of it would be held as well. */
const mostHeadBytes = 1 << 20;

/**
 * Returns whether a file that begins with `bytes` can be decoded some rows at a time, any multiple of `rows`; not if its
 * scan begins further on.
 */
export function comesByRows(bytes: Uint8Array, rows: number): boolean {
  try {
    const { header, dataOffset } = headOf({ bytes, segments: listJpegSegments(bytes) });
    return rows % mcuSize(header).height === 0 && dataOffset <= mostHeadBytes;
  } catch (error) {
    if (error instanceof ImageError) return false;
    throw error;
  }
}

function headOf({ bytes, segments }: ReadSegments): JpegRowsHead {
  const header = headerOfSegments(bytes, segments);
  const scan = segments.at(-1);
  if (scan?.code !== 0xda) throw malformed("no scan");
  if (header.process === "progressive") throw unsupported("is a progressive JPEG");
  if (header.height === 0) throw unsupported("is a JPEG that states its height only after its first scan");
  if (header.width === 0) throw malformed("a width of 0");
  if (bytes[scan.start] !== header.components.length) throw unsupported("is a JPEG of several scans");
  const stream = streamOf(bytes, segments);
  if (stream.byteLength > maxJpegTableBytes) throw malformed(`${stream.byteLength} bytes of tables`);
  return { header, stream, dataOffset: scan.end, held: { offset: scan.end, bytes: bytes.slice(scan.end) } };
}

interface ReadSegments {
  readonly bytes: Uint8Array;
  readonly segments: readonly JpegSegment[];
}

/** Reads on, four times as far each time, while the segments do not end in what was read. */
async function readSegments(source: ByteSource, firstBytes: number): Promise<ReadSegments> {
  for (let bytes = await source.read(0, firstBytes); ; ) {
    const isAll = bytes.byteLength >= source.size;
    const segments = isAll ? listJpegSegments(bytes) : segmentsWithin(bytes);
    if (segments !== undefined) return { bytes, segments };
    if (bytes.byteLength >= maxJpegHeaderBytes) {
      throw unsupported(`is a JPEG with more than ${maxJpegHeaderBytes >> 20} MB of metadata before its picture`);
    }
    const end = Math.min(4 * bytes.byteLength, maxJpegHeaderBytes);
    const more = await source.read(bytes.byteLength, end - bytes.byteLength);
    if (more.byteLength === 0) throw malformed("ends before its size");
    bytes = concatenate([bytes, more]);
  }
}

function segmentsWithin(bytes: Uint8Array): readonly JpegSegment[] | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw malformed("no SOI");
  try {
    return listJpegSegments(bytes);
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}

/** A segment's parameters follow its length. */
const lengthBytes = 2;

/** Returns the beginning of a stream with the segments alone that a decoder reads. */
function streamOf(bytes: Uint8Array, segments: readonly JpegSegment[]): Uint8Array {
  const parts = segments
    .filter(({ code }) => isRead(code))
    .flatMap(({ code, start, end }) => [
      Uint8Array.of(0xff, code),
      bytes.subarray(code === 0xd8 ? end : start - lengthBytes, end),
    ]);
  return concatenate([Uint8Array.of(0xff, 0xd8), ...parts]);
}

/** Tables, frames, restart intervals and the scan; a second beginning is damage. */
function isRead(code: number): boolean {
  return isFrameCode(code) || code === 0xc4 || code === 0xd8 || code === 0xda || code === 0xdb || code === 0xdd;
}

function unsupported(what: string): ImageError {
  const message = `The stored image ${what}, which can't be read some rows at a time.`;
  return new ImageError("source-unsupported", message, { hint: remedy });
}

function malformed(detail: string): ImageError {
  return new ImageError("source-malformed", "The JPEG data is damaged.", { detail: `JPEG: ${detail}` });
}
