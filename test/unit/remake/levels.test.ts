import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { seenSize } from "../../../src/pyramid/pyramid.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import {
  asImage,
  inStrips,
  losslessSettings,
  makePattern,
  memoryFor,
  psnr,
  readLevels,
  remakeFile,
  usualSettings,
  writeByLibvips,
} from "../../support/remaking.ts";
import { decode, makePicture } from "../../support/render.ts";

async function expectSameLevels(remade: Uint8Array, byLibvips: Uint8Array): Promise<void> {
  const [found, expected] = [await readLevels(remade), await readLevels(byLibvips)];
  expect(found.map(({ width, height }) => [width, height])).toEqual(
    expected.map(({ width, height }) => [width, height]),
  );
  for (const [index, level] of expected.entries()) expect(found[index]?.data.equals(level.data)).toBe(true);
}

describe("the levels of a remade master", () => {
  it.each([
    [1, 1],
    [257, 1],
    [1, 700],
    [257, 257],
    [513, 1025],
    [1000, 3],
    [1333, 777],
  ])("are those that libvips makes of %i by %i pixels, sample for sample", async (width, height) => {
    const picture = makePattern(width, height);
    const { file, master } = await remakeFile(await inStrips(picture), { settings: losslessSettings });
    const expected = await writeByLibvips(picture, losslessSettings);
    await expectSameLevels(file, expected);
    expect(master).toMatchObject({ width, height, levels: (await sharp(expected).metadata()).pages, tileSize: 256 });
  });

  it.each([
    ["strips", 2070, 1034, "2048x256"],
    ["strips", 2070, 1034, "2070x512"],
    ["strips", 2070, 1034, "2070x1024"],
    ["tiles", 4110, 300, "2048x2048"],
    ["tiles", 4110, 300, "4096x2048"],
  ] as const)("are those of libvips where blocks are parts of %s of %i by %i pixels: %s", async (...given) => {
    const [parts, width, height, shape] = given;
    const picture = makePattern(width, height);
    const tiled = parts === "tiles" ? { tile: true, tileWidth: 128, tileHeight: 128 } : {};
    const source = await asImage(picture)
      .tiff({ compression: "lzw", ...tiled })
      .toBuffer();
    const memoryBytes = await memoryFor(source, losslessSettings, shape);
    const { file, spill } = await remakeFile(source, { settings: losslessSettings, memoryBytes });
    await expectSameLevels(file, await writeByLibvips(picture, losslessSettings));
    expect(spill.puts[0]).toContain(`-${shape}-`);
    expect(spill.blocksMade().length).toBeGreaterThan(1);
  });

  it("are those of libvips for grey and for a PNG", async () => {
    const gray = makePattern(700, 500, 1);
    await expectSameLevels(
      (await remakeFile(await inStrips(gray), { settings: losslessSettings })).file,
      await writeByLibvips(gray, losslessSettings),
    );
    const color = makePattern(700, 500);
    const png = await asImage(color).png({ compressionLevel: 1 }).toBuffer();
    await expectSameLevels(
      (await remakeFile(png, { settings: losslessSettings })).file,
      await writeByLibvips(color, losslessSettings),
    );
  });

  it.each(["strips", "tiles"])("show an image in %s upright that is stored turned", async (kind) => {
    const picture = makePattern(700, 450);
    const tiled = kind === "tiles" ? { tile: true, tileWidth: 64, tileHeight: 64 } : {};
    for (const orientation of [2, 3, 6, 8]) {
      const stored = await asImage(picture)
        .withMetadata({ orientation })
        .tiff({ compression: "lzw", ...tiled })
        .toBuffer();
      const upright = await sharp(stored).autoOrient().raw().toBuffer({ resolveWithObject: true });
      const seen = { ...picture, width: upright.info.width, height: upright.info.height, data: upright.data };
      const { file } = await remakeFile(stored, { settings: losslessSettings });
      await expectSameLevels(file, await writeByLibvips(seen, losslessSettings));
    }
  });

  it("keep transparency with deflate, and lose no light by it", async () => {
    const picture = makePattern(600, 500, 4);
    for (let at = 3; at < picture.data.length; at += 4) picture.data[at] = 128 + ((picture.data[at] ?? 0) >> 1);
    const { file } = await remakeFile(await asImage(picture).png().toBuffer(), { settings: losslessSettings });
    const [found, expected] = [
      await readLevels(file),
      await readLevels(await writeByLibvips(picture, losslessSettings)),
    ];
    expect(found.map(({ channels }) => channels)).toEqual([4, 4, 4]);
    expect(found[0]?.data.equals(picture.data)).toBe(true);
    // libvips cuts fractions off, which ours rounds.
    for (const [index, { data }] of expected.entries()) {
      const differences = data.map((sample, at) => (found[index]?.data[at] ?? 0) - sample + 128);
      expect(Math.min(...new Set(differences))).toBeGreaterThanOrEqual(128);
      expect(Math.max(...new Set(differences))).toBeLessThanOrEqual(128 + index);
    }
  });

  it("are flattened on white for JPEG", async () => {
    const png = await sharp({ create: { width: 300, height: 300, channels: 4, background: "#0000ff40" } })
      .png()
      .toBuffer();
    for (const quality of [89, 92]) {
      const { file, master } = await remakeFile(png, { settings: { ...usualSettings, quality } });
      const [full] = await readLevels(file);
      expect(full?.channels).toBe(3);
      expect([...(full?.data.subarray(0, 3) ?? [])].map((sample) => Math.round(sample / 4))).toEqual([48, 48, 64]);
      expect(master.warnings).toEqual([expect.stringContaining("flattened on white")]);
    }
  });

  it("of black and white are grey with Deflate, whatever is asked for", async () => {
    const tiff = await makeTiff({ width: 600, height: 400, bitsPerSample: 1, photometric: "MinIsBlack" });
    const { file, master } = await remakeFile(tiff, { settings: usualSettings });
    const [found] = await readLevels(file);
    expect(found?.data.equals(await sharp(tiff).toColourspace("srgb").raw().toBuffer())).toBe(true);
    expect(master.warnings).toEqual([expect.stringContaining("stored with deflate")]);
  });

  it.each([
    ["JPEG of RGB", { compression: "jpeg", quality: 92, tileSize: 512 }],
    ["WebP", { compression: "webp", quality: 80, tileSize: 256 }],
  ] as const)("may be %s, from a JPEG of which chroma is halved", async (_, settings) => {
    const picture = makePattern(900, 700);
    const jpeg = await asImage(picture).jpeg({ quality: 95 }).toBuffer();
    const { file, master } = await remakeFile(jpeg, { settings });
    const source = memorySource(file);
    const { pyramid } = await openImage({ source, prefix: await source.read(0, prefixBytes) });
    expect(pyramid.levels[0].encoding).toMatchObject({ compression: settings.compression, model: "rgb" });
    expect(seenSize(pyramid)).toEqual({ width: 900, height: 700 });
    const [full, ...reduced] = await readLevels(file);
    expect(master.levels).toBe(1 + reduced.length);
    const side = settings.tileSize;
    const tile = await makePicture(file, `0,0,${side},${side}/max/0/default.jpg`);
    expect(tile.picture.plan.kind).toBe(settings.compression === "jpeg" ? "copy" : "draw");
    const shown = await decode(tile.encoded);
    const row = side >> 1;
    const expected = full?.data.subarray(row * 900 * 3, (row * 900 + side) * 3) ?? [];
    const found = shown.samples.subarray(row * side * 3, (row + 1) * side * 3);
    expect(psnr(found, Uint8Array.from(expected))).toBeGreaterThan(settings.compression === "jpeg" ? 60 : 25);
  });
});
