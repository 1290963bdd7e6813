import { beforeAll, describe, expect, it } from "vitest";
import { maxDirectories, maxOpeningReads } from "../../../src/limits.ts";
import type { ByteSource } from "../../../src/source/byte-source.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { mostRunsBytes, readDirectoriesAhead } from "../../../src/tiff/directories-behind.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { countWaits, Waits } from "../../support/count-waits.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { openRandom } from "../../support/random.ts";

/** Five levels, each with its directory behind it: three are outside of the last 256 KB, two outside of the last 400,000 bytes. */
const form: TiffOptions = {
  ...{ width: 3200, height: 3200, tile: 160, levels: 5, directories: "back", samplesPerPixel: 1 },
  ...{ photometric: "MinIsBlack", tileBytes: () => new Uint8Array(25_600) },
};
const widths = [3200, 1600, 800, 400, 200];
let file: Uint8Array;

beforeAll(async () => {
  file = await makeTiff(form);
});

async function open(
  bytes: Uint8Array,
  { tail = 0, source = memorySource(bytes) }: { tail?: number; source?: ByteSource } = {},
) {
  const waits = new Waits();
  const held = [{ offset: 0, bytes: bytes.subarray(0, 32_768) }];
  if (tail > 0) held.push({ offset: bytes.byteLength - tail, bytes: bytes.subarray(-tail) });
  const pyramid = await openPyramid(countWaits(source, waits), { held });
  return { reads: waits.reads, waits: waits.count, pyramid };
}

const widthsOf = ({ pyramid }: Awaited<ReturnType<typeof open>>) => pyramid.levels.map(({ width }) => width);

describe("directories behind their tiles", () => {
  it("are read from both ends, two at a time", async () => {
    const opened = await open(file);
    expect(widthsOf(opened)).toEqual(widths);
    // The first directory and the end of the file, then the second and the third.
    expect([opened.reads.length, opened.waits]).toEqual([4, 2]);
  });

  it.each([
    [300_000, 3, 2],
    [400_000, 2, 1],
  ])("are read beside the %i bytes of the end that are held, which are not read again", async (tail, reads, waits) => {
    const opened = await open(file, { tail });
    expect(widthsOf(opened)).toEqual(widths);
    expect([opened.reads.length, opened.waits]).toEqual([reads, waits]);
  });

  it.each([
    { byteOrder: "big" },
    { bigTiff: true },
    { byteOrder: "big", bigTiff: true },
  ] satisfies Partial<TiffOptions>[])("are found whatever the form of the file: %j", async (other) => {
    const opened = await open(await makeTiff({ ...form, ...other }));
    expect(widthsOf(opened)).toEqual(widths);
    expect([opened.reads.length, opened.waits]).toEqual([4, 2]);
  });

  it("are those of the chain, whatever tiles look like", async () => {
    const random = openRandom(8);
    // The beginning of a directory whose tiles begin anywhere.
    const looksSo = (): Uint8Array => {
      const bytes = new Uint8Array(25_600);
      const view = new DataView(bytes.buffer);
      const at = random.integer(0, 25_000);
      view.setUint16(at, 2, true);
      for (const [index, [tag, value]] of [
        [254, 1] as const,
        [324, random.integer(0, 20_000_000)] as const,
      ].entries()) {
        view.setUint16(at + 2 + 12 * index, tag, true);
        view.setUint16(at + 4 + 12 * index, 4, true);
        view.setUint32(at + 6 + 12 * index, 1, true);
        view.setUint32(at + 10 + 12 * index, value, true);
      }
      return bytes;
    };
    for (let round = 0; round < 10; round += 1) {
      const opened = await open(await makeTiff({ ...form, tileBytes: looksSo }));
      expect(widthsOf(opened)).toEqual(widths);
      // No more than one after the other, and a few that were of no use.
      expect(opened.waits).toBeLessThanOrEqual(4);
      expect(opened.reads.length).toBeLessThanOrEqual(12);
    }
  });

  it("cost a file that has them in front nothing, and one that is smaller than what is held", async () => {
    const front = await makeTiff({ ...form, directories: "front" });
    expect((await open(front)).reads).toEqual([]);
    const small = await makeTiff({ ...form, width: 300, height: 300, levels: 2 });
    expect((await open(small)).reads).toHaveLength(1);
    expect((await open(small, { tail: small.byteLength })).reads).toEqual([]);
  });

  it("are held in a bounded number of bytes, however many lie apart, and the first of them with their arrays", async () => {
    const apart = memorySource(new Uint8Array(maxOpeningReads * 100_000));
    const lengths: number[] = [];
    const read: ByteSource["read"] = (offset, length) => {
      lengths.push(length);
      return apart.read(offset, length);
    };
    const source = readDirectoriesAhead({ ...apart, read }, [{ offset: 0, bytes: file.subarray(0, 32) }], () => false);
    for (let index = 1; index < maxOpeningReads; index++) await source.read(index * 100_000, 200);
    expect(lengths).toHaveLength(maxOpeningReads - 1);
    expect(lengths.slice(0, 4)).toEqual([65_536, 65_536, 32_768, 16_384]);
    expect(lengths.slice(0, maxDirectories).every((length) => length >= 1024)).toBe(true);
    expect(lengths.reduce((sum, length) => sum + length)).toBeLessThanOrEqual(mostRunsBytes);
  });

  it("have memory asked for their end while they are being opened, and never after that", async () => {
    let asked = 0;
    const failing: ByteSource = { ...memorySource(file), read: () => Promise.reject(new RangeError("no answer")) };
    const source = readDirectoriesAhead(failing, [{ offset: 0, bytes: file.subarray(0, 32) }], () => {
      asked += 1;
      return true;
    });
    const reading = source.read(1000, 20);
    expect(asked).toBe(1);
    await expect(reading).rejects.toThrow("no answer");
  });

  it("fail where what is read ahead is needed and can't be read, and only there", async () => {
    const memory = memorySource(file);
    const failing: ByteSource = {
      ...memory,
      read: async (offset, length) => {
        if (length > 65_536) throw new Error("no end");
        return memory.read(offset, length);
      },
    };
    await expect(open(file, { source: failing })).rejects.toThrow("no end");
    const ended = await makeTiff({ ...form, links: [{ of: 1, to: { offset: 0 } }] });
    const memoryOfEnded = memorySource(ended);
    const source: ByteSource = {
      ...failing,
      read: (offset, length) => (length > 65_536 ? failing.read(offset, length) : memoryOfEnded.read(offset, length)),
    };
    expect(widthsOf(await open(ended, { source }))).toEqual([3200, 1600]);
  });
});
