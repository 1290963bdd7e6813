import { ImageError } from "../error.ts";
import { openPlain } from "../files/open.ts";
import { maxProfileBytes } from "../limits.ts";
import type { Metadata } from "../metadata/metadata.ts";
import { readMetadata } from "../metadata/read.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { countReads, type ReadCounts } from "../source/counting.ts";
import type { Fields } from "../tiff/fields.ts";
import { openTiff } from "../tiff/open.ts";
import { tags } from "../tiff/tags.ts";
import { unlessFault } from "./faults.ts";

/** Size of the first read of an unknown master, in bytes, as in the service. */
export const prefixBytes = 32_768;

/** An image opened as the service opens it. */
export interface OpenedPage {
  readonly pyramid: Pyramid;
  /** The stored profile, of any kind; what is wrong with it if it can't be read. */
  readonly profile: Uint8Array | { readonly fault: string } | undefined;
  /** The texts, and the blocks that could be included whole. */
  readonly metadata: Metadata;
  /** Whether the file says which values of floating point samples are black and white. */
  readonly isRangeStated: boolean;
  /** The cost of opening, including the prefix, when derivatives keep only the copyright. */
  readonly opening: Readonly<ReadCounts>;
}

/**
 * Opens one image of a file whose first `prefixBytes` are `prefix`. Throws `source-malformed`, `source-unsupported`,
 * `not-found`, and what the source throws.
 */
export async function openPage(source: ByteSource, prefix: Uint8Array, page: number): Promise<OpenedPage> {
  const counts: ReadCounts = { reads: 1, bytes: prefix.byteLength };
  const counted = countReads(source, counts);
  const plain = await openPlain(counted, prefix, "copyright");
  if (plain !== undefined) {
    const opening = { ...counts };
    const whole = await unlessFault(() => openPlain(source, prefix, "all"));
    const { pyramid, profile } = plain;
    return { pyramid, profile, metadata: whole?.metadata ?? plain.metadata, isRangeStated: true, opening };
  }
  const { pyramid, fields } = await openTiff(counted, { held: [{ offset: 0, bytes: prefix }], page });
  const profile = await readProfile(fields);
  const texts = await readMetadata(fields, "copyright");
  const opening = { ...counts };
  const whole = await unlessFault(() => readMetadata(fields, "all"));
  const { entries } = fields.origin.directory;
  const isRangeStated = entries.has(tags.sMinSampleValue) && entries.has(tags.sMaxSampleValue);
  return { pyramid, profile, metadata: whole ?? texts, isRangeStated, opening };
}

async function readProfile(fields: Fields): Promise<OpenedPage["profile"]> {
  try {
    return await fields.bytes(tags.iccProfile, maxProfileBytes);
  } catch (error) {
    if (!(error instanceof ImageError && error.code === "source-malformed")) throw error;
    return { fault: error.detail ?? error.message };
  }
}
