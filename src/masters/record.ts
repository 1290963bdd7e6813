import { concatenate } from "../bytes.ts";
import type { Metadata } from "../metadata/metadata.ts";
import type { Pyramid } from "../tiff/pyramid.ts";
import { formatPyramid, parsePyramid, pyramidBytes } from "../tiff/pyramid-record.ts";
import type { MasterImage } from "./describe.ts";

/** A master as it is kept: which version it is, when that was last checked, and what it holds. Plain values. */
export interface KeptMaster {
  readonly version: string;
  /** Length of the file in bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly checkedAt: number;
  readonly image: MasterImage;
}

/** Blocks of bytes of a master, in the order they have in a record. */
const blockNames = ["profile", "exif", "xmp", "iptc"] as const;

interface RecordHead extends Pick<KeptMaster, "version" | "size" | "checkedAt"> {
  readonly record: number;
  readonly metadata: Omit<Metadata, "exif" | "xmp" | "iptc">;
  readonly blockBytes: readonly number[];
}

/** Changes with the shape of the record, so that an old one is not read as a new one. */
const recordVersion = 1;

/**
 * Formats a kept master as bytes: the length of a JSON head (u32, little-endian), the head, the blocks, the pyramid.
 * Never throws.
 */
export function formatMasterRecord({ version, size, checkedAt, image }: KeptMaster): Uint8Array {
  const { exif, xmp, iptc, ...metadata } = image.metadata;
  const blocks = [image.profile, exif, xmp, iptc].map((block) => block ?? new Uint8Array(0));
  const blockBytes = blocks.map(({ byteLength }) => byteLength);
  const head: RecordHead = { record: recordVersion, version, size, checkedAt, metadata, blockBytes };
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, headBytes.byteLength, true);
  return concatenate([length, headBytes, ...blocks, formatPyramid(image.pyramid)]);
}

/** Parses what `formatMasterRecord` wrote; undefined for anything else. Never throws. */
export function parseMasterRecord(bytes: Uint8Array): KeptMaster | undefined {
  try {
    const headBytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
    const text = new TextDecoder().decode(bytes.subarray(4, 4 + headBytes));
    const { record, metadata, blockBytes, ...kept } = JSON.parse(text) as RecordHead;
    if (record !== recordVersion) return undefined;
    let at = 4 + headBytes;
    const blocks: { -readonly [name in (typeof blockNames)[number]]?: Uint8Array } = {};
    for (const [index, name] of blockNames.entries()) {
      const length = blockBytes[index] ?? 0;
      if (length > 0) blocks[name] = bytes.slice(at, at + length);
      at += length;
    }
    const pyramid: Pyramid | undefined = parsePyramid(bytes.subarray(at));
    const { profile, ...rest } = blocks;
    return pyramid && { ...kept, image: { pyramid, profile, metadata: { ...metadata, ...rest } } };
  } catch {
    return undefined;
  }
}

/** Returns about how many bytes a kept master takes in memory. Never throws. */
export function keptBytes({ image: { pyramid, profile, metadata } }: KeptMaster): number {
  const { exif, xmp, iptc } = metadata;
  const blocks = [profile, exif, xmp, iptc].reduce((sum, block) => sum + (block?.byteLength ?? 0), 0);
  return pyramidBytes(pyramid) + blocks + 1024;
}
