import { describe, expect, it } from "vitest";
import { maxTilesPerLevel } from "../../../src/limits.ts";
import { partsOf } from "../../../src/pyramid/tile-encoding.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { readDirectoryChain } from "../../../src/tiff/directory-chain.ts";
import { fieldsOf } from "../../../src/tiff/fields.ts";
import { readSize } from "../../../src/tiff/level.ts";
import { readStrips } from "../../../src/tiff/strips.ts";
import { readTileEncoding } from "../../../src/tiff/tile-encoding.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";

const tags = { offsets: 273, rowsPerStrip: 278, byteCounts: 279 } as const;

/** Bytes that a piece of uncompressed strips has, about. */
const pieceBytes = 1 << 18;

async function read(file: Uint8Array, maxTiles: number = maxTilesPerLevel) {
  const source = memorySource(file);
  const { header, pages } = await readDirectoryChain(source);
  const fields = fieldsOf(source, header, pages[0]!.directory);
  const encoding = await readTileEncoding(fields);
  const size = await readSize(fields);
  const grid = await readStrips(fields, { size, encoding, maxTiles });
  const stated = async (tag: number) => [...((await fields.numbers(tag, 1 << 20)) ?? [])];
  const strips = { offsets: await stated(tags.offsets), byteCounts: await stated(tags.byteCounts) };
  return { grid, strips, size, parts: partsOf(encoding) };
}

/** Returns the bytes at the places given, one after another. */
function bytesAt(file: Uint8Array, offsets: ArrayLike<number>, byteCounts: ArrayLike<number>): Buffer {
  return Buffer.concat(Array.from(offsets, (offset, index) => file.subarray(offset, offset + byteCounts[index]!)));
}

/** Strips that stand in the file from the last to the first: none follows the one before. */
const backwards: TiffOptions["overrides"] = [
  { directory: 0, tag: tags.offsets, values: (values) => values.toReversed() },
];

const photo = { width: 700, height: 520, pixel: (x: number, y: number) => [x & 255, y & 255, (x * y) & 255] } as const;

