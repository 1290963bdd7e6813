import { isPng } from "../codec/png/reader.ts";
import { maxFilePixels, maxSidePixels, maxTileBytes } from "../limits.ts";
import type { Metadata, MetadataPolicy } from "../metadata/metadata.ts";
import { metadataOfBlocks } from "../metadata/read.ts";
import { isSensible } from "../metadata/resolution.ts";
import { unsupported } from "../pyramid/faults.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { limitOpening } from "../source/opening.ts";
import { readAhead } from "../source/read-ahead.ts";
import { isWebp } from "../webp/chunks.ts";
import type { FileFormat, ImageFile } from "./image-file.ts";
import { readJpegFile } from "./jpeg.ts";
import { readPngFile } from "./png.ts";
import { readWebpFile } from "./webp.ts";

/** A JPEG, PNG or WebP file as a master. Plain data. */
export interface OpenedFile {
  readonly kind: FileFormat;
  /** One level of one tile: the whole file. */
  readonly pyramid: Pyramid;
  /** The ICC profile as it is in the file, unparsed. */
  readonly profile: Uint8Array | undefined;
  readonly metadata: Metadata;
}

/** How large a file may be. */
export interface LargestFile {
  readonly pixels: number;
  readonly bytes: number;
}

/** Files that are larger are not served: some have to be decoded whole. */
const largestServed: LargestFile = { pixels: maxFilePixels, bytes: maxTileBytes };

/** Bytes after the prefix are read in runs of this many: the longest segment of a JPEG. */
const runBytes = 65_536;

/**
 * Opens a file that begins with `prefix`, or returns undefined where that is neither JPEG nor PNG nor WebP. Reads the
 * header and, where they are not in the prefix, the profile and the blocks of metadata; a profile or block that is broken
 * or too large is left out. Throws `source-malformed`; `source-unsupported` for what is not read and for files above
 * `largest`, by default `maxFilePixels` and `maxTileBytes`, or `maxSidePixels`; and what the source throws.
 */
export async function openFile(
  source: ByteSource,
  prefix: Uint8Array,
  {
    policy = "all",
    largest = largestServed,
  }: { readonly policy?: MetadataPolicy; readonly largest?: LargestFile | undefined } = {},
): Promise<OpenedFile | undefined> {
  const read = readerOf(prefix);
  if (read === undefined) return undefined;
  const file = await read(readAhead(limitOpening(source), runBytes, [{ offset: 0, bytes: prefix }]), prefix);
  const { kind, width, height, encoding, profile, blocks, dotsPerInch } = file;
  if (width * height > largest.pixels || Math.max(width, height) > maxSidePixels) {
    throw unsupported(`is a ${names[kind]} of ${width} by ${height} pixels, too large to decode whole`);
  }
  if (source.size > largest.bytes) throw unsupported(`is a ${names[kind]} file that is too large to read whole`);
  const { orientation = 1, ...metadata } = await metadataOfBlocks(blocks, policy);
  const stated = dotsPerInch !== undefined && isSensible(dotsPerInch) ? dotsPerInch : undefined;
  const grid = { tileWidth: width, tileLength: height, columns: 1, rows: 1, isStripped: true };
  const range = { offsets: Float64Array.of(0), byteCounts: Float64Array.of(source.size) };
  return {
    kind,
    pyramid: { width, height, orientation, levels: [{ width, height, ...grid, ...range, encoding }] },
    profile,
    metadata: { ...metadata, dotsPerInch: metadata.dotsPerInch ?? stated },
  };
}

/** What a JPEG, PNG or WebP file says of its picture, as it is in the file. */
export type FileBlocks = Pick<ImageFile, "kind" | "blocks" | "dotsPerInch">;

/**
 * Reads the blocks of metadata of a file that begins with `prefix`; undefined where that is neither JPEG nor PNG nor
 * WebP. Throws what `openFile` throws for a header that can't be read, and what the source throws.
 */
export async function readFileBlocks(source: ByteSource, prefix: Uint8Array): Promise<FileBlocks | undefined> {
  return readerOf(prefix)?.(readAhead(limitOpening(source), runBytes, [{ offset: 0, bytes: prefix }]), prefix);
}

const names: Readonly<Record<FileFormat, string>> = { jpeg: "JPEG", png: "PNG", webp: "WebP" };

type FileReader = (source: ByteSource, prefix: Uint8Array) => Promise<ImageFile>;

function readerOf(prefix: Uint8Array): FileReader | undefined {
  if (prefix[0] === 0xff && prefix[1] === 0xd8 && prefix[2] === 0xff) return readJpegFile;
  if (isPng(prefix)) return readPngFile;
  return isWebp(prefix) ? readWebpFile : undefined;
}
