import { type OpenedImage, openImage } from "../masters/image.ts";
import type { Metadata } from "../metadata/metadata.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { countReads, type ReadCounts } from "../source/counting.ts";
import { tags } from "../tiff/tags.ts";
import { unlessFault } from "./faults.ts";

/** An image opened as the service opens it, and what more a check says of it. */
export interface OpenedPage extends Omit<OpenedImage, "metadata"> {
  /** The texts, and the blocks that could be taken over whole. */
  readonly metadata: Metadata;
  /** Whether the file says which values of floating point samples are black and white. */
  readonly isRangeStated: boolean;
  /** What opening took, the prefix included, when derivatives keep copyright alone. */
  readonly opening: Readonly<ReadCounts>;
}

/**
 * Opens one image of a file whose first `prefixBytes` are `prefix`. Throws `source-malformed`, `source-unsupported`,
 * `not-found`, and what the source throws.
 */
export async function openPage(source: ByteSource, prefix: Uint8Array, page: number): Promise<OpenedPage> {
  const opening: ReadCounts = { reads: 1, bytes: prefix.byteLength };
  const opened = await openImage({ source: countReads(source, opening), prefix, page });
  const whole = await unlessFault(() => openImage({ source, prefix, page, policy: "all" }));
  const entries = opened.fields?.origin.directory.entries;
  const isRangeStated =
    entries === undefined || (entries.has(tags.sMinSampleValue) && entries.has(tags.sMaxSampleValue));
  return { ...opened, metadata: whole?.metadata ?? opened.metadata, isRangeStated, opening: { ...opening } };
}
