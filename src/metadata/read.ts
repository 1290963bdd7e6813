import { maxExifValueBytes, maxMetadataBlockBytes, maxMetadataReadBytes } from "../limits.ts";
import { unlessBroken, unlessMalformed } from "../pyramid/faults.ts";
import { type Orientation, orientations } from "../pyramid/pyramid.ts";
import { memorySource } from "../source/memory.ts";
import { readDirectory } from "../tiff/directory.ts";
import type { Fields, FieldsOrigin } from "../tiff/fields.ts";
import { readHeader } from "../tiff/header.ts";
import { type ExifContent, numberOf, readExif } from "./exif-reader.ts";
import { descriptiveTags, exifTags } from "./exif-tags.ts";
import { formatExif } from "./exif-writer.ts";
import { findIptc } from "./image-resources.ts";
import { parseIptc } from "./iptc.ts";
import type { Metadata, MetadataPolicy, MetadataTexts } from "./metadata.ts";
import { dotsPerInchOf } from "./resolution.ts";
import { cleanText, decodeText, decodeUtf8 } from "./text.ts";
import { readTiffValues, type TiffValue } from "./tiff-values.ts";
import { parseXmp } from "./xmp-reader.ts";
import { settleXmp, textsOfXmp } from "./xmp-texts.ts";

/**
 * Reads the metadata of a page of a TIFF. Anything broken or too long is left out: metadata never makes a master
 * unservable. Policy `all` also reads the blocks, the others only the texts and the resolution, which takes fewer
 * reads. Throws only what storage throws.
 */
export async function readMetadata({ origin }: Fields, policy: MetadataPolicy = "all"): Promise<Metadata> {
  return compose(await readDirectories(origin, policy), policy);
}

/** Blocks as they are in a JPEG, PNG or WebP; EXIF may have its signature and IPTC its image resources. */
export interface MetadataBlocks {
  readonly exif?: Uint8Array | undefined;
  readonly xmp?: Uint8Array | undefined;
  readonly iptc?: Uint8Array | undefined;
}

/**
 * Reads the metadata of a file that is not a TIFF from its blocks, as `readMetadata` does, and the orientation from its
 * EXIF.
 */
export async function metadataOfBlocks(
  blocks: MetadataBlocks,
  policy: MetadataPolicy = "all",
): Promise<Metadata & { readonly orientation?: Orientation | undefined }> {
  const read = blocks.exif && (await readExifBlock(withoutSignature(blocks.exif), policy));
  const metadata = compose({ ...read, xmp: blocks.xmp ?? read?.xmp, iptc: blocks.iptc ?? read?.iptc }, policy);
  return { ...metadata, orientation: read?.orientation };
}

/** What the directories of a TIFF say, and the blocks in them. */
interface Found {
  readonly own?: ReadonlyMap<number, TiffValue>;
  readonly content?: ExifContent;
  readonly orientation?: Orientation | undefined;
  readonly xmp?: Uint8Array | undefined;
  readonly iptc?: Uint8Array | undefined;
}

async function readDirectories(origin: FieldsOrigin, policy: MetadataPolicy): Promise<Found> {
  const { header, directory } = origin;
  const isWhole = policy === "all";
  const own = await readTiffValues(origin, (tag) => {
    if (tag === exifTags.imageResources) return directory.entries.has(exifTags.iptc) ? 0 : maxMetadataReadBytes;
    if (blockTags.has(tag)) return maxMetadataReadBytes;
    if (tag === exifTags.artist || tag === exifTags.copyright) return maxExifValueBytes;
    if (numberTags.has(tag)) return maxNumberBytes;
    return isWhole && descriptiveTags.has(tag) ? maxExifValueBytes : 0;
  });
  const orientation = readOrientation(own.get(exifTags.orientation), header.isLittleEndian);
  return {
    own,
    content: await readExif(origin, own, { isWhole }),
    orientation,
    xmp: own.get(exifTags.xmp)?.bytes,
    iptc: (own.get(exifTags.iptc) ?? own.get(exifTags.imageResources))?.bytes,
  };
}

