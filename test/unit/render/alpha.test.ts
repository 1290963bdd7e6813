import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { cmykTable } from "../../../src/color/cmyk-table.ts";
import { convertPixels } from "../../support/color-tables.ts";
import { drawLevels, makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import type { Picture } from "../../support/picture.ts";
import {
  cropPicture,
  largestDifference,
  meanDifference,
  mirrorPicture,
  orientPicture,
  turnPicture,
} from "../../support/picture-edits.ts";
import { levelsOf, mapPixels, pickChannels } from "../../support/picture-levels.ts";
import { readPng } from "../../support/png-reader.ts";
import { drawTiff } from "../../support/render.ts";

const size = { width: 120, height: 90 } as const;

async function draw(options: TiffOptions, path: string): Promise<Uint8Array> {
  return (await drawTiff(await makeTiff(options), path)).encoded;
}

async function drawPng(options: TiffOptions, path = "full/max/0/default.png"): Promise<Picture> {
  return readPng(await draw(options, path));
}

/** Decodes by sharp, grey as one channel. */
async function decode(encoded: Uint8Array): Promise<Picture> {
  const { channels } = await sharp(encoded).metadata();
  const picture = channels === 1 ? sharp(encoded).extractChannel(0) : sharp(encoded);
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, samplesPerPixel: info.channels, samples: Uint8Array.from(data) };
}

const over = (color: number, alpha: number): number => Math.round((color * alpha + 255 * (255 - alpha)) / 255);

/** A picture as it looks on white. */
function onWhite(picture: Picture): Picture {
  const count = picture.samplesPerPixel - 1;
  return mapPixels(picture, count, (pixel) => pixel.slice(0, count).map((color) => over(color, pixel[count]!)));
}

/** Red where it is opaque, and black that nobody should see where it is not. */
const cutOut = (x: number, y: number): number[] => {
  const isInside = (x - 60) ** 2 + (y - 45) ** 2 < 35 ** 2;
  return isInside ? [255, 0, 0, 255] : [0, 0, 0, 0];
};

describe("alpha of a master", () => {
  const layouts = [{ tile: 32 }, { rowsPerStrip: 25, planarConfiguration: 2 }] as const;

  it.each([8, 16] as const)("is kept in png exactly: %i bits", async (bitsPerSample) => {
    for (const layout of layouts) {
      for (const samples of [{ samplesPerPixel: 4 }, { photometric: "MinIsBlack", samplesPerPixel: 2 }] as const) {
        const options: TiffOptions = { ...size, ...layout, ...samples, bitsPerSample };
        const right = levelsOf(drawLevels(options)[0]!, { bitsPerSample, sampleFormat: "unsigned" });
        expect(largestDifference(await drawPng(options), right)).toBe(0);
        const crop = await drawPng(options, "7,9,70,60/max/0/default.png");
        const area = { x: 7, y: 9, width: 70, height: 60 };
        expect(largestDifference(crop, cropPicture(right, area))).toBe(0);
      }
    }
  });

  it("that is associated comes out straight", async () => {
    const straight = (x: number, y: number) => [(x * 2) % 256, (y * 2) % 256, 130, 40 + (x + y)];
    const associated = (x: number, y: number) => {
      const [red, green, blue, alpha] = straight(x, y) as [number, number, number, number];
      return [red, green, blue].map((color) => Math.round((color * alpha) / 255)).concat(alpha);
    };
    const form = { ...size, tile: 32, samplesPerPixel: 4 } as const;
    const right = drawLevels({ ...form, pixel: straight })[0]!;
    const drawn = await drawPng({ ...form, extraSamples: 1, pixel: associated });
    // Eight bits of a colour at an alpha of 40 are good for some three levels.
    expect(largestDifference(drawn, right)).toBeLessThanOrEqual(4);
    expect(largestDifference(pickChannels(drawn, [3]), pickChannels(right, [3]))).toBe(0);
    const jpeg = await decode(await draw({ ...form, extraSamples: 1, pixel: associated }, "full/max/0/default.jpg"));
    expect(meanDifference(jpeg, onWhite(right))).toBeLessThan(2);
  });

  it.each(["0", "30"])("hides in webp what nobody sees, rotated by %s", async (rotation) => {
    const options: TiffOptions = { ...size, tile: 32, samplesPerPixel: 4, pixel: cutOut };
    const [webp, png] = await Promise.all(
      ["webp", "png"].map(async (format) => decode(await draw(options, `full/max/${rotation}/default.${format}`))),
    );
    expect(largestDifference(pickChannels(webp!, [3]), pickChannels(png!, [3]))).toBe(0);
    let [seen, worst] = [0, 0];
    for (let at = 0; at < webp!.samples.length; at += 4) {
      if (webp!.samples[at + 3] === 0) continue;
      seen += 1;
      // Black beside it would darken red at its edges, and take its colour.
      worst = Math.max(worst, ...[255, 0, 0].map((value, index) => Math.abs(value - webp!.samples[at + index]!)));
    }
    expect(seen).toBeGreaterThan(3500);
    // Decoders mix chroma with that of the next block; libwebp is off by 82.
    expect(worst).toBeLessThan(50);
  });

  it("is kept in webp", async () => {
    const options: TiffOptions = { ...size, tile: 32, samplesPerPixel: 4 };
    const right = drawLevels(options)[0]!;
    const drawn = await decode(await draw(options, "full/max/0/default.webp"));
    expect(largestDifference(pickChannels(drawn, [3]), pickChannels(right, [3]))).toBeLessThanOrEqual(1);
    expect(meanDifference(onWhite(drawn), onWhite(right))).toBeLessThan(4);
  });

  it("is laid over white in jpg", async () => {
    for (const form of [{ samplesPerPixel: 4 }, { photometric: "MinIsBlack", samplesPerPixel: 2 }] as const) {
      const smooth = (x: number, y: number) =>
        [x * 2, 200 - y, 90, 2 * x].slice(0, form.samplesPerPixel - 1).concat(y * 2);
      const options: TiffOptions = { ...size, tile: 32, ...form, pixel: smooth };
      const drawn = await decode(await draw(options, "full/max/0/default.jpg"));
      expect(drawn.samplesPerPixel).toBe(form.samplesPerPixel - 1);
      expect(meanDifference(drawn, onWhite(drawLevels(options)[0]!))).toBeLessThan(2);
    }
  });

  it("is kept by inks that become sRGB", async () => {
    const pixel = (x: number, y: number) => [x, y, 30, 0, (x * 2) & 255];
    const options: TiffOptions = { ...size, tile: 32, photometric: "CMYK", samplesPerPixel: 5, pixel };
    const drawn = await drawPng(options);
    const inks = Array.from({ length: size.width * size.height }, (_, at) =>
      pixel(at % size.width, Math.floor(at / size.width)).slice(0, 4),
    );
    const right = Uint8Array.from(convertPixels(cmykTable(), inks).flat());
    expect(largestDifference(pickChannels(drawn, [0, 1, 2]), { ...size, samplesPerPixel: 3, samples: right })).toBe(0);
    expect([...pickChannels(drawn, [3]).samples]).toEqual([...pickChannels(drawLevels(options)[0]!, [4]).samples]);
  });
});

