import sharp, { type WebpOptions } from "sharp";
import { describe, expect, it } from "vitest";
import { resolutionExif } from "../../../src/metadata/kept-metadata.ts";
import { metadataOfBlocks } from "../../../src/metadata/read.ts";
import { wrapWebp } from "../../../src/metadata/webp-container.ts";
import { codeOf } from "../../support/code-of.ts";
import { makeXmp, utf8 } from "../../support/make-xmp.ts";

const exif = resolutionExif(150)!;
const xmp = utf8(makeXmp("<dc:rights>Free</dc:rights>"));

function encode(channels: 3 | 4, options: WebpOptions): Promise<Buffer> {
  const picture = { width: 301, height: 257, channels, background: { r: 200, g: 10, b: 10, alpha: 0.5 } } as const;
  return sharp({ create: picture }).webp(options).toBuffer();
}

async function displayP3(): Promise<Uint8Array> {
  const picture = sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } });
  return (await sharp(await picture.withIccProfile("p3").png().toBuffer()).metadata()).icc!;
}

describe("wrapWebp", () => {
  it.each([
    ["lossy", 3, { quality: 80 }, "VP8 "],
    ["lossless", 3, { lossless: true }, "VP8L"],
    ["lossless with alpha", 4, { lossless: true }, "VP8L"],
    ["lossy with alpha", 4, { quality: 80 }, "VP8X"],
  ] as const)("puts blocks into a %s file, whose pixels and alpha stay", async (_, channels, options, type) => {
    const webp = await encode(channels, options);
    expect(webp.toString("latin1", 12, 16)).toBe(type);
    const icc = await displayP3();
    const wrapped = wrapWebp(webp, { exif, xmp, icc });
    expect(Buffer.from(wrapped).toString("latin1", 12, 16)).toBe("VP8X");
    const metadata = await sharp(wrapped).metadata();
    expect(metadata).toMatchObject({ width: 301, height: 257, hasAlpha: channels === 4 });
    expect(metadata.exif).toEqual(Buffer.from(exif));
    expect(metadata.xmp).toEqual(Buffer.from(xmp));
    expect(metadata.icc).toEqual(Buffer.from(icc));
    // A reader would convert the pixels by the profile.
    const withoutProfile = await sharp(wrapWebp(webp, { exif, xmp })).raw().toBuffer();
    expect(withoutProfile.equals(await sharp(webp).raw().toBuffer())).toBe(true);
  });

  it("replaces what is there already", async () => {
    const once = wrapWebp(await encode(3, {}), { exif, xmp });
    const twice = wrapWebp(once, { xmp });
    const metadata = await sharp(twice).metadata();
    expect(metadata.exif).toBeUndefined();
    expect(metadata.xmp).toEqual(Buffer.from(xmp));
  });

  it("states the resolution as EXIF where there is none", async () => {
    const wrapped = wrapWebp(await encode(3, {}), { dotsPerInch: 96 });
    expect((await metadataOfBlocks({ exif: (await sharp(wrapped).metadata()).exif })).dotsPerInch).toBe(96);
  });

  it("returns the same bytes where there is nothing to write", async () => {
    const webp = await encode(3, {});
    expect(wrapWebp(webp, {})).toBe(webp);
  });

  it("refuses what is cut off before its picture ends, at any byte", async () => {
    const webp = await sharp({ create: { width: 2, height: 2, channels: 3, background: "red" } })
      .webp()
      .toBuffer();
    const end = 20 + webp.readUInt32LE(16);
    expect(codeOf(() => wrapWebp(webp.subarray(0, end), { exif }))).toBe("none");
    for (let length = 0; length < end; length++) {
      expect(codeOf(() => wrapWebp(webp.subarray(0, length), { exif }))).toBe("source-malformed");
    }
  });
});
