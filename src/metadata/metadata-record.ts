import { parseRightsUri } from "../iiif/rights-uri.ts";
import { maxExifBytes, maxMetadataBlockBytes } from "../limits.ts";
import type { JsonFields } from "../serial/json-fields.ts";
import { withResolution } from "./exif-writer.ts";
import type { Metadata } from "./metadata.ts";
import type { MetadataBlocks } from "./read.ts";
import { isSensible } from "./resolution.ts";
import { cleanText } from "./text.ts";
import { isWebStatement } from "./xmp-texts.ts";

/** The part of metadata that a record holds as JSON: everything except the blocks. */
export type MetadataHead = Omit<Metadata, keyof MetadataBlocks>;

/** Returns what a record holds about metadata as JSON. */
export function headOfMetadata({ exif: _, xmp: __, iptc: ___, ...head }: Metadata): MetadataHead {
  return head;
}

/**
 * Reads metadata from a record, and checks that reading it from a master could have the same result. Throws a
 * TypeError, or a RangeError, for anything else.
 */
export function readMetadataRecord(fields: JsonFields, { exif, xmp, iptc }: MetadataBlocks): Metadata {
  const text = (name: keyof MetadataHead, isRight: (text: string) => boolean): string | undefined => {
    if (!fields.has(name)) return undefined;
    const read = fields.text(name);
    if (!isRight(read)) throw new TypeError(`${name} has the wrong type`);
    return read;
  };
  const isClean = (read: string): boolean => cleanText(read) === read;
  const dotsPerInch = fields.has("dotsPerInch") ? fields.number("dotsPerInch") : undefined;
  if (dotsPerInch !== undefined && !isSensible(dotsPerInch)) throw new TypeError("not a resolution");
  checkBlocks({ exif, xmp, iptc });
  return {
    artist: text("artist", isClean),
    copyright: text("copyright", isClean),
    credit: text("credit", isClean),
    rights: text("rights", isClean),
    webStatement: text("webStatement", (read) => isClean(read) && isWebStatement(read)),
    rightsUri: text("rightsUri", (read) => parseRightsUri(read) === read),
    dotsPerInch,
    exif,
    xmp,
    iptc,
  };
}

function checkBlocks({ exif, xmp, iptc }: MetadataBlocks): void {
  const isTooLong =
    (exif?.byteLength ?? 0) > maxExifBytes ||
    [xmp, iptc].some((block) => (block?.byteLength ?? 0) > maxMetadataBlockBytes);
  if (isTooLong) throw new RangeError("a block of metadata is too long");
  // The block has offsets into itself, which may lead outside if it is not as it was written.
  if (exif !== undefined) withResolution(exif, 72);
}