describe("alpha under resampling", () => {
  const options: TiffOptions = { ...size, tile: 32, samplesPerPixel: 4, pixel: cutOut };

  it.each(["full/60,45/0", "full/77,50/0", "full/^300,225/0", "10,10,80,70/33,31/0"])(
    "leaves no trace of what was invisible: %s",
    async (path) => {
      const drawn = await drawPng(options, `${path}/default.png`);
      const shades = mapPixels(drawn, 1, ([red = 0, green = 0, blue = 0, alpha = 0]) => [
        // Red where anything is seen, but for the few levels that eight bits cost thin parts.
        alpha < 16 || (red > 235 && green < 20 && blue < 20) ? 0 : 1,
      ]);
      expect(new Set(shades.samples)).toEqual(new Set([0]));
    },
  );

  it("looks on white as libvips has it", async () => {
    const drawn = onWhite(await drawPng(options, "full/53,41/0/default.png"));
    const { data } = await sharp(await makeTiff(options))
      .resize(53, 41, { fit: "fill", kernel: "lanczos3" })
      .flatten({ background: "#fff" })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const theirs = { ...drawn, samples: Uint8Array.from(data) };
    expect(meanDifference(drawn, theirs)).toBeLessThan(1);
    const jpeg = await decode(await draw(options, "full/53,41/0/default.jpg"));
    expect(meanDifference(jpeg, theirs)).toBeLessThan(8);
  });

  it.each([
    ["inks", "CMYK", [0, 255, 255, 0], [0, 0, 0, 255]],
    ["CIELab", "CIELab", [130, 70, 60], [0, 128, 128]],
  ] as const)("leaves no trace of invisible %s", async (_, photometric, seen, unseen) => {
    const pixel = (x: number, y: number) => (((x >> 4) + (y >> 4)) % 2 === 0 ? [...seen, 255] : [...unseen, 0]);
    const form: TiffOptions = { ...size, tile: 32, photometric, samplesPerPixel: seen.length + 1, pixel };
    const [right] = pickChannels(await drawPng(form, "0,0,1,1/max/0/default.png"), [0]).samples;
    const drawn = await drawPng(form, "full/77,58/0/default.png");
    const shades = mapPixels(drawn, 1, ([red = 0, , , alpha = 0]) => [
      alpha < 32 || Math.abs(red - right!) < 24 ? 0 : 1,
    ]);
    expect(new Set(shades.samples)).toEqual(new Set([0]));
  });

  it("keeps an opaque picture opaque and as it would be without alpha", async () => {
    const pixel = (x: number, y: number) => [(x * 5) & 255, (y * 7) & 255, (x + y) & 255];
    const opaque: TiffOptions = { ...size, tile: 32, pixel };
    const drawn = await drawPng({ ...opaque, samplesPerPixel: 4 }, "full/71,/0/default.png");
    expect(new Set(pickChannels(drawn, [3]).samples)).toEqual(new Set([255]));
    const plain = await drawPng(opaque, "full/71,/0/default.png");
    expect(largestDifference(pickChannels(drawn, [0, 1, 2]), plain)).toBe(0);
  });
});

