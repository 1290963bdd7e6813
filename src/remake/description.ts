import { formatProfile, srgbCurve } from "../color/profile-writer.ts";
import { srgbPrimaries } from "../color/srgb.ts";
import { readFileBlocks } from "../files/open.ts";
import { type CarriedEntries, entriesOfBlocks, uprightXmp } from "../layout/carried-entries.ts";
import { isCarried } from "../layout/kept-tags.ts";
import type { MasterProfile } from "../layout/master-levels.ts";
import { carryEntries } from "../layout/planned-entry.ts";
import { readAhead } from "../source/read-ahead.ts";
import type { Fields } from "../tiff/fields.ts";
import type { OpenedSource } from "./opened-source.ts";
import type { TileForm } from "./tile-form.ts";

type SourceBytes = Pick<OpenedSource, "source" | "prefix">;

/** Values that lie together are read together, in runs of this many bytes. */
const runBytes = 65_536;

/**
 * Reads descriptions, Exif, GPS, XMP, IPTC and resolution of a source as entries of a little-endian directory. What holds
 * for the source's pixels but not for the master's is left out. Throws what the source throws.
 */
export async function readDescription(opened: OpenedSource): Promise<CarriedEntries> {
  const { fields } = opened;
  const read = fields === undefined ? await readBlocks(opened) : await readFields(opened, fields);
  return { ...read, entries: read.entries.map(uprightXmp) };
}

async function readFields({ source, prefix }: SourceBytes, { origin }: Fields): Promise<CarriedEntries> {
  const { header, directory } = origin;
  const ahead = readAhead(source, runBytes, [{ offset: 0, bytes: prefix }]);
  return {
    entries: await carryEntries({ source: ahead, header, isLittleEndian: true }, directory, isCarried),
    warnings: [],
  };
}

async function readBlocks({ source, prefix }: SourceBytes): Promise<CarriedEntries> {
  const file = await readFileBlocks(source, prefix);
  if (file === undefined) throw new RangeError("neither a TIFF nor a file");
  const { blocks, dotsPerInch } = file;
  const { exif, xmp, iptc } = blocks;
  return entriesOfBlocks({ exif, xmp, resources: iptc, dotsPerInch });
}

/** Returns the profile of a master: sRGB for colour, none for grey. */
export function profileOfMaster({ model }: TileForm): MasterProfile | undefined {
  if (model === "gray") return undefined;
  const icc = formatProfile({ description: "sRGB", curve: srgbCurve, primaries: srgbPrimaries });
  return { icc, isSrgb: true };
}
