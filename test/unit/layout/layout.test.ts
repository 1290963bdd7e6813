import { describe, expect, it } from "vitest";
import { firstReadBytes, type PlannedLevel, planLayout } from "../../../src/layout/layout.ts";
import { bytesEntry, numbersEntry, type PlannedEntry } from "../../../src/layout/planned-entry.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { readDirectory } from "../../../src/tiff/directory.ts";
import { readDirectoryChain } from "../../../src/tiff/directory-chain.ts";
import { fieldsOf } from "../../../src/tiff/fields.ts";
import { tags } from "../../../src/tiff/tags.ts";

const xmpTag = 700;
const exifTag = 34665;

function entriesOf(width: number, isLittleEndian = true): PlannedEntry[] {
  return [
    numbersEntry({ tag: tags.imageWidth, type: 4, isLittleEndian }, [width]),
    numbersEntry({ tag: tags.bitsPerSample, type: 3, isLittleEndian }, [8, 8, 8]),
  ];
}

/** A level of tiles that lie one behind the other from `from` on, of the lengths given. */
function levelOf(from: number, lengths: readonly number[], entries: readonly PlannedEntry[]): PlannedLevel {
  let at = from;
  const offsets = Float64Array.from(lengths, (length) => {
    at += length;
    return at - length;
  });
  return { entries, arrays: "tiles", chunks: { offsets, byteCounts: Float64Array.from(lengths) } };
}

/** Puts a layout's parts together, the tiles as zeros. */
function fileOf(levels: readonly PlannedLevel[], isLittleEndian = true): Uint8Array {
  const { head, copies, tail, size } = planLayout(levels, isLittleEndian);
  const file = new Uint8Array(size);
  file.set(head);
  file.set(tail, size - tail.byteLength);
  expect(head.byteLength + copies.byteCounts.reduce((sum, length) => sum + length, 0) + tail.byteLength).toBe(size);
  return file;
}

async function fieldsOfAll(file: Uint8Array) {
  const source = memorySource(file);
  const { header, pages } = await readDirectoryChain(source);
  return { header, all: pages.map(({ directory }) => fieldsOf(source, header, directory)) };
}

