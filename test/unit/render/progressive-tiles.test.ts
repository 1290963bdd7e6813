import sharp from "sharp";
import { expect, it } from "vitest";
import { makeTiff } from "../../support/make-tiff.ts";
import { decode, drawTiff, largestDifference } from "../../support/render.ts";

it.each([256, 1024])("draws progressive JPEG tiles of %i pixels as libjpeg reads them", async (side) => {
  const noise = { type: "gaussian", mean: 128, sigma: 30 } as const;
  const picture = sharp({ create: { width: side, height: side, channels: 3, background: "#456", noise } }).blur(2);
  const tile = await picture.jpeg({ quality: 90, chromaSubsampling: "4:4:4", progressive: true }).toBuffer();
  const form = { compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1] } as const;
  const file = await makeTiff({
    width: side,
    height: side,
    tile: side,
    ...form,
    tileBytes: () => new Uint8Array(tile),
  });
  const { encoded } = await drawTiff(file, "full/max/0/default.png");
  const theirs = await decode(await sharp(tile).png().toBuffer());
  expect(largestDifference(await decode(encoded), theirs)).toBeLessThanOrEqual(4);
});
