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

  it.each([
    ["offsets", 324],
    ["byte counts", 325],
  ] as const)("are missing if there are no %s at all", async (_, tag) => {
    const file = renameTags(await makeTiff(options), new Map([[tag, 60_000]]));
    expect(await codeOfAsync(openPyramid(memorySource(file)))).toBe("source-malformed");
  });
});
