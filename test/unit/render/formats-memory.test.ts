import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { drawTiff } from "../../support/render.ts";

const size = { width: 1500, height: 1100 } as const;
const gray = (x: number, y: number) => [(x * 3 + y * 5) & 255];
const rgb = (x: number, y: number) => [x & 255, y & 255, (x * y) & 255];
const rgba = (x: number, y: number) => [x & 255, y & 255, (x * y) & 255, (x + y) & 255];

/** Whatever takes memory beside the band of a level: whole strips, planes, wide samples, codecs, colours. */
const forms: Readonly<Record<string, TiffOptions>> = {
  "one strip of RGB": { ...size, compression: "packbits", pixel: rgb },
  "one strip of planes": { ...size, compression: "packbits", planarConfiguration: 2, pixel: rgb },
  "one strip of grey in 16 bits": { ...size, compression: "packbits", photometric: "MinIsBlack", bitsPerSample: 16 },
  "one strip of RGB with alpha": { ...size, compression: "packbits", samplesPerPixel: 4, pixel: rgba },
  "one strip of inks": { ...size, compression: "packbits", photometric: "CMYK", pixel: rgba },
  "one strip of CIELab": { ...size, compression: "packbits", photometric: "CIELab", pixel: rgb },
  "one strip of indexes": {
    ...{ ...size, compression: "packbits", photometric: "Palette", pixel: gray },
    colorMap: Array.from({ length: 768 }, (_, at) => at * 85),
  },
  "one strip of JPEG": {
    ...{ ...size, compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1], pixel: rgb },
    encodeTile: ({ width, height, samples }) =>
      sharp(samples, { raw: { width, height, channels: 3 } })
        .jpeg({ chromaSubsampling: "4:4:4" })
        .toBuffer(),
  },
  "tiles of 1024 pixels": { ...size, tile: 1024, compression: "packbits", pixel: rgb },
  "wide strips of a row": { ...size, rowsPerStrip: 1, photometric: "MinIsBlack", pixel: gray },
  "tiles of floats": {
    ...{ ...size, tile: 512, bitsPerSample: 32, sampleFormat: "float" },
    pixel: (x, y) => rgb(x, y).map((value) => value / 255),
  },
};

const paths = [
  "full/max/0/default.png",
  "full/600,/0/default.jpg",
  "full/1500,/90/default.jpg",
  "full/900,/33/gray.png",
  "full/1000,/0/default.webp",
  "200,300,1000,700/^1500,/0/bitonal.png",
  "full/1499,/0/default.tif",
  "full/^1600,/180/default.tif",
  "full/^2400,/0/default.tif",
  "full/700,/20/default.gif",
];

const samples = Uint8Array.from({ length: size.width * size.height * 4 }, (_, at) => (at * 31) & 255);
const picture = () => sharp(samples, { raw: { ...size, channels: 4 } });

const makers: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  ...Object.fromEntries(Object.entries(forms).map(([name, options]) => [name, () => makeTiff(options)])),
  "a JPEG": () => picture().removeAlpha().jpeg({ chromaSubsampling: "4:4:4" }).toBuffer(),
  "a progressive JPEG": () => picture().removeAlpha().jpeg({ progressive: true }).toBuffer(),
  "a JPEG of inks": () => picture().removeAlpha().toColourspace("cmyk").jpeg().toBuffer(),
  "a PNG": () => picture().png({ compressionLevel: 1 }).toBuffer(),
  "an interlaced PNG": () => picture().png({ compressionLevel: 1, progressive: true }).toBuffer(),
  "a WebP": () => picture().webp({ effort: 0 }).toBuffer(),
};

describe.each(Object.keys(makers))("what a drawing of %s takes stays below what its plan said", (name) => {
  let file: Uint8Array;
  beforeAll(async () => {
    file = await makers[name]!();
  });

  // The kernel is given what the plan said: it refuses more.
  it.each(paths)("%s", async (path) => {
    const { plan, kernelBytes } = await drawTiff(file, path);
    expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes + (1 << 20));
  });
});