describe("readStrips", () => {
  const forms: readonly (readonly [string, TiffOptions])[] = [
    ["one strip", photo],
    ["strips of a row", { ...photo, rowsPerStrip: 1 }],
    ["strips of 13 rows", { ...photo, rowsPerStrip: 13 }],
    ["strips of 500 rows", { ...photo, rowsPerStrip: 500 }],
    ["strips of 260 rows, backwards", { ...photo, rowsPerStrip: 260, overrides: backwards }],
    ["planes of one strip", { ...photo, planarConfiguration: 2 }],
    ["planes of one strip in pieces", { ...photo, width: 1900, planarConfiguration: 2 }],
    ["planes of strips of 200 rows", { ...photo, rowsPerStrip: 200, planarConfiguration: 2 }],
    ["16 bits", { ...photo, bitsPerSample: 16, rowsPerStrip: 100 }],
    ["1 bit, rows that end within a byte", { ...photo, width: 4099, photometric: "MinIsBlack", bitsPerSample: 1 }],
    ["compressed strips", { ...photo, rowsPerStrip: 260, compression: "packbits" }],
    ["a picture smaller than a piece", { ...photo, width: 40, height: 30, rowsPerStrip: 7 }],
  ];

  it.each(forms)(
    "covers the samples once and in their order, and the picture by one column: %s",
    async (_, options) => {
      // What stands after the samples shows a piece that is too long.
      const file = await makeTiff({ ...options, directories: "back" });
      const { grid, strips, size, parts } = await read(file);
      expect(
        bytesAt(file, grid.offsets, grid.byteCounts).equals(bytesAt(file, strips.offsets, strips.byteCounts)),
      ).toBe(true);
      expect(grid).toMatchObject({ tileWidth: size.width, columns: 1, isStripped: true });
      expect(grid.rows * grid.tileLength).toBeGreaterThanOrEqual(size.height);
      expect((grid.rows - 1) * grid.tileLength).toBeLessThan(size.height);
      expect(grid.offsets).toHaveLength(grid.rows * parts);
    },
  );

  it("divides uncompressed strips into pieces of about 256 KiB, across the strips that follow each other", async () => {
    for (const rowsPerStrip of [1, 13, 500, 520]) {
      const { grid } = await read(await makeTiff({ ...photo, rowsPerStrip }));
      expect(grid.tileLength).toBe(Math.floor(pieceBytes / (3 * photo.width)));
      expect(Math.max(...grid.byteCounts)).toBeLessThanOrEqual(pieceBytes);
    }
  });

  it("ends a piece where a strip ends, where the next one lies elsewhere", async () => {
    // 260 rows of 2,100 bytes are above two pieces; of 124 rows at most, 65 divide them.
    const { grid } = await read(await makeTiff({ ...photo, rowsPerStrip: 260, overrides: backwards }));
    expect([grid.tileLength, grid.rows]).toEqual([65, 8]);
    const { grid: small } = await read(await makeTiff({ ...photo, rowsPerStrip: 130, overrides: backwards }));
    expect([small.tileLength, small.rows]).toEqual([130, 4]);
  });

  it("leaves compressed strips as they are, however large", async () => {
    const { grid } = await read(await makeTiff({ ...photo, compression: "packbits" }));
    expect([grid.tileLength, grid.rows]).toEqual([520, 1]);
  });

  it("leaves strips as they are where their pieces are more than may be read, and refuses more strips", async () => {
    const file = await makeTiff({ ...photo, rowsPerStrip: 260, overrides: backwards });
    expect((await read(file, 8)).grid.rows).toBe(8);
    expect((await read(file, 7)).grid.rows).toBe(2);
    expect(await codeOfAsync(read(file, 1))).toBe("source-malformed");
  });

  it("takes all rows for one strip where their number is missing, zero or past the picture", async () => {
    const options = { ...photo, compression: "packbits" } as const;
    const lies = [{ remove: true }, { values: [0] }, { values: [4_294_967_295] }] as const;
    for (const lie of lies) {
      const file = await makeTiff({ ...options, overrides: [{ directory: 0, tag: tags.rowsPerStrip, ...lie }] });
      expect((await read(file)).grid).toMatchObject({ tileLength: 520, rows: 1 });
    }
  });

  describe("where byte counts are missing", () => {
    const options: TiffOptions = { ...photo, rowsPerStrip: 100, compression: "packbits" };
    const countsOf = async (lie: NonNullable<TiffOptions["overrides"]>[number], rest: TiffOptions = options) => {
      const file = await makeTiff({ ...rest, overrides: [...(rest.overrides ?? []), lie] });
      const { grid } = await read(file);
      return { offsets: [...grid.offsets], byteCounts: [...grid.byteCounts], fileBytes: file.byteLength };
    };

    it.each([
      ["the field", { remove: true }],
      ["each of them", { values: (values: readonly number[]) => values.map(() => 0) }],
    ] as const)("has each strip reach to the next one and the last to the end of the file: %s", async (_, lie) => {
      for (const overrides of [[], backwards]) {
        const counts = await countsOf({ directory: 0, tag: tags.byteCounts, ...lie }, { ...options, overrides });
        const starts = counts.offsets.toSorted((a, b) => a - b);
        for (const [index, offset] of counts.offsets.entries()) {
          const next = starts[starts.indexOf(offset) + 1] ?? counts.fileBytes;
          expect(counts.byteCounts[index]).toBe(next - offset);
        }
      }
    });

    it("keeps those that are stated, and has nothing of a strip that was never written", async () => {
      const truth = await read(await makeTiff(options));
      const unwritten = { ...options, isMissing: ({ row }: { readonly row: number }) => row === 2 };
      const kept = await countsOf(
        { directory: 0, tag: tags.byteCounts, values: (values) => values.with(4, 0) },
        unwritten,
      );
      expect(kept.byteCounts.slice(0, 2)).toEqual([...truth.grid.byteCounts.slice(0, 2)]);
      expect([kept.offsets[2], kept.byteCounts[2]]).toEqual([0, 0]);
      expect(kept.byteCounts[4]).toBe(kept.offsets[5]! - kept.offsets[4]!);
    });
  });

  it("keeps pieces of a strip that was never written unwritten", async () => {
    const isMissing = ({ row }: { readonly row: number }) => row === 1;
    const file = await makeTiff({ ...photo, height: 780, rowsPerStrip: 260, isMissing });
    const { grid } = await read(file);
    expect([grid.tileLength, grid.rows]).toEqual([65, 12]);
    const missing = Array.from(grid.offsets, (offset) => offset === 0);
    expect(missing).toEqual([0, 1, 2].flatMap((strip) => Array(4).fill(strip === 1)));
  });

  it.each([
    ["no strips at all", { remove: true }],
    ["fewer places than strips", { count: 2 }],
  ] as const)("refuses %s", async (_, lie) => {
    const file = await makeTiff({
      ...{ ...photo, rowsPerStrip: 100 },
      overrides: [{ directory: 0, tag: tags.offsets, ...lie }],
    });
    expect(await codeOfAsync(read(file))).toBe("source-malformed");
  });
});
