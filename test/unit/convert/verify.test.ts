import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { convertMaster } from "../../../src/convert/convert.ts";
import { inspect } from "../../../src/convert/inspect.ts";
import { largestMeanDifference, shrinkPixels } from "../../../src/convert/pixel-means.ts";
import { settleTreatment } from "../../../src/convert/settle.ts";
import { verifyMaster } from "../../../src/convert/verify.ts";
import type { ConversionSettings } from "../../../src/settings/conversion.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { readDirectoryChain } from "../../../src/tiff/directory-chain.ts";
import { tags } from "../../../src/tiff/tags.ts";
import { drawScene, ingestCodeOf, makeTestFolder, usualConversion } from "../../support/masters.ts";

const folder = makeTestFolder();
const size = { width: 2300, height: 1500 };

/** Returns what verifying a master of `scene.png` against another file says. */
async function verify(master: string, against: string, settings = usualConversion): Promise<string> {
  const inspected = await inspect(against, 0);
  const source = { ...inspected, path: against, forgiven: undefined };
  const treatment = settleTreatment(settings, inspected);
  return ingestCodeOf(verifyMaster(master, { source, treatment, file: against }));
}

const source = folder.path("scene.png");
const usualMaster = folder.path("master.tif");
beforeAll(async () => {
  await folder.lay("scene.png", drawScene(size).png());
  await convertMaster(source, usualMaster, usualConversion);
});

/** Exchanges the places of two tiles of a level. */
async function exchangeTiles(
  path: string,
  directory: number,
  [one, other]: readonly [number, number],
): Promise<string> {
  const file = new Uint8Array(await readFile(path));
  const { pages } = await readDirectoryChain(memorySource(file));
  for (const tag of [tags.tileOffsets, tags.tileByteCounts]) {
    const entry = pages[directory]?.directory.entries.get(tag);
    if (entry === undefined) throw new Error(`there is no tag ${tag}`);
    const unit = entry.type === 3 ? 2 : 4;
    const at = (tile: number) => entry.valueOffset + tile * unit;
    const kept = file.slice(at(one), at(one) + unit);
    file.copyWithin(at(one), at(other), at(other) + unit);
    file.set(kept, at(other));
  }
  return folder.lay("exchanged.tif", file);
}

describe("verifying a master", () => {
  it.each<[string, Partial<ConversionSettings>]>([
    ["JPEG of a low quality", { quality: 30 }],
    ["JPEG of RGB", { quality: 92, subsampling: "4:4:4" }],
    ["WebP", { compression: "webp" }],
    ["Deflate in tiles of 512", { compression: "deflate", tileSize: 512 }],
  ])("accepts %s of its source", async (_, settings) => {
    const path = folder.path("other-master.tif");
    await convertMaster(source, path, { ...usualConversion, ...settings });
    expect(await verify(path, source, { ...usualConversion, ...settings })).toBe("none");
  });

  it("accepts JPEG of its source", async () => {
    expect(await verify(usualMaster, source)).toBe("none");
  });

  it.each([
    [304, 208],
    [301, 201],
    [2, 2],
  ])("accepts strong colours up to the edge of a picture of %i by %i", async (width, height) => {
    const path = folder.path("blue-master.tif");
    const picture = sharp({ create: { width, height, channels: 3, background: "#0000ff" } });
    const source = await folder.lay("blue.png", picture.png());
    await convertMaster(source, path, usualConversion);
    expect(await verify(path, source)).toBe("none");
  });

  // Of 9 by 6, 5 by 3 and 3 by 2 tiles, those in the middle of what is compared.
  it.each<[number, readonly [number, number]]>([
    [0, [24, 3]],
    [1, [7, 1]],
    [2, [1, 4]],
  ])("refuses a level %i whose middle tile is another one", async (level, tiles) => {
    expect(await verify(await exchangeTiles(usualMaster, level, tiles), source)).toBe("not-verified");
  });

  it("refuses the master of a brighter picture", async () => {
    const brighter = await folder.lay("brighter.png", drawScene(size).linear(1, 12).png());
    expect(await verify(usualMaster, brighter)).toBe("not-verified");
  });

  it("refuses the master of a mirrored picture, and of another size", async () => {
    const mirrored = await folder.lay("mirrored.png", drawScene(size).flop().png());
    const larger = await folder.lay("larger.png", drawScene({ ...size, width: 2301 }).png());
    expect([await verify(usualMaster, mirrored), await verify(usualMaster, larger)]).toEqual([
      "not-verified",
      "not-verified",
    ]);
  });

  it("refuses colours that were read as sRGB", async () => {
    const wide = await sharp(await readFile(source))
      .withIccProfile("p3")
      .png()
      .toBuffer();
    expect(await verify(usualMaster, await folder.lay("taken.png", sharp(wide, { ignoreIcc: true }).png()))).toBe(
      "not-verified",
    );
  });
});

describe("comparing pixels", () => {
  const flat = (width: number, height: number, value: number) => ({
    width,
    height,
    channels: 1,
    samples: new Uint8Array(width * height).fill(value),
  });

  it("computes means over cells, the last of which is larger", () => {
    const spot = flat(40, 20, 100);
    spot.samples[39] = 100 + 24;
    // The second of two columns is 24 wide, the only row 20 high.
    expect(largestMeanDifference(flat(40, 20, 100), spot)).toBeCloseTo(24 / (24 * 20));
  });

  it("finds pictures of different sizes infinitely different", () => {
    expect(largestMeanDifference(flat(40, 20, 0), flat(20, 40, 0))).toBe(Number.POSITIVE_INFINITY);
  });

  it("shrinks to rounded means and cuts off what is left over", () => {
    const { width, height, samples } = shrinkPixels(
      { width: 5, height: 2, channels: 1, samples: Uint8Array.from([0, 1, 10, 20, 99, 1, 1, 30, 41, 99]) },
      2,
    );
    expect([width, height, ...samples]).toEqual([2, 1, 1, 25]);
  });
});
