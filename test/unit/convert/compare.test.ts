import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatComparison } from "../../../src/cli/compare-page.ts";
import { type ComparedCrop, compareSettings } from "../../../src/convert/compare.ts";
import { busyPlaces } from "../../../src/convert/compare-places.ts";

let folder: string;
let file: string;
let crops: readonly ComparedCrop[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-compare-"));
  file = join(folder, "half-busy.png");
  // Noise in the left half, plain gray in the right one.
  const side = 800;
  const noise = Buffer.alloc(side * side * 3, 128);
  for (let at = 0; at < noise.length; at += 1) if ((at / 3) % side < side / 2) noise[at] = (at * 7919) % 256;
  await sharp(noise, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(file);
  const random = () => 0;
  crops = await compareSettings(file, {
    qualities: [50, 90],
    filters: ["cubic", "lanczos3"],
    crops: 2,
    side: 100,
    random,
  });
});
afterAll(() => rm(folder, { recursive: true }));

describe("a comparison", () => {
  it("shows the busiest place first and the calmest last", async () => {
    const places = await busyPlaces(file, { count: 3, side: 200 });
    expect(places).toHaveLength(3);
    expect(places[0]?.left).toBeLessThan(400);
    expect(places[2]?.left).toBeGreaterThanOrEqual(400);
    expect(await busyPlaces(file, { count: 3, side: 5000 })).toEqual([{ left: 0, top: 0, width: 800, height: 800 }]);
  });

  it("has every quality and the source itself of crops at full size, every filter of reduced ones", () => {
    expect(crops.map(({ subject, variants, width }) => [subject, variants.length, width])).toEqual([
      ["quality", 3, 100],
      ["quality", 3, 100],
      ["filter", 2, 100],
      ["filter", 2, 100],
    ]);
    const names = crops[0]?.variants.map(({ name }) => name) ?? [];
    expect(names.filter((name) => name === "the source itself")).toHaveLength(1);
    for (const { name, bytes } of crops[0]?.variants ?? []) {
      if (name.startsWith("JPEG")) expect(name).toContain(`${bytes.byteLength} bytes`);
    }
  });

  it("shows pictures of the size they have, the source without loss", async () => {
    for (const crop of crops) {
      for (const { bytes } of crop.variants) {
        expect(await sharp(bytes).metadata()).toMatchObject({ width: crop.width, height: crop.height });
      }
    }
    const source = crops[0]?.variants.find(({ name }) => name === "the source itself");
    const shown = await sharp(source?.bytes).raw().toBuffer();
    const { left, top, width, height } = crops[0]?.place ?? { left: 0, top: 0, width: 1, height: 1 };
    const there = await sharp(file).extract({ left, top, width, height }).removeAlpha().raw().toBuffer();
    expect(shown.equals(there)).toBe(true);
  });

  it("is a self-contained page that reveals no name before it is asked", () => {
    const page = formatComparison('<"half">\n\u202e.png', crops);
    expect(page).toContain("<title>Comparison: &#60;&#34;half&#34;&#62;\\n\\u202e.png</title>");
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page).not.toContain('<"half">');
    expect(page.match(/<img [^>]*alt="Crop \d, variant [A-C]"/g)).toHaveLength(10);
    const outside = page.replace(/<details><summary>[A-C]<\/summary>[^<]*<\/details>/g, "");
    expect(outside).not.toMatch(/JPEG quality|the source itself<|lanczos|cubic/);
  });

  it("has an order that chance decides", async () => {
    const settings = { qualities: [50, 90], filters: ["cubic", "lanczos3"] as const, crops: 1, side: 100 };
    const last = await compareSettings(file, { ...settings, random: () => 0.999 });
    const namesOf = (crop: ComparedCrop | undefined) => crop?.variants.map(({ name }) => name.slice(0, 15));
    expect(namesOf(last[0])).not.toEqual(namesOf(crops[0]));
  });
});
