import { exifTags } from "./exif-tags.ts";
import { formatExif, textValue, withResolution } from "./exif-writer.ts";
import type { Metadata, MetadataPolicy } from "./metadata.ts";
import { writableDotsPerInch } from "./resolution.ts";
import { formatXmp } from "./xmp-writer.ts";

/** What is written into a derivative; a block that is undefined is not written. */
export interface KeptMetadata {
  readonly exif?: Uint8Array | undefined;
  readonly xmp?: Uint8Array | undefined;
  readonly iptc?: Uint8Array | undefined;
  /** With two decimals, from 1 to 65,535. */
  readonly dotsPerInch?: number | undefined;
}

/**
 * Returns what a derivative keeps of its master's metadata. `scale` is the number of output pixels per pixel of the
 * master, by which the resolution changes. `copyright` writes new EXIF and XMP with who made the picture and who has
 * the rights, and nothing else; only `all` keeps where it was taken. `none` does not even keep the resolution.
 */
export function keepMetadata(metadata: Metadata, policy: MetadataPolicy, scale = 1): KeptMetadata {
  if (policy === "none") return {};
  const scaled = metadata.dotsPerInch === undefined ? undefined : metadata.dotsPerInch * scale;
  const dotsPerInch = scaled === undefined ? undefined : writableDotsPerInch(scaled);
  if (policy === "copyright") return { exif: copyrightExif(metadata, scaled), xmp: formatXmp(metadata), dotsPerInch };
  const { exif, xmp, iptc } = metadata;
  return {
    exif: exif === undefined || scaled === undefined ? exif : withResolution(exif, scaled),
    // PNG and WebP have no place for IPTC, and a packet that was too long is missing: at least their texts are kept.
    xmp: xmp ?? formatXmp(metadata),
    iptc,
    dotsPerInch,
  };
}

function copyrightExif({ artist, copyright }: Metadata, dotsPerInch: number | undefined): Uint8Array | undefined {
  const image = [
    ...(artist === undefined ? [] : [textValue(exifTags.artist, artist)]),
    ...(copyright === undefined ? [] : [textValue(exifTags.copyright, copyright)]),
  ];
  return image.length === 0 ? undefined : formatExif({ ...emptyExif, image }, dotsPerInch);
}

/** Returns EXIF that only states a resolution, for a format with no other place for it. */
export function resolutionExif(dotsPerInch: number): Uint8Array | undefined {
  return formatExif(emptyExif, dotsPerInch);
}

const emptyExif = { isLittleEndian: true, image: [], photo: [], position: [] } as const;