describe("the layout of a master", () => {
  it("puts the tiles of the smallest level first, each level's in their order", async () => {
    const file = fileOf([levelOf(5000, [100, 200, 300, 400], entriesOf(512)), levelOf(900, [50], entriesOf(256))]);
    const { all } = await fieldsOfAll(file);
    const full = await all[0]?.numbers(tags.tileOffsets, 9);
    const small = await all[1]?.numbers(tags.tileOffsets, 9);
    const first = small?.[0] ?? 0;
    expect(Array.from(full ?? [])).toEqual([first + 50, first + 150, first + 350, first + 650]);
    expect(file.byteLength).toBe(first + 1050);
  });

  it("chains the directories from the full image down and begins them all, and their values, on even bytes", async () => {
    const odd = bytesEntry(xmpTag, 1, new Uint8Array(67).fill(1));
    const file = fileOf([levelOf(900, [7, 9], [...entriesOf(512), odd]), levelOf(990, [3], entriesOf(256))]);
    const source = memorySource(file);
    const { pages } = await readDirectoryChain(source);
    expect(pages).toHaveLength(2);
    for (const { directory } of pages) {
      expect(directory.offset % 2).toBe(0);
      for (const { valueOffset } of directory.entries.values()) expect(valueOffset % 2).toBe(0);
      expect([...directory.entries.keys()]).toEqual([...directory.entries.keys()].sort((a, b) => a - b));
    }
  });

  it("puts structure before the profile, and that before descriptions", async () => {
    const icc = bytesEntry(tags.iccProfile, 7, new Uint8Array(400));
    const tables = bytesEntry(tags.jpegTables, 7, new Uint8Array(574));
    const xmp = bytesEntry(xmpTag, 1, new Uint8Array(100));
    const file = fileOf([levelOf(900, [70, 90, 80], [...entriesOf(512), xmp, icc, tables])]);
    const { pages } = await readDirectoryChain(memorySource(file));
    const at = (tag: number) => pages[0]?.directory.entries.get(tag)?.valueOffset ?? 0;
    expect(at(tags.tileOffsets)).toBeLessThan(at(tags.iccProfile));
    expect(at(tags.jpegTables)).toBeLessThan(at(tags.iccProfile));
    expect(at(tags.iccProfile)).toBeLessThan(at(xmpTag));
  });

  it("puts descriptions that do not fit into the first read after the tiles", async () => {
    const long = new Uint8Array(firstReadBytes).fill(7);
    const file = fileOf([levelOf(900, [71], [...entriesOf(256), bytesEntry(xmpTag, 1, long)])]);
    const { all } = await fieldsOfAll(file);
    const tile = (await all[0]?.number(tags.tileOffsets)) ?? 0;
    expect(tile).toBeLessThan(firstReadBytes);
    expect(await all[0]?.bytes(xmpTag)).toEqual(long);
    expect(file.byteLength).toBeGreaterThan(tile + 71 + firstReadBytes);
  });

  it("keeps all arrays before the tiles when they are longer than the first read", async () => {
    const lengths = Array.from({ length: 9000 }, (_, index) => 70_000 + index);
    const { head } = planLayout([levelOf(900, lengths, entriesOf(25_600))], true);
    expect(head.byteLength).toBeGreaterThan(9000 * 8);
  });

  it("writes byte counts that fit as two bytes each", async () => {
    const small = planLayout(
      [
        levelOf(
          900,
          Array.from({ length: 1000 }, () => 65_535),
          entriesOf(512),
        ),
      ],
      true,
    );
    const large = planLayout(
      [
        levelOf(
          900,
          Array.from({ length: 1000 }, () => 65_536),
          entriesOf(512),
        ),
      ],
      true,
    );
    expect(large.head.byteLength - small.head.byteLength).toBe(2000);
  });

  it.each([true, false])("reads back in either byte order, little-endian %s", async (isLittleEndian) => {
    const { header, all } = await fieldsOfAll(
      fileOf([levelOf(900, [70, 60], entriesOf(512, isLittleEndian))], isLittleEndian),
    );
    expect(header.isLittleEndian).toBe(isLittleEndian);
    expect(await all[0]?.number(tags.imageWidth)).toBe(512);
    expect(Array.from((await all[0]?.numbers(tags.tileByteCounts, 2)) ?? [])).toEqual([70, 60]);
  });

  it("is a BigTIFF where an offset would not fit otherwise, and only then", () => {
    const most = planLayout([levelOf(900, [2 ** 31, 2 ** 31 - 2000], entriesOf(512))], true);
    const more = planLayout([levelOf(900, [2 ** 31, 2 ** 31], entriesOf(512))], true);
    expect([most.isBigTiff, more.isBigTiff]).toEqual([false, true]);
    expect(more.head[2]).toBe(43);
  });

  it("is a BigTIFF where an entry has a type that no other TIFF has", () => {
    const entry = { tag: 65_000, type: 16, count: 1, value: new Uint8Array(8) };
    expect(planLayout([levelOf(900, [70], [...entriesOf(512), entry])], true).isBigTiff).toBe(true);
  });

  it("stores a tile once that several places share, and one that was never written not at all", async () => {
    const chunks = {
      offsets: Float64Array.from([900, 900, 0, 1000]),
      byteCounts: Float64Array.from([100, 100, 0, 50]),
    };
    const file = fileOf([{ entries: entriesOf(512), arrays: "tiles", chunks }]);
    const { all } = await fieldsOfAll(file);
    const offsets = Array.from((await all[0]?.numbers(tags.tileOffsets, 4)) ?? []);
    expect(offsets).toEqual([offsets[0], offsets[0], 0, (offsets[0] ?? 0) + 100]);
  });

  it("places the directories that entries point to", async () => {
    const nested = { tag: exifTag, entries: [bytesEntry(37_500, 7, new Uint8Array(90).fill(5))] };
    const { all } = await fieldsOfAll(fileOf([levelOf(900, [70], [...entriesOf(512), nested])]));
    const offset = (await all[0]?.number(exifTag)) ?? 0;
    const { source, header } = all[0]!.origin;
    const exif = fieldsOf(source, header, await readDirectory(source, header, offset));
    expect(await exif.bytes(37_500)).toEqual(new Uint8Array(90).fill(5));
  });
});
