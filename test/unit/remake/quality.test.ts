import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { RemakeSettings } from "../../../src/remake/treatment.ts";
import {
  asImage,
  inStrips,
  makePhotograph,
  psnr,
  readLevels,
  remakeFile,
  type Samples,
  writeByLibvips,
} from "../../support/remaking.ts";

/**
 * What a level may be farther from the reference than that of libvips, in decibels: encoders round differently, now to the
 * one side and now to the other.
 */
const tolerance = 0.05;

const settings: RemakeSettings = { compression: "jpeg", quality: 89, tileSize: 256 };

/** The samples of a file as libvips decodes it, whole. */
async function decodeWhole(file: Uint8Array): Promise<Samples> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels as 3, data };
}

/** Returns by how much each level is nearer to a Lanczos3 reduction of its source than that of libvips. */
async function gains(file: Uint8Array, asked: RemakeSettings): Promise<readonly number[]> {
  const source = await decodeWhole(file);
  const remade = await readLevels((await remakeFile(file, { settings: asked, verify: "sample" })).file);
  const byLibvips = await readLevels(await writeByLibvips(source, asked));
  return Promise.all(
    byLibvips.map(async ({ width, height, data }, level) => {
      const reduced = asImage(source).resize(width, height, { kernel: "lanczos3", fit: "fill" });
      const reference = level === 0 ? source.data : await reduced.raw().toBuffer();
      return psnr(remade[level]?.data ?? new Uint8Array(0), reference) - psnr(data, reference);
    }),
  );
}

describe("a remade master", () => {
  it("is at every level as near to Lanczos3 as what libvips makes: strips, a PNG, halved chroma, grey", async () => {
    const color = await makePhotograph(1100, 820);
    const sources = [
      await inStrips(color),
      await asImage(color).png({ compressionLevel: 1 }).toBuffer(),
      await asImage(color).jpeg({ quality: 92 }).toBuffer(),
    ];
    for (const source of sources) {
      const found = await gains(source, settings);
      expect(found).toHaveLength(4);
      expect(Math.min(...found)).toBeGreaterThan(-tolerance);
    }
    const gray = await inStrips(await makePhotograph(1100, 820, 1));
    // libvips reads grey as red, green and blue.
    const asGray = await sharp(gray).toColourspace("b-w").tiff({ compression: "lzw" }).toBuffer();
    expect(Math.min(...(await gains(asGray, settings)))).toBeGreaterThan(-tolerance);
  });

  const corpus = process.env.TESSERA_CORPUS;
  const photographs = ["photo-mountain-13mpx.jpg", "photo-lantern-13mpx.jpg"].map((name) =>
    join(corpus ?? "", "gallery", name),
  );
  it.runIf(corpus !== undefined && photographs.every((path) => existsSync(path)))(
    "is so of photographs, as they are and in strips",
    { tags: ["slow"] },
    async () => {
      const usual: RemakeSettings = { ...settings, tileSize: 512 };
      for (const path of photographs) {
        const jpeg = readFileSync(path);
        const strips = await sharp(jpeg).tiff({ compression: "lzw" }).toBuffer();
        for (const source of [jpeg, strips])
          expect(Math.min(...(await gains(source, usual)))).toBeGreaterThan(-tolerance);
      }
    },
  );
});
