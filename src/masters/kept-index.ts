import { concatenate } from "../bytes.ts";
import { headOfMetadata, type MetadataHead, readMetadataRecord } from "../metadata/metadata-record.ts";
import { formatPyramid, parsePyramid, pyramidBytes } from "../pyramid/pyramid-record.ts";
import { formatHead, readHead } from "../serial/head.ts";
import type { MasterImage } from "./image.ts";
import { judgeProfile } from "./profile.ts";

/** A master as it is kept: which version it is, when that was last checked, and what it holds. Plain values. */
export interface KeptMaster {
  readonly version: string;
  /** Length of the file in bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly checkedAt: number;
  /** When this version was stored, in seconds since 1970, as far as this isolate knows: no tier keeps it. */
  readonly storedAt?: number | undefined;
  readonly image: MasterImage;
}

/** Blocks of bytes of a master, in the order they have in a record. */
const blockNames = ["profile", "exif", "xmp", "iptc"] as const;

interface MasterHead extends Pick<KeptMaster, "version" | "size" | "checkedAt"> {
  readonly record: number;
  readonly metadata: MetadataHead;
  /** By the names of the blocks; 0 for one that is not there. */
  readonly blockBytes: Readonly<Record<(typeof blockNames)[number], number>>;
}

/** Changes with the shape of the record, so that an old one is not read as a new one. */
const recordVersion = 5;

/** Longest version: an etag. */
const maxVersionCharacters = 256;

/**
 * Formats a kept master as bytes: a head, the blocks, the pyramid. Undefined for one that has tiles outside its file,
 * which is opened each time.
 */
export function formatKeptMaster({ version, size, checkedAt, image }: KeptMaster): Uint8Array | undefined {
  const pyramid = formatPyramid(image.pyramid, size);
  if (pyramid === undefined) return undefined;
  const { profile, metadata } = image;
  const { exif, xmp, iptc } = metadata;
  const blocks = [profile, exif, xmp, iptc].map((block) => block ?? new Uint8Array(0));
  const [profileBytes = 0, exifBytes = 0, xmpBytes = 0, iptcBytes = 0] = blocks.map(({ byteLength }) => byteLength);
  const blockBytes = { profile: profileBytes, exif: exifBytes, xmp: xmpBytes, iptc: iptcBytes };
  const said = { version, size, checkedAt, metadata: headOfMetadata(metadata) };
  const head: MasterHead = { record: recordVersion, ...said, blockBytes };
  return concatenate([formatHead(head), ...blocks, ...pyramid]);
}

/**
 * Parses what `formatKeptMaster` wrote; undefined for anything else, and for what opening a file would not have given,
 * by the rules that opening has.
 */
export function parseKeptMaster(bytes: Uint8Array): KeptMaster | undefined {
  try {
    return readRecord(bytes);
  } catch {
    return undefined;
  }
}

function readRecord(bytes: Uint8Array): KeptMaster | undefined {
  const { fields, end } = readHead(bytes);
  if (fields.whole("record") !== recordVersion) return undefined;
  const version = fields.text("version");
  const size = fields.whole("size");
  const checkedAt = fields.number("checkedAt");
  if (version === "" || version.length > maxVersionCharacters || checkedAt < 0) return undefined;
  const blockBytes = fields.fields("blockBytes");
  const blocks: { -readonly [name in (typeof blockNames)[number]]?: Uint8Array } = {};
  let at = end;
  for (const name of blockNames) {
    const length = blockBytes.whole(name);
    if (length > bytes.byteLength - at) return undefined;
    if (length > 0) blocks[name] = new Uint8Array(bytes.subarray(at, at + length));
    at += length;
  }
  const { profile, ...metadataBlocks } = blocks;
  const metadata = readMetadataRecord(fields.fields("metadata"), metadataBlocks);
  const pyramid = parsePyramid(bytes.subarray(at), size);
  if (pyramid === undefined) return undefined;
  if (judgeProfile(profile, pyramid.levels[0].encoding.model).profile !== profile) return undefined;
  return { version, size, checkedAt, image: { pyramid, profile, metadata } };
}

/** Returns about how many bytes a kept master takes in memory. */
export function keptBytes({ image: { pyramid, profile, metadata } }: KeptMaster): number {
  const { exif, xmp, iptc } = metadata;
  const blocks = [profile, exif, xmp, iptc].reduce((sum, block) => sum + (block?.byteLength ?? 0), 0);
  return pyramidBytes(pyramid) + blocks + 1024;
}