describe("alpha under rotation", () => {
  const options: TiffOptions = { ...size, tile: 32, samplesPerPixel: 4, pixel: cutOut };

  it.each(["30", "45", "!200.5"])("leaves no trace of what was invisible: %s degrees", async (rotation) => {
    const drawn = await drawPng(options, `full/max/${rotation}/default.png`);
    const shades = mapPixels(drawn, 1, ([red = 0, green = 0, blue = 0, alpha = 0]) => [
      alpha < 16 || (red > 235 && green < 20 && blue < 20) ? 0 : 1,
    ]);
    expect(new Set(shades.samples)).toEqual(new Set([0]));
    const opaque = pickChannels(drawn, [3]).samples.filter((alpha: number) => alpha === 255).length;
    expect(Math.abs(opaque / (Math.PI * 35 ** 2) - 1)).toBeLessThan(0.05);
  });

  it("is laid over white in jpg, inside and outside of the picture", async () => {
    const jpeg = await decode(await draw(options, "full/max/30/default.jpg"));
    const png = onWhite(await drawPng(options, "full/max/30/default.png"));
    expect(meanDifference(jpeg, png)).toBeLessThan(4);
    const corner = cropPicture(jpeg, { x: 0, y: 0, width: 8, height: 8 });
    expect(Math.min(...corner.samples)).toBeGreaterThan(250);
  });

  it("turns with the picture", async () => {
    const form: TiffOptions = { ...size, tile: 32, samplesPerPixel: 4 };
    const picture = drawLevels(form)[0]!;
    expect(largestDifference(await drawPng(form, "full/max/90/default.png"), turnPicture(picture, 1))).toBe(0);
    const mirrored = turnPicture(mirrorPicture(picture), 3);
    expect(largestDifference(await drawPng(form, "full/max/!270/default.png"), mirrored)).toBe(0);
    const oriented = await drawPng({ ...form, orientation: 7 });
    expect(largestDifference(oriented, orientPicture(picture, 7))).toBe(0);
  });
});

describe("alpha in fewer colours", () => {
  it("is kept in gray", async () => {
    const options: TiffOptions = { ...size, tile: 32, samplesPerPixel: 4 };
    const drawn = await drawPng(options, "full/max/0/gray.png");
    const right = mapPixels(drawLevels(options)[0]!, 2, ([red = 0, green = 0, blue = 0, alpha = 0]) => [
      Math.round(0.299 * red + 0.587 * green + 0.114 * blue),
      alpha,
    ]);
    expect(largestDifference(drawn, right)).toBeLessThanOrEqual(1);
    const webp = await decode(await draw(options, "full/max/0/gray.webp"));
    expect(largestDifference(pickChannels(webp, [3]), pickChannels(right, [1]))).toBeLessThanOrEqual(1);
    const jpeg = await decode(await draw(options, "full/max/0/gray.jpg"));
    expect(jpeg.samplesPerPixel).toBe(1);
    expect(meanDifference(jpeg, onWhite(right))).toBeLessThan(3);
  });

  it("is laid over white in bitonal, so that what is invisible is white", async () => {
    for (const form of [{ samplesPerPixel: 4 }, { photometric: "MinIsBlack", samplesPerPixel: 2 }] as const) {
      const pixel = (x: number, y: number) => [...Array<number>(form.samplesPerPixel - 1).fill(x * 2), y * 2];
      const options: TiffOptions = { ...size, tile: 32, ...form, pixel };
      for (const format of ["png", "jpg", "webp"]) {
        const drawn = await decode(await draw(options, `full/max/0/bitonal.${format}`));
        const right = mapPixels(onWhite(drawLevels(options)[0]!), 1, ([gray = 0]) => [gray >= 128 ? 255 : 0]);
        const difference = meanDifference(pickChannels(drawn, [0]), right);
        expect(difference).toBeLessThanOrEqual(format === "png" ? 1 : 6);
        if (drawn.samplesPerPixel === 4) expect(new Set(pickChannels(drawn, [3]).samples)).toEqual(new Set([255]));
      }
    }
  });

  it("is the ground of a rotated bitonal picture", async () => {
    const options: TiffOptions = { ...size, tile: 32, samplesPerPixel: 4, pixel: cutOut };
    const drawn = await drawPng(options, "full/max/30/bitonal.png");
    expect(new Set(pickChannels(drawn, [0]).samples)).toEqual(new Set([0, 255]));
    const [corner] = pickChannels(drawn, [drawn.samplesPerPixel - 1]).samples;
    expect(corner).toBe(0);
  });
});
