import { describe, expect, it } from "vitest";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { makeTiff } from "../../support/make-tiff.ts";

const options = { width: 200, height: 150, tile: 64, levels: 1, byteOrder: "little" } as const;

/** Writes other numbers over tags of the first directory. */
function renameTags(file: Uint8Array, names: ReadonlyMap<number, number>): Uint8Array {
  const renamed = file.slice();
  const view = new DataView(renamed.buffer);
  const directory = view.getUint32(4, true);
  for (let index = 0; index < view.getUint16(directory, true); index += 1) {
    const at = directory + 2 + 12 * index;
    const name = names.get(view.getUint16(at, true));
    if (name !== undefined) view.setUint16(at, name, true);
  }
  return renamed;
}

describe("the places of tiles", () => {
  it("are read from the tags of strips where old writers put them", async () => {
    const file = await makeTiff(options);
    const old = renameTags(
      file,
      new Map([
        [324, 273],
        [325, 279],
      ]),
    );
    const { levels } = await openPyramid(memorySource(old));
    expect(levels).toEqual((await openPyramid(memorySource(file))).levels);
    expect(levels[0].isStripped).toBe(false);
  });

  it("of strips are read from the tags of tiles where no tile has a size", async () => {
    const file = await makeTiff({
      width: 60,
      height: 40,
      rowsPerStrip: 16,
      compression: "deflate",
      byteOrder: "little",
    });
    const renamed = renameTags(
      file,
      new Map([
        [273, 324],
        [279, 325],
      ]),
    );
    expect((await openPyramid(memorySource(renamed))).levels).toEqual((await openPyramid(memorySource(file))).levels);
  });

  it.each([
    ["SLONG", { type: "LONG", code: 9 }, 2 ** 32],
    ["SSHORT", { type: "SHORT", code: 8 }, 2 ** 16],
  ] as const)("may have counts of type %s, but none below 0", async (_, form, range) => {
    const deflated = { ...options, compression: "deflate" } as const;
    const signed = (change: (value: number) => number) =>
      makeTiff({ ...deflated, overrides: [{ directory: 0, tag: 325, ...form, values: (all) => all.map(change) }] });
    const { levels } = await openPyramid(memorySource(await makeTiff(deflated)));
    const read = await openPyramid(memorySource(await signed((value) => value)));
    expect(read.levels[0].byteCounts).toEqual(levels[0].byteCounts);
    const below = await signed((value) => range - value);
    expect(await codeOfAsync(openPyramid(memorySource(below)))).toBe("source-malformed");
  });

  it.each([
    ["offsets", 324],
    ["byte counts", 325],
  ] as const)("are missing if there are no %s at all", async (_, tag) => {
    const file = renameTags(await makeTiff(options), new Map([[tag, 60_000]]));
    expect(await codeOfAsync(openPyramid(memorySource(file)))).toBe("source-malformed");
  });
});
