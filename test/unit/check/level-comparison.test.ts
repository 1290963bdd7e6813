import { beforeAll, describe, expect, it } from "vitest";
import { checkMaster } from "../../../src/check/check.ts";
import { findDifferingLevels, type SeePixels } from "../../../src/check/level-comparison.ts";
import { openViewer } from "../../../src/cli/check-drawer.ts";
import { ImageError } from "../../../src/error.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";

type Pixel = (x: number, y: number) => readonly [number, number, number];

/** A picture over the unit square: soft shapes with some contrast. */
const scene: Pixel = (x, y) => [
  128 + 90 * Math.sin(9 * x + 2 * y),
  128 + 80 * Math.cos(7 * y - 3 * x),
  128 + 60 * Math.sin(5 * (x + y)),
];
const mirrored: Pixel = (x, y) => scene(1 - x, y);

/** A page with lines of text: black marks on white, which `seed` places. */
const text =
  (seed: number): Pixel =>
  (x, y) => {
    const isLine = Math.floor(y * 40) % 2 === 1;
    const word = Math.imul(Math.floor(x * 30) + 97 * Math.floor(y * 40) + seed, 2_654_435_761) >>> 29;
    const value = isLine && word < 3 ? 0 : 255;
    return [value, value, value];
  };

const side = 64;

/** A pyramid whose levels, from the full image down, show these pictures. */
async function pyramidOf(levels: readonly Pixel[], change: Partial<TiffOptions> = {}) {
  const [width, height] = [512, 384];
  const tileBytes: TiffOptions["tileBytes"] = ({ level, column, row }) => {
    const tile = new Uint8Array(side * side * 3);
    for (let at = 0; at < side * side; at++) {
      const x = (column * side + (at % side) + 0.5) / Math.ceil(width / 2 ** level);
      const y = (row * side + Math.floor(at / side) + 0.5) / Math.ceil(height / 2 ** level);
      tile.set(levels[level]!(x, y), at * 3);
    }
    return tile;
  };
  return makeTiff({ width, height, tile: side, levels: levels.length, tileBytes, ...change });
}

async function differing(file: Uint8Array, see: SeePixels = openViewer()): Promise<readonly number[]> {
  const source = memorySource(file);
  const found = await findDifferingLevels({ source, pyramid: await openPyramid(source) }, see);
  return found.map(({ width }) => width);
}

describe("the comparison of levels", () => {
  // The engine is compiled on first use.
  beforeAll(() => pyramidOf([scene, scene]).then((file) => differing(file)), 60_000);

  it.each<readonly [string, readonly Pixel[]]>([
    ["reduced ones", [scene, scene, scene, scene]],
    ["lines of text, of which levels keep every other row", [text(1), text(1), text(1)]],
    [
      "brighter ones, as reducing in linear light makes them",
      [scene, (x, y) => scene(x, y).map((s) => s + 12) as never],
    ],
    ["one colour", [() => [90, 90, 90], () => [91, 90, 89]]],
  ])("takes what shows the same for levels: %s", async (_, levels) => {
    expect(await differing(await pyramidOf(levels))).toEqual([]);
  });

  it.each<readonly [string, readonly Pixel[], readonly number[]]>([
    ["another picture", [scene, mirrored], [256]],
    ["another page of text", [text(1), text(2)], [256]],
    ["other colours", [scene, (x, y) => scene(x, y).toReversed() as never], [256]],
    ["a level of one colour", [scene, scene, () => [128, 128, 128]], [128]],
    ["one colour, and another", [() => [90, 90, 90], () => [30, 90, 160]], [256]],
    ["what is below it is compared with the last that is right", [scene, mirrored, scene], [256]],
    ["every level of another picture", [scene, mirrored, mirrored], [256, 128]],
  ])("finds what shows something else: %s", async (_, levels, widths) => {
    expect(await differing(await pyramidOf(levels))).toEqual(widths);
  });

  it.each([2, 3, 5, 6, 8] as const)("works on turned pictures: orientation %i", async (orientation) => {
    expect(await differing(await pyramidOf([scene, scene], { orientation }))).toEqual([]);
    expect(await differing(await pyramidOf([scene, mirrored], { orientation }))).toEqual([256]);
  });

  it("leaves out parts that can't be drawn, and passes on what storage says", async () => {
    const file = await pyramidOf([scene, mirrored]);
    const damaged = () => Promise.reject(new ImageError("source-malformed", "damaged"));
    expect(await differing(file, damaged)).toEqual([]);
    const lost = () => Promise.reject(new ImageError("storage-failed", "lost"));
    expect(await codeOfAsync(differing(file, lost))).toBe("storage-failed");
  });

  it("draws nine parts of a level from two levels, and never more than they need", async () => {
    const sizes: number[] = [];
    const viewer = openViewer();
    const file = await pyramidOf([scene, scene]);
    await differing(file, (master, part) => {
      sizes.push(Math.max(part.size.width, part.size.height));
      return viewer(master, part);
    });
    // 256 by 192 pixels are one part.
    expect(sizes).toEqual([16, 16]);
  });

  it("is a finding of the check, with a command that mends it, only where pixels are decoded", async () => {
    const source = memorySource(await pyramidOf([scene, mirrored]));
    const { problems, served } = await checkMaster(source, { see: openViewer() });
    const found = problems.find(({ code }) => code === "level-differs");
    expect(found).toMatchObject({ severity: "error", mend: ["npx tessera ingest FILE --to local"] });
    expect(found?.message).toContain("256 by 192");
    expect(served).toBe("part");
    expect((await checkMaster(source)).problems.map(({ code }) => code)).not.toContain("level-differs");
  });
});
