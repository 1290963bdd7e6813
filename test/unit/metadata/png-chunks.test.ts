import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { formatChunk } from "../../../src/codec/png/chunk.ts";
import { resolutionExif } from "../../../src/metadata/kept-metadata.ts";
import { pngChunks } from "../../../src/metadata/png-chunks.ts";
import { makeXmp, utf8 } from "../../support/make-xmp.ts";
import { readPngChunks } from "../../support/png-chunks.ts";

/** Signature and IHDR, behind which the chunks stand. */
const headBytes = 33;

async function pngWith(blocks: Parameters<typeof pngChunks>[0]): Promise<Buffer> {
  const picture = sharp({ create: { width: 20, height: 10, channels: 3, background: "red" } });
  const png = await picture.png().toBuffer();
  const chunks = pngChunks(blocks).map(({ type, data }) => formatChunk(type, data));
  return Buffer.concat([png.subarray(0, headBytes), ...chunks, png.subarray(headBytes)]);
}

async function displayP3(): Promise<Uint8Array> {
  const picture = sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } });
  return (await sharp(await picture.withIccProfile("p3").png().toBuffer()).metadata()).icc!;
}

describe("pngChunks", () => {
  it("writes blocks that another reader finds", async () => {
    const [exif, xmp, icc] = [
      resolutionExif(150)!,
      utf8(makeXmp("<dc:rights>Frei für alle</dc:rights>")),
      await displayP3(),
    ];
    const metadata = await sharp(await pngWith({ exif, xmp, icc })).metadata();
    expect(metadata.exif).toEqual(Buffer.from(exif));
    expect(metadata.xmp).toEqual(Buffer.from(xmp));
    expect(metadata.icc).toEqual(Buffer.from(icc));
  });

  it.each([0, 1, 65_535, 65_536, 200_000])("wraps a profile of %i bytes as a zlib stream", async (length) => {
    const icc = Uint8Array.from({ length }, (_, index) => (index * 31) & 255);
    const png = await pngWith({ icc });
    const chunk = readPngChunks(png).find(({ type }) => type === "iCCP")!;
    const { inflateSync } = await import("node:zlib");
    expect(Buffer.from(chunk.data).toString("latin1", 0, 13)).toBe("ICC profile\0\0");
    expect(inflateSync(chunk.data.subarray(13))).toEqual(Buffer.from(icc));
  });

  it("returns nothing for no blocks", () => {
    expect(pngChunks({})).toEqual([]);
  });
});
