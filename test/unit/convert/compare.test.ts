import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatComparison } from "../../../src/cli/compare-page.ts";
import { type Comparison, compareSettings } from "../../../src/convert/compare.ts";
import { busyPlaces } from "../../../src/convert/compare-places.ts";
import { convertMaster } from "../../../src/convert/convert.ts";

let folder: string;
let file: string;
let comparison: Comparison;

const settings = { compressions: ["jpeg", "webp"], qualities: [50, 95], crops: 2, side: 50 } as const;

beforeAll(async () => {
  // libvips keeps what it opened by the name of the file, one cache for the whole process: no picture may come out of it.
  sharp.cache(true);
  folder = await mkdtemp(join(tmpdir(), "tessera-compare-"));
  file = join(folder, "half-busy.png");
  // Coloured noise in the left half, plain gray in the right one with the grain of paper.
  const side = 400;
  const noise = Buffer.alloc(side * side * 3, 128);
  for (let at = 0; at < noise.length; at += 1) {
    const isBusy = Math.floor(at / 3) % side < side / 2;
    noise[at] = isBusy ? (at * 7919) % 256 : 128 + (at % 3);
  }
  await sharp(noise, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(file);
  comparison = await compareSettings(file, { ...settings, random: () => 0 });
});
afterAll(() => {
  sharp.cache(false);
  return rm(folder, { recursive: true });
});

describe("a comparison", () => {
  it("chooses places from the busiest to the calmest, and none that is blank", async () => {
    const places = await busyPlaces(file, { count: 12, side: 100 });
    expect(places).toHaveLength(8);
    for (const { left } of places) expect(left).toBeLessThan(200);
    expect(await busyPlaces(file, { count: 3, side: 5000 })).toEqual([{ left: 0, top: 0, width: 400, height: 400 }]);
  });

  it("chooses places of a picture that is blank everywhere", async () => {
    const blank = join(folder, "blank.png");
    await sharp({ create: { width: 400, height: 400, channels: 3, background: "white" } })
      .png()
      .toFile(blank);
    expect(await busyPlaces(blank, { count: 3, side: 100 })).toHaveLength(3);
  });

  it("has what ingest would store, with the bytes of the whole file: chroma is full from quality 90", async () => {
    const { variants, crops } = comparison;
    expect(variants.map(({ name, options }) => `${name}: ${options}`).toSorted()).toEqual([
      "JPEG quality 50, 4:2:0: --quality 50",
      "JPEG quality 95, 4:4:4: --quality 95",
      "WebP quality 50: --compression webp --quality 50",
      "WebP quality 95: --compression webp --quality 95",
      "Without loss: --compression deflate",
    ]);
    const sizes = variants.map(({ fileBytes }) => fileBytes);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const master = join(folder, "ingested.tif");
    const chosen = { compression: "jpeg", quality: 95, tileSize: 512, subsampling: "4:4:4" } as const;
    const { bytesOut } = await convertMaster(file, master, { ...chosen, keepsProfile: false, keepsDepth: false });
    expect(variants.find(({ options }) => options === "--quality 95")?.fileBytes).toBe(bytesOut);
    for (const { place, variants: shown } of crops) {
      const stored = await sharp(master)
        .extract({ ...place })
        .raw()
        .toBuffer();
      const picture = shown.find(({ options }) => options === "--quality 95")?.picture;
      const seen = await sharp(picture).raw().toBuffer();
      expect(seen.equals(stored)).toBe(true);
    }
  });

  it("shows every variant of each place at its size, one of them without loss", async () => {
    expect(comparison.crops).toHaveLength(2);
    for (const { place, variants } of comparison.crops) {
      expect(variants).toHaveLength(5);
      for (const { picture } of variants) {
        expect(await sharp(picture).metadata()).toMatchObject({ width: place.width, height: place.height });
      }
      const lossless = variants.find(({ name }) => name === "Without loss");
      const there = await sharp(file)
        .extract({ ...place })
        .removeAlpha()
        .raw()
        .toBuffer();
      expect((await sharp(lossless?.picture).raw().toBuffer()).equals(there)).toBe(true);
    }
  });

  it("stores gray as JPEG whatever was asked for, once, and says nothing of chroma", async () => {
    const gray = join(folder, "gray.png");
    await sharp(file).toColourspace("b-w").png().toFile(gray);
    const { variants } = await compareSettings(gray, { ...settings, qualities: [50], random: () => 0 });
    expect(variants.map(({ name }) => name).toSorted()).toEqual(["JPEG quality 50", "Without loss"]);
  });

  it("refuses a picture of one bit, which is never stored with loss", async () => {
    const bilevel = join(folder, "bilevel.tif");
    await sharp(file).toColourspace("b-w").threshold().tiff({ bitdepth: 1, compression: "ccittfax4" }).toFile(bilevel);
    const work = compareSettings(bilevel, { ...settings, random: () => 0 });
    await expect(work).rejects.toMatchObject({ code: "setting-impossible" });
  });

  it("leaves no master behind, also where it fails", async () => {
    const mine = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("tessera-compare-")).length;
    const before = await mine();
    await compareSettings(file, { ...settings, qualities: [50], crops: 1, random: () => 0 });
    await expect(
      compareSettings(file, { ...settings, random: () => 0, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: "stopped" });
    expect(await mine()).toBe(before);
  });

  it("is a self-contained page that reveals no name of a letter before it is asked", () => {
    const page = formatComparison('<"half">\n\u202e.png', comparison);
    expect(page).toContain("<title>Comparison: &#60;&#34;half&#34;&#62;\\n\\u202e.png</title>");
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page).not.toContain('<"half">');
    expect(page.match(/<img [^>]*alt="Crop \d, variant [A-E]"/g)).toHaveLength(10);
    const crops = /<main>([\s\S]*)<\/main>/.exec(page)?.[1] ?? "";
    expect(crops).toContain("JPEG quality 50");
    expect(crops.replace(/<details>[\s\S]*?<\/details>/g, "")).not.toMatch(/JPEG|WebP|loss/);
  });

  it("has an order that chance decides", async () => {
    const last = await compareSettings(file, { ...settings, random: () => 0.999 });
    const namesOf = ({ crops }: Comparison) => crops[0]?.variants.map(({ name }) => name);
    expect(namesOf(last)).not.toEqual(namesOf(comparison));
  });
});
