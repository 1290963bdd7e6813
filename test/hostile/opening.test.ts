import { describe, expect, it } from "vitest";
import { maxDirectories, maxOpeningBytes, maxOpeningReads, maxTilesPerMaster } from "../../src/limits.ts";
import { keptBytes } from "../../src/masters/kept-index.ts";
import { type FieldOverride, makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { type Attempt, attempt } from "./attempt.ts";

const byte = 1;
const tags = { width: 256, length: 257, offsets: 324, byteCounts: 325, jpegTables: 347 };

/** As many levels as there may be directories, each of another size. */
const manyLevels: TiffOptions = {
  width: 128,
  height: 128,
  tile: 16,
  tileBytes: () => Uint8Array.of(0),
  levels: Array.from({ length: maxDirectories - 1 }, (_, index) => ({ width: 127 - index, height: 127 - index })),
};

/** Returns fields of each directory that say what `fieldsOf` makes of its number. */
function liesOf(fieldsOf: (directory: number) => readonly Omit<FieldOverride, "directory">[]): FieldOverride[] {
  return Array.from({ length: maxDirectories }, (_, directory) =>
    fieldsOf(directory).map((field) => ({ directory, ...field })),
  ).flat();
}

/** Returns a file with so many more bytes of nothing behind it. */
async function padded(options: TiffOptions, paddingBytes: number): Promise<Uint8Array> {
  const file = await makeTiff(options);
  const bytes = new Uint8Array(file.length + paddingBytes);
  bytes.set(file);
  return bytes;
}

function holdOpening({ opening, image }: Attempt): void {
  expect(opening.reads).toBeLessThanOrEqual(maxOpeningReads);
  expect(opening.bytes).toBeLessThanOrEqual(maxOpeningBytes);
  if (image === undefined) return;
  expect(keptBytes({ version: "", size: 0, checkedAt: 0, image })).toBeLessThanOrEqual(32 << 20);
}

describe("opening a file whose directories ask for much", () => {
  it("reads a million offsets for as many levels as it keeps, and leaves out the rest", async () => {
    const overrides = liesOf((directory) => [
      { tag: tags.width, values: [16_384 - 16 * directory] },
      { tag: tags.length, values: [16_384 - 16 * directory] },
      { tag: tags.offsets, code: byte, count: 1 << 20, valueField: 1000 + directory },
      { tag: tags.byteCounts, code: byte, count: 1 << 20, valueField: 2000 + directory },
    ]);
    const result = await attempt(await padded({ ...manyLevels, overrides }, 2 << 20));
    holdOpening(result);
    const tiles = result.image?.pyramid.levels.reduce((sum, { offsets }) => sum + offsets.length, 0);
    expect(tiles).toBeGreaterThan(1 << 19);
    expect(tiles).toBeLessThanOrEqual(maxTilesPerMaster);
  });

  it("reads no more values than a level has tiles, however many are claimed", async () => {
    const overrides = liesOf((directory) => [
      { tag: tags.offsets, code: byte, count: (1 << 20) + directory, valueField: 1000 + directory },
      { tag: tags.byteCounts, code: byte, count: (1 << 20) + directory, valueField: 3000 + directory },
    ]);
    const result = await attempt(await padded({ ...manyLevels, overrides }, 2 << 20));
    holdOpening(result);
    expect(result.opening.bytes).toBeLessThan(1 << 20);
    expect(result.image?.pyramid.levels).toHaveLength(maxDirectories);
    expect(result.image?.pyramid.levels[0].offsets).toHaveLength(64);
  });

  it("reads one value of a width that has a hundred thousand", async () => {
    const overrides = liesOf((directory) => [
      { tag: tags.width, code: byte, count: 100_000, valueField: 20_000 + 70_000 * (directory % 3) - directory },
    ]);
    const result = await attempt(await padded({ ...manyLevels, overrides }, 400_000));
    holdOpening(result);
    expect(result.opening.bytes).toBeLessThan(maxDirectories * 65_536);
  });

  it("ends after a bounded number of reads when each value comes before the previous one", async () => {
    // A run of 64 KB never holds what lies in front of it.
    let at = 9_000_000;
    const scattered = [256, 257, 258, 259, 262, 277, 284, 322, 323];
    const overrides = liesOf(() =>
      scattered.map((tag) => {
        at -= 10_000;
        return { tag, code: byte, count: 9, valueField: at };
      }),
    );
    const result = await attempt(await padded({ ...manyLevels, overrides }, 10_000_000));
    holdOpening(result);
    expect(result.code).toMatch(/^source-/);
  });

  it("keeps no tables of JPEG that are longer than tables are", async () => {
    const jpeg = { ...manyLevels, compression: "jpeg", photometric: "YCbCr" } as const;
    const tables = (count: number) =>
      liesOf((directory) => [
        { tag: tags.jpegTables, type: "UNDEFINED", count, values: [directory], valueField: 1000 },
      ]);
    const longest = await attempt(await padded({ ...jpeg, overrides: tables(65_536) }, 200_000));
    holdOpening(longest);
    expect(longest.image?.pyramid.levels).toHaveLength(maxDirectories);
    expect(await attempt(await padded({ ...jpeg, overrides: tables(65_537) }, 200_000))).toMatchObject({
      code: "source-malformed",
      image: undefined,
    });
  });
});
