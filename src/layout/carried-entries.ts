import type { ByteSource } from "../source/byte-source.ts";
import { memorySource } from "../source/memory.ts";
import { readDirectory } from "../tiff/directory.ts";
import { readHeader } from "../tiff/header.ts";
import { isCarried } from "./kept-tags.ts";
import { bytesEntry, carryEntries, numbersEntry, type PlannedEntry } from "./planned-entry.ts";

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

/** Blocks of metadata of a file that is not a TIFF, as they are in it, with or without their signatures. */
export interface CarriedBlocks {
  readonly exif?: Uint8Array | undefined;
  readonly xmp?: Uint8Array | undefined;
  /** IPTC, or image resources with IPTC among them: `resources` if they have no signature of their own. */
  readonly iptc?: Uint8Array | undefined;
  readonly resources?: Uint8Array | undefined;
  /** Where EXIF does not say it. */
  readonly dotsPerInch?: number | undefined;
}

/** What a source says about itself besides its pixels, as entries of a little-endian directory. */
export interface CarriedEntries {
  readonly entries: readonly PlannedEntry[];
  /** Sentences for a person. */
  readonly warnings: readonly string[];
}

/** Source: Exif 2.32 §4.7.2; XMP part 3; Photoshop's APP13. */
const signatures = { exif: "Exif\0\0", photoshop: "Photoshop 3.0\0" } as const;

/** Returns blocks of metadata as entries. EXIF that is damaged is left out, which a warning says. */
export async function entriesOfBlocks(blocks: CarriedBlocks): Promise<CarriedEntries> {
  const { exif, xmp, iptc, resources, dotsPerInch } = blocks;
  const read = exif === undefined ? [] : await readExifEntries(memorySource(withoutSignature(exif, signatures.exif)));
  const entries = [...(read ?? [])];
  const add = (entry: PlannedEntry): void => {
    if (!entries.some(({ tag }) => tag === entry.tag)) entries.push(entry);
  };
  if (xmp !== undefined) add(bytesEntry(tagOf.xmp, 1, xmp));
  if (resources !== undefined) add(bytesEntry(tagOf.photoshop, 1, resources));
  if (iptc !== undefined) {
    const content = withoutSignature(iptc, signatures.photoshop);
    add(content === iptc ? bytesEntry(tagOf.iptc, 7, iptc) : bytesEntry(tagOf.photoshop, 1, content));
  }
  if (dotsPerInch !== undefined) for (const entry of resolutionEntries(dotsPerInch)) add(entry);
  return { entries, warnings: read === undefined ? ["Its EXIF is damaged and was left out."] : [] };
}

/** Returns the entries of an Exif stream, undefined if it is damaged. */
export async function readExifEntries(source: ByteSource): Promise<readonly PlannedEntry[] | undefined> {
  try {
    const header = await readHeader(source);
    const directory = await readDirectory(source, header, header.firstDirectory);
    return await carryEntries({ source, header, isLittleEndian }, directory, isCarried);
  } catch {
    return undefined;
  }
}

function withoutSignature(block: Uint8Array, signature: string): Uint8Array {
  const hasSignature = [...signature].every((letter, index) => block[index] === letter.charCodeAt(0));
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

/**
 * Returns an entry as it is true of upright pixels: XMP repeats the orientation of TIFF. Source: XMP part 2, TIFF
 * namespace.
 */
export function uprightXmp(entry: PlannedEntry): PlannedEntry {
  if (entry.tag !== tagOf.xmp || "entries" in entry) return entry;
  const text = Array.from(entry.value, (byte) => String.fromCharCode(byte)).join("");
  const upright = text.replace(/(tiff:Orientation\s*(?:=\s*["']|>)\s*)[2-8]/g, "$11");
  return { ...entry, value: Uint8Array.from(upright, (letter) => letter.charCodeAt(0)) };
}