const blockTags: ReadonlySet<number> = new Set([exifTags.xmp, exifTags.iptc]);

const numberTags: ReadonlySet<number> = new Set([
  ...[exifTags.orientation, exifTags.xResolution, exifTags.yResolution, exifTags.resolutionUnit],
  ...[exifTags.exifDirectory, exifTags.positionDirectory],
]);

/** One fraction, or one offset of a BigTIFF. */
const maxNumberBytes = 8;

async function readExifBlock(exif: Uint8Array, policy: MetadataPolicy): Promise<Found | undefined> {
  const source = memorySource(exif);
  return unlessBroken(async () => {
    const header = await readHeader(source);
    const directory = await readDirectory(source, header, header.firstDirectory);
    return readDirectories({ source, header, directory }, policy);
  });
}

/** Some writers also put the signature of a JPEG segment into other files. */
function withoutSignature(exif: Uint8Array): Uint8Array {
  const isSigned = [0x45, 0x78, 0x69, 0x66, 0, 0].every((byte, index) => exif[index] === byte);
  return isSigned ? exif.subarray(6) : exif;
}

function readOrientation(value: TiffValue | undefined, isLittleEndian: boolean): Orientation | undefined {
  if (value === undefined || value.type !== 3) return undefined;
  const orientation = numberOf(value, isLittleEndian);
  return orientations.find((known) => known === orientation);
}

/**
 * EXIF comes first, then XMP, then IPTC, whose texts are short and often cut off. Source: Metadata Working Group,
 * Guidelines for Handling Image Metadata 2.0, §3.
 */
function compose(found: Found, policy: MetadataPolicy): Metadata {
  const { own, content } = found;
  const xmp = found.xmp && readXmp(found.xmp);
  const iptc = found.iptc && findIptc(found.iptc);
  const iptcTexts = iptc && iptc.byteLength <= maxMetadataReadBytes ? parseIptc(iptc) : {};
  const dotsPerInch = own && content && dotsPerInchOf(own, content.isLittleEndian);
  const texts = {
    artist: textOf(own?.get(exifTags.artist)) ?? xmp?.texts.artist ?? iptcTexts.artist,
    copyright: textOf(own?.get(exifTags.copyright)) ?? xmp?.texts.copyright ?? iptcTexts.copyright,
    credit: xmp?.texts.credit ?? iptcTexts.credit,
    rights: xmp?.texts.rights,
    webStatement: xmp?.texts.webStatement,
    rightsUri: xmp?.texts.rightsUri,
    dotsPerInch,
  };
  if (policy !== "all") return texts;
  const saysMore = content && content.image.length + content.photo.length + content.position.length > 0;
  return {
    ...texts,
    exif: saysMore ? formatExif(content, dotsPerInch) : undefined,
    xmp: xmp && xmp.packet.byteLength <= maxMetadataBlockBytes ? xmp.packet : undefined,
    iptc: iptc && iptc.byteLength <= maxMetadataBlockBytes ? iptc.slice() : undefined,
  };
}

function textOf(value: TiffValue | undefined): string | undefined {
  const isText = value?.type === 1 || value?.type === 2 || value?.type === 7;
  return isText ? cleanText(decodeText(value.bytes)) : undefined;
}

/** The texts of a packet, and the packet as it goes into a derivative. */
function readXmp(bytes: Uint8Array): { readonly texts: MetadataTexts; readonly packet: Uint8Array } | undefined {
  if (bytes.byteLength > maxMetadataReadBytes) return undefined;
  // Writers of TIFF pad the length with NULs.
  const text = decodeUtf8(bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1));
  const packet = text === undefined ? undefined : unlessMalformed(() => parseXmp(text));
  if (text === undefined || packet === undefined) return undefined;
  return { texts: textsOfXmp(packet), packet: new TextEncoder().encode(settleXmp(text, packet.orientations)) };
}
