import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { codeOfAsync } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { decode, makeOfMaster, makePicture } from "../../support/render.ts";
import type { Chunk } from "../../support/tiff-chunk.ts";

const size = { width: 150, height: 100 } as const;
const tile = "64,0,64,64/max/0/default.webp";

type Encode = (chunk: Chunk) => Promise<Uint8Array>;

const rawOf = ({ width, height, samplesPerPixel, samples }: Chunk) =>
  sharp(samples as Uint8Array, { raw: { width, height, channels: samplesPerPixel as 3 | 4 } });
const lossless: Encode = (chunk) => rawOf(chunk).webp({ lossless: true, exact: true }).toBuffer();
const lossy: Encode = (chunk) => rawOf(chunk).webp({ quality: 70 }).toBuffer();
const withNotes: Encode = (chunk) =>
  rawOf(chunk)
    .withExif({ IFD0: { Software: "notes" } })
    .webp({ quality: 70 })
    .toBuffer();
const withAlpha: Encode = (chunk) => rawOf(chunk).ensureAlpha(0.5).webp({ lossless: true }).toBuffer();
const onBlack: Encode = async ({ width, height }) =>
  sharp({ create: { width: width + 1, height, channels: 3, background: "#000" } })
    .webp()
    .toBuffer();

const masterOf = (encodeTile: Encode, form: Partial<TiffOptions> = {}) =>
  makeTiff({ ...size, tile: 64, compression: "webp", encodeTile, ...form });

describe("a stored WebP tile", () => {
  it.each([
    ["with loss", lossy],
    ["without loss", lossless],
  ])("is copied as it is, in one read: %s", async (_, encode) => {
    const stored: Uint8Array[] = [];
    const master = await masterOf(async (chunk) => {
      const bytes = await encode(chunk);
      stored.push(bytes);
      return bytes;
    });
    const { picture, encoded, reads } = await makePicture(master, tile);
    expect([picture.plan.kind, picture.plan.cost.decodedPixels, reads]).toEqual(["copy", 0, 1]);
    expect(stored.filter((bytes) => Buffer.compare(bytes, encoded) === 0)).toHaveLength(1);
  });

  it("says nothing about itself, and of its master what pictures keep", async () => {
    const bare = await makePicture(await masterOf(withNotes), tile);
    expect(bare.picture.plan.kind).toBe("copy");
    const plain = await makePicture(await masterOf(lossy), tile);
    expect(Buffer.compare(bare.encoded, plain.encoded)).toBe(0);
    const { master } = bare.picture;
    const stated = { ...master, metadata: { copyright: "A museum" } };
    const { encoded } = await makeOfMaster(stated, tile, { keepMetadata: "copyright" });
    const exif = (await sharp(encoded).metadata()).exif?.toString("latin1") ?? "";
    expect([exif.includes("A museum"), exif.includes("notes")]).toEqual([true, false]);
    expect(await decode(encoded)).toEqual(await decode(plain.encoded));
  });

  it.each([
    ["over the edge", "128,64,22,36/max/0/default.webp"],
    ["off the grid", "63,0,64,64/max/0/default.webp"],
    ["smaller", "64,0,64,64/32,/0/default.webp"],
    ["turned", "64,0,64,64/max/90/default.webp"],
    ["in grey", "64,0,64,64/max/0/gray.webp"],
    ["as JPEG", "64,0,64,64/max/0/default.jpg"],
  ])("is drawn where it is asked for %s", async (_, path) => {
    const { picture } = await makePicture(await masterOf(lossless), path);
    expect(picture.plan.kind).toBe("draw");
  });

  it("is drawn where it has alpha that its directory does not tell of", async () => {
    const { picture, encoded } = await makePicture(await masterOf(withAlpha), tile);
    expect(picture.plan.kind).toBe("copy");
    expect((await decode(encoded)).channels).toBe(3);
  });

  it("is drawn where its directory tells of alpha", async () => {
    const { picture } = await makePicture(await masterOf(lossless, { samplesPerPixel: 4 }), tile);
    expect(picture.plan.kind).toBe("draw");
  });

  it.each<[string, Encode]>([
    ["of another size", onBlack],
    ["that is cut off", async (chunk) => (await lossy(chunk)).subarray(0, -40)],
    ["that is none", async () => new Uint8Array(64)],
  ])("is refused as damaged: %s", async (_, encode) => {
    expect(await codeOfAsync(makePicture(await masterOf(encode), tile))).toBe("source-malformed");
  });
});
