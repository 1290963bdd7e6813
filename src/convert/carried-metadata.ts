import sharp from "sharp";
import { isCarried } from "../layout/kept-tags.ts";
import { bytesEntry, carryEntries, numbersEntry, type PlannedEntry } from "../layout/planned-entry.ts";
import { openFileSource } from "../node/file-source.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { memorySource } from "../source/memory.ts";
import { readDirectory } from "../tiff/directory.ts";
import { readHeader } from "../tiff/header.ts";
import type { PixelSource } from "./pixels.ts";
import { listTiffImages, type TiffImage } from "./tiff-pages.ts";

/** What a source says about itself besides its pixels, as entries of a little-endian directory. */
export interface CarriedMetadata {
  readonly entries: readonly PlannedEntry[];
  /** Sentences for a person. */
  readonly warnings: readonly string[];
}

const isLittleEndian = true;
const tagOf = {
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  xmp: 700,
  iptc: 33723,
  photoshop: 34377,
} as const;
const fractionType = 5;

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

/** Source: Exif 2.32 §4.7.2, whose signature libvips keeps; XMP part 3; Photoshop's APP13. */
const signatures = { exif: "Exif\0\0", photoshop: "Photoshop 3.0\0" } as const;

async function readBlocks({ path, density }: PixelSource): Promise<CarriedMetadata> {
  const { exif, xmp, iptc } = await sharp(path, { limitInputPixels: false }).metadata();
  const read = exif === undefined ? [] : await readExif(memorySource(withoutSignature(exif, signatures.exif)));
  const entries = [...(read ?? [])];
  const add = (entry: PlannedEntry): void => {
    if (!entries.some(({ tag }) => tag === entry.tag)) entries.push(entry);
  };
  if (xmp !== undefined) add(bytesEntry(tagOf.xmp, 1, xmp));
  if (iptc !== undefined) {
    const isResource = iptc.toString("latin1", 0, signatures.photoshop.length) === signatures.photoshop;
    add(
      isResource
        ? bytesEntry(tagOf.photoshop, 1, withoutSignature(iptc, signatures.photoshop))
        : bytesEntry(tagOf.iptc, 7, iptc),
    );
  }
  if (density !== undefined) for (const entry of resolutionEntries(density)) add(entry);
  return { entries, warnings: read === undefined ? ["Its EXIF is damaged and was left out."] : [] };
}

/** Returns the entries of an Exif stream, undefined if it is damaged. */
export async function readExif(source: ByteSource): Promise<readonly PlannedEntry[] | undefined> {
  try {
    const header = await readHeader(source);
    const directory = await readDirectory(source, header, header.firstDirectory);
    return await carryEntries({ source, header, isLittleEndian }, directory, isCarried);
  } catch {
    return undefined;
  }
}

function withoutSignature(block: Uint8Array, signature: string): Uint8Array {
  const hasSignature = Buffer.from(block).toString("latin1", 0, signature.length) === signature;
  return hasSignature ? block.subarray(signature.length) : block;
}

/** Dots per inch, to a hundredth. Source: TIFF 6.0 §8. */
function resolutionEntries(density: number): readonly PlannedEntry[] {
  const fraction = numbersEntry({ tag: tagOf.xResolution, type: 4, isLittleEndian }, [Math.round(density * 100), 100]);
  const entry = { type: fractionType, count: 1, value: fraction.value };
  return [
    { tag: tagOf.xResolution, ...entry },
    { tag: tagOf.yResolution, ...entry },
    numbersEntry({ tag: tagOf.resolutionUnit, type: 3, isLittleEndian }, [2]),
  ];
}

/** XMP repeats the orientation of TIFF; the pixels are upright now. Source: XMP part 2, TIFF namespace. */
function uprightXmp(entry: PlannedEntry): PlannedEntry {
  if (entry.tag !== tagOf.xmp || "entries" in entry) return entry;
  const text = Buffer.from(entry.value).toString("latin1");
  const upright = text.replace(/(tiff:Orientation\s*(?:=\s*["']|>)\s*)[2-8]/g, "$11");
  return { ...entry, value: Buffer.from(upright, "latin1") };
}
