import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { codeOfAsync } from "../../support/code-of.ts";
import { drawLevels, makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import type { Picture } from "../../support/picture.ts";
import { cropPicture, largestDifference } from "../../support/picture-edits.ts";
import { mapPixels } from "../../support/picture-levels.ts";
import { readPng } from "../../support/png-reader.ts";
import { drawTiff } from "../../support/render.ts";

const size = { width: 213, height: 157 } as const;
const whole = "full/max/0/default.png";

async function drawPng(file: Uint8Array, path = whole): Promise<Picture> {
  return readPng((await drawTiff(file, path)).encoded);
}

/** Draws the whole picture and a part that lies across tiles or strips and at an odd place. */
async function expectRight(options: TiffOptions): Promise<void> {
  const file = await makeTiff(options);
  const right = drawLevels(options)[0]!;
  expect(largestDifference(await drawPng(file), right)).toBe(0);
  const area = { x: 61, y: 37, width: 99, height: 71 };
  const crop = await drawPng(file, "61,37,99,71/max/0/default.png");
  expect(largestDifference(crop, cropPicture(right, area))).toBe(0);
}

describe("tiles", () => {
  it.each([16, 48, 1024])("of %i pixels a side are drawn", async (tile) => {
    await expectRight({ ...size, tile, levels: 2, compression: "deflate" });
  });

  it("that are not square are drawn", async () => {
    await expectRight({ ...size, tile: { tileWidth: 128, tileLength: 16 }, compression: "lzw", predictor: 2 });
    await expectRight({ ...size, tile: { tileWidth: 16, tileLength: 80 }, compression: "packbits" });
  });

  it("whose sides are no multiples of 16 are drawn, though no writer should make them", async () => {
    await expectRight({ ...size, tile: { tileWidth: 50, tileLength: 33 } });
  });

  it("of 1024 pixels are drawn where the image has several", async () => {
    const options: TiffOptions = { width: 1500, height: 1100, tile: 1024, photometric: "MinIsBlack" };
    const file = await makeTiff(options);
    const area = { x: 1000, y: 1000, width: 60, height: 60 };
    const crop = await drawPng(file, "1000,1000,60,60/max/0/default.png");
    expect(largestDifference(crop, cropPicture(drawLevels(options)[0]!, area))).toBe(0);
  });
});

describe("strips", () => {
  const compressions = ["none", "deflate", "lzw", "packbits"] as const;
  const cases = compressions.flatMap((compression) =>
    [1, 7, 16, 156, 157].flatMap((rowsPerStrip) =>
      ([1, 2] as const).map((planarConfiguration) => ({ compression, rowsPerStrip, planarConfiguration })),
    ),
  );

  it.each(cases)(
    "of $rowsPerStrip rows are drawn: $compression, planar configuration $planarConfiguration",
    async (form) => {
      await expectRight({ ...size, ...form, levels: 2 });
    },
  );

  it("without a number of rows are one", async () => {
    const options: TiffOptions = { ...size, overrides: [{ directory: 0, tag: 278, remove: true }] };
    await expectRight(options);
    await expectRight({ ...options, overrides: [{ directory: 0, tag: 278, values: [4_294_967_295] }] });
  });

  it("whose byte counts are missing reach to the next one, and the last to the end of the file", async () => {
    for (const overrides of [
      [{ directory: 0, tag: 279, remove: true }] as const,
      [{ directory: 0, tag: 279, values: (counts: readonly number[]) => counts.map(() => 0) }] as const,
    ]) {
      for (const compression of ["none", "lzw"] as const) {
        await expectRight({ ...size, rowsPerStrip: 20, compression, overrides });
      }
    }
  });

  it("that lie in another order are found", async () => {
    const options: TiffOptions = { ...size, rowsPerStrip: 40 };
    const backwards = (values: readonly number[]) => values.toReversed();
    const overrides = [
      { directory: 0, tag: 273, values: backwards },
      { directory: 0, tag: 279, values: backwards },
    ];
    // Of the same length each, so that the picture comes out with its strips reversed.
    const even: TiffOptions = { ...options, height: 160 };
    const right = drawLevels(even)[0]!;
    const drawn = await drawPng(await makeTiff({ ...even, overrides }));
    for (const strip of [0, 1, 2, 3]) {
      const from = { x: 0, y: strip * 40, width: size.width, height: 40 };
      const to = { ...from, y: (3 - strip) * 40 };
      expect(largestDifference(cropPicture(drawn, to), cropPicture(right, from))).toBe(0);
    }
  });

  it("and tiles may both be levels of one image", async () => {
    const options: TiffOptions = { ...size, rowsPerStrip: 30, levels: 3, compression: "deflate" };
    const levels = drawLevels(options);
    const file = await makeTiff(options);
    expect(largestDifference(await drawPng(file, "full/107,/0/default.png"), levels[1]!)).toBe(0);
  });
});

describe("what is read of strips", () => {
  const large = { width: 2000, height: 2400, photometric: "MinIsBlack" } as const;
  const crop = "1500,1900,64,64/max/0/default.png";
  const pixel = (x: number, y: number) => [(x * 7 + y * 13) & 255];
  const right = (options: TiffOptions): Picture =>
    cropPicture(drawLevels(options)[0]!, { x: 1500, y: 1900, width: 64, height: 64 });

  it.each([
    ["a single strip", undefined],
    ["strips of a thousand rows", 1000],
  ])("for a crop of uncompressed rows is little more than these rows: %s", async (_, rowsPerStrip) => {
    const options: TiffOptions = { ...large, pixel, ...(rowsPerStrip === undefined ? {} : { rowsPerStrip }) };
    const { encoded, readBytes, reads } = await drawTiff(await makeTiff(options), crop);
    expect(largestDifference(await readPng(encoded), right(options))).toBe(0);
    expect(reads).toBe(1);
    // At most two pieces of a quarter of a megabyte.
    expect(readBytes).toBeLessThanOrEqual(2 << 18);
  });

  it("for a crop of uncompressed planes is little more than these rows of each", async () => {
    const options: TiffOptions = {
      ...{ width: 1500, height: 2000, photometric: "RGB", planarConfiguration: 2 },
      pixel: (x, y) => [x & 255, y & 255, (x + y) & 255],
    };
    const { encoded, readBytes, reads } = await drawTiff(await makeTiff(options), "700,1500,64,64/max/0/default.png");
    const area = { x: 700, y: 1500, width: 64, height: 64 };
    expect(largestDifference(await readPng(encoded), cropPicture(drawLevels(options)[0]!, area))).toBe(0);
    expect(reads).toBe(3);
    expect(readBytes).toBeLessThanOrEqual(3 * (2 << 18));
  });

  it("for a crop of compressed rows is the strips they lie in", async () => {
    const options: TiffOptions = { ...large, pixel, rowsPerStrip: 64, compression: "packbits" };
    const file = await makeTiff(options);
    const { encoded, readBytes } = await drawTiff(file, crop);
    expect(largestDifference(await readPng(encoded), right(options))).toBe(0);
    expect(readBytes).toBeLessThan(file.byteLength / 10);
  });

  it.each([
    ["of a row each", 1],
    ["of a number of rows that has no divisor", 1009],
  ])("that follow each other is read as if they were one: strips %s", async (_, rowsPerStrip) => {
    const options: TiffOptions = { width: 120, height: 18_000, photometric: "MinIsBlack", rowsPerStrip, pixel };
    const file = await makeTiff(options);
    const { encoded } = await drawTiff(file, "50,17900,64,64/max/0/default.png");
    const area = { x: 50, y: 17_900, width: 64, height: 64 };
    expect(largestDifference(await readPng(encoded), cropPicture(drawLevels(options)[0]!, area))).toBe(0);
    // As strips these would be more than one rendering may decode.
    const { plan } = await drawTiff(file, "full/6,/0/default.jpg");
    expect(plan.cost.tiles).toBeLessThan(60);
  });

  it("for strips that lie apart is the rows of each", async () => {
    const options: TiffOptions = { width: 600, height: 4000, photometric: "MinIsBlack", rowsPerStrip: 1000, pixel };
    const swap = (values: readonly number[]) => [values[1]!, values[0]!, values[2]!, values[3]!];
    const overrides = [{ directory: 0, tag: 273, values: swap }];
    const { encoded } = await drawTiff(await makeTiff({ ...options, overrides }), "0,0,600,4000/max/0/default.png");
    const drawn = await readPng(encoded);
    const right = drawLevels(options)[0]!;
    for (const [at, from] of [1000, 0, 2000, 3000].entries()) {
      const area = { x: 0, y: at * 1000, width: 600, height: 1000 };
      expect(largestDifference(cropPicture(drawn, area), cropPicture(right, { ...area, y: from }))).toBe(0);
    }
  });

  it("for a crop of bits is a piece of them", async () => {
    const options: TiffOptions = {
      ...{ width: 10_007, height: 2500, photometric: "MinIsBlack", bitsPerSample: 1 },
      pixel: (x, y) => [(x ^ y) & 1],
    };
    const { readBytes } = await drawTiff(await makeTiff(options), "9900,2400,64,64/max/0/default.png");
    expect(readBytes).toBeLessThanOrEqual(2 << 18);
  });
});

describe("tiles and strips that were never written", () => {
  const isMissing = ({ row }: { readonly row: number }) => row === 1;
  /** The picture with one row of its tiles in one colour. */
  const without = (options: TiffOptions, background: readonly number[], rows: readonly [number, number]): Picture => {
    const stored = drawLevels(options)[0]!;
    const { photometric } = options;
    const picture =
      photometric === "Palette" ? mapPixels(stored, 3, ([index = 0]) => Array<number>(3).fill(255 - index)) : stored;
    const samples = Uint8Array.from(picture.samples);
    for (let pixel = rows[0] * picture.width; pixel < rows[1] * picture.width; pixel += 1) {
      samples.set(background, pixel * picture.samplesPerPixel);
    }
    return { ...picture, samples };
  };

  const cases: readonly [string, TiffOptions, readonly number[]][] = [
    ["RGB is black", { ...size }, [0, 0, 0]],
    ["grey is black", { ...size, photometric: "MinIsBlack" }, [0]],
    ["grey with white as 0 is white", { ...size, photometric: "MinIsWhite" }, [255]],
    ["RGB with alpha is transparent", { ...size, samplesPerPixel: 4 }, [0, 0, 0, 0]],
    ["grey with alpha is transparent", { ...size, photometric: "MinIsBlack", samplesPerPixel: 2 }, [0, 0]],
    ["planes are black", { ...size, planarConfiguration: 2 }, [0, 0, 0]],
    [
      "a palette shows its first colour",
      { ...size, photometric: "Palette", colorMap: Array.from({ length: 768 }, (_, at) => 257 * (255 - (at % 256))) },
      [255, 255, 255],
    ],
    ["YCbCr is black", { ...size, photometric: "YCbCr", ycbcrSubsampling: [1, 1] }, [0, 0, 0]],
  ];

  it.each(cases)("show nothing: %s", async (name, options, background) => {
    for (const layout of [{ tile: 64 }, { rowsPerStrip: 64 }]) {
      const form = { ...options, ...layout, isMissing };
      const drawn = await drawPng(await makeTiff(form));
      expect(largestDifference(drawn, without(form, background, [64, 128]))).toBeLessThanOrEqual(
        name.startsWith("YCbCr") ? 2 : 0,
      );
    }
  });

  it("show nothing where there is no other tile in sight, also for JPEG", async () => {
    const jpeg: TiffOptions = {
      ...{ ...size, tile: 64, compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [2, 2] },
      isMissing: () => true,
    };
    const drawn = await drawPng(await makeTiff(jpeg), "10,10,40,40/max/0/default.png");
    expect(new Set(drawn.samples)).toEqual(new Set([0]));
  });

  it("on white in a JPEG, where they have alpha", async () => {
    const options: TiffOptions = { ...size, samplesPerPixel: 4, tile: 64, isMissing: () => true };
    const { encoded } = await drawTiff(await makeTiff(options), "full/max/0/default.jpg");
    const { channels } = await sharp(encoded).stats();
    expect(channels.map(({ min }) => min)).toEqual([255, 255, 255]);
  });

  it("in one plane of several are a damaged file", async () => {
    const file = await makeTiff({
      ...{ ...size, tile: 64, planarConfiguration: 2 },
      isMissing: ({ plane, row, column }) => plane === 1 && row === 0 && column === 0,
    });
    expect(await codeOfAsync(drawTiff(file, whole))).toBe("source-malformed");
  });
});

describe("every spelling of a file", () => {
  const cases = ([false, true] as const).flatMap((bigTiff) =>
    (["little", "big"] as const).flatMap((byteOrder) =>
      (["front", "back"] as const).flatMap((directories) =>
        ([{ tile: 64 }, { rowsPerStrip: 50 }] as const).map((layout) => ({ bigTiff, byteOrder, directories, layout })),
      ),
    ),
  );

  it.each(cases)(
    "is drawn: BigTIFF $bigTiff, $byteOrder-endian, directories in $directories, $layout",
    async (form) => {
      const { layout, ...spelling } = form;
      await expectRight({ ...size, ...layout, ...spelling, levels: 2, compression: "deflate", predictor: 2 });
    },
  );

  it.each([
    ["SHORT", "SHORT"],
    ["LONG", "SHORT"],
    ["LONG8", "LONG"],
  ] as const)("is drawn with offsets of type %s and byte counts of type %s", async (offsetType, byteCountType) => {
    const narrow = { width: 61, height: 45, tile: 32, photometric: "MinIsBlack", offsetType, byteCountType } as const;
    for (const bigTiff of [false, true]) {
      const options: TiffOptions = { ...narrow, bigTiff };
      expect(largestDifference(await drawPng(await makeTiff(options)), drawLevels(options)[0]!)).toBe(0);
    }
  });

  it.each(["deflate", "lzw", "packbits", "none"] as const)("is drawn with FillOrder 2: %s", async (compression) => {
    await expectRight({ ...size, tile: 64, compression, fillOrder: 2 });
    const bits: TiffOptions = { ...size, rowsPerStrip: 40, compression, fillOrder: 2, bitsPerSample: 1 };
    const drawn = await drawPng(await makeTiff({ ...bits, photometric: "MinIsBlack", pixel: (x, y) => [(x * y) & 1] }));
    expect([...drawn.samples.subarray(size.width, size.width + 6)]).toEqual([0, 255, 0, 255, 0, 255]);
    // libvips agrees on what is reversed.
    const file = await makeTiff({ ...size, tile: 64, compression, fillOrder: 2 });
    const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    expect(Buffer.compare(data, Buffer.from((await drawPng(file)).samples))).toBe(0);
  });
});
