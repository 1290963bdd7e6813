import sharp from "sharp";
import { type CarriedEntries, entriesOfBlocks, uprightXmp } from "../layout/carried-entries.ts";
import { isCarried } from "../layout/kept-tags.ts";
import { carryEntries } from "../layout/planned-entry.ts";
import { openFileSource } from "../node/file-source.ts";
import type { PixelSource } from "./pixels.ts";
import { listTiffImages, type TiffImage } from "./tiff-pages.ts";

/** What a source says about itself besides its pixels. */
export type CarriedMetadata = CarriedEntries;

const isLittleEndian = true;

/**
 * Reads descriptions, Exif, GPS, XMP, IPTC and resolution of a source. What holds for the source's pixels but not for
 * the master's is left out: orientation becomes 1, dimensions and colour space are dropped. Throws when the file can't
 * be read.
 */
export async function readCarriedMetadata(source: PixelSource): Promise<CarriedMetadata> {
  const read = source.summary.format === "tiff" ? await readTiffEntries(source) : await readBlocks(source);
  return { ...read, entries: read.entries.map(uprightXmp) };
}

async function readTiffEntries({ path, place }: PixelSource): Promise<CarriedMetadata> {
  await using source = await openFileSource(path);
  const { header, images } = await listTiffImages(source);
  const isSource = ({ place: { index, subIfd } }: TiffImage): boolean =>
    index === place.index && subIfd === place.subIfd;
  const { directory } = images.find(isSource) ?? images[0];
  return { entries: await carryEntries({ source, header, isLittleEndian }, directory, isCarried), warnings: [] };
}

async function readBlocks({ path, density }: PixelSource): Promise<CarriedMetadata> {
  const { exif, xmp, iptc } = await sharp(path, { limitInputPixels: false }).metadata();
  return entriesOfBlocks({ exif, xmp, iptc, dotsPerInch: density });
}
