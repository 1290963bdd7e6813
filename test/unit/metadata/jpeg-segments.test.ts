import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { findIptc } from "../../../src/metadata/image-resources.ts";
import { jpegSegments, type WrittenBlocks } from "../../../src/metadata/jpeg-segments.ts";
import { resolutionExif } from "../../../src/metadata/kept-metadata.ts";
import { makeIptc } from "../../support/make-iptc.ts";
import { makeXmp, utf8 } from "../../support/make-xmp.ts";

const picture = sharp({ create: { width: 20, height: 10, channels: 3, background: "red" } });

async function jpegWith(blocks: WrittenBlocks): Promise<Buffer> {
  const jpeg = await picture.clone().jpeg().toBuffer();
  return Buffer.concat([jpeg.subarray(0, 2), ...jpegSegments(blocks), jpeg.subarray(2)]);
}

const xmp = utf8(makeXmp("<dc:rights>Free</dc:rights>"));
const iptc = makeIptc([[2, 116, "The Museum"]]);

/** Bytes that a reader only has to join. */
const profileOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 7) & 255);

describe("jpegSegments", () => {
  it("writes blocks that another reader finds", async () => {
    const exif = resolutionExif(150)!;
    const metadata = await sharp(await jpegWith({ exif, xmp, iptc })).metadata();
    expect(metadata.exif?.subarray(6)).toEqual(Buffer.from(exif));
    expect(metadata).toMatchObject({ density: 150, orientation: 1 });
    expect(metadata.xmp).toEqual(Buffer.from(xmp));
    expect(findIptc(metadata.iptc!)).toEqual(Buffer.from(iptc));
  });

  it.each([1, 65_519, 65_520, 200_000])("parts a profile of %i bytes into segments that join again", async (length) => {
    const icc = profileOf(length);
    expect(jpegSegments({ icc })).toHaveLength(Math.ceil(length / 65_519));
    expect((await sharp(await jpegWith({ icc })).metadata()).icc).toEqual(Buffer.from(icc));
  });

  it("writes a block that just fits its segment and leaves out one that is a byte longer", () => {
    expect(jpegSegments({ exif: new Uint8Array(65_527) })[0]).toHaveLength(65_537);
    expect(jpegSegments({ exif: new Uint8Array(65_528) })).toEqual([]);
    expect(jpegSegments({ xmp: new Uint8Array(65_504) })[0]).toHaveLength(65_537);
    expect(jpegSegments({ xmp: new Uint8Array(65_505) })).toEqual([]);
    expect(jpegSegments({ iptc: new Uint8Array(65_506) })).toHaveLength(1);
    expect(jpegSegments({ iptc: new Uint8Array(65_507) })).toEqual([]);
  });

  it("leaves out a profile of more than 255 segments", () => {
    expect(jpegSegments({ icc: new Uint8Array(255 * 65_519) })).toHaveLength(255);
    expect(jpegSegments({ icc: new Uint8Array(255 * 65_519 + 1) })).toEqual([]);
  });

  it("writes nothing where there is nothing", () => {
    expect(jpegSegments({})).toEqual([]);
  });
});
