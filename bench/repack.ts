import { maxEntryBytes, maxTilesPerLevel } from "../src/limits.ts";
import { memorySource } from "../src/source/memory.ts";
import { readDirectoryChain } from "../src/tiff/directory-chain.ts";
import { type Fields, fieldsOf } from "../src/tiff/fields.ts";
import { tags } from "../src/tiff/tags.ts";
import { type DirectoryPlan, type Field, writeTiffFile } from "../test/support/tiff-directory.ts";

/**
 * The tags that a reader of tiles needs, and whether each is copied as numbers or as bytes. Tile offsets are written
 * new.
 */
const copied = {
  SHORT: [
    tags.bitsPerSample,
    tags.compression,
    tags.photometricInterpretation,
    tags.samplesPerPixel,
    tags.planarConfiguration,
    tags.ycbcrSubsampling,
  ],
  LONG: [tags.newSubfileType, tags.imageWidth, tags.imageLength, tags.tileWidth, tags.tileLength, tags.tileByteCounts],
  UNDEFINED: [tags.jpegTables],
} as const;

/**
 * Returns the same TIFF with all its directories, and their arrays, before the tiles, which are unchanged. Throws what
 * reading its directories throws.
 */
export async function moveDirectoriesToFront(file: Uint8Array): Promise<Uint8Array> {
  const source = memorySource(file);
  const { header, pages } = await readDirectoryChain(source);
  const plans: DirectoryPlan[] = [];
  for (const [index, { directory }] of pages.entries()) {
    const fields = fieldsOf(source, header, directory);
    const kept = await copyFields(fields);
    const offsets = (await fields.numbers(tags.tileOffsets, maxTilesPerLevel)) ?? new Float64Array(0);
    const byteCounts = (await fields.numbers(tags.tileByteCounts, maxTilesPerLevel)) ?? new Float64Array(0);
    plans.push({
      fields: ({ chunks }) =>
        [...kept, { tag: tags.tileOffsets, type: "LONG", values: chunks[index] ?? [] } satisfies Field].sort(
          (one, other) => one.tag - other.tag,
        ),
      chunks: Array.from(offsets, (offset, tile) => file.subarray(offset, offset + (byteCounts[tile] ?? 0))),
      next: ({ directories }) => directories[index + 1] ?? 0,
    });
  }
  return writeTiffFile(plans, {
    byteOrder: "little",
    bigTiff: false,
    directories: "front",
    firstDirectory: ({ directories }) => directories[0] ?? 0,
  });
}

async function copyFields(fields: Fields): Promise<Field[]> {
  const kept: Field[] = [];
  for (const [type, list] of Object.entries(copied) as [keyof typeof copied, readonly number[]][]) {
    for (const tag of list) {
      const values = type === "UNDEFINED" ? await fields.bytes(tag) : await fields.numbers(tag, maxEntryBytes);
      if (values !== undefined) kept.push({ tag, type, values: Array.from(values) });
    }
  }
  return kept;
}
