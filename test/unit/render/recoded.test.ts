import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { codeOfAsync } from "../../support/code-of.ts";
import { decodeGuarded } from "../../support/jpeg-decoding.ts";
import { encodePlanes } from "../../support/jpeg-encoding.ts";
import { writeJpeg } from "../../support/jpeg-writer.ts";
import { openTestKernel } from "../../support/kernel.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makeSamples, type Samples } from "../../support/planes.ts";
import { type Drawn, decode, drawTiff } from "../../support/render.ts";

const kernel = openTestKernel();
const side = 64;
/** Of pictures in these tests, and so of tiles that are not to change. */
const quality = 90;

/** A surface with edges, in any colour. */
const surface = (x: number, y: number, color = 0): number =>
  Math.round(125 + 60 * Math.sin(x / (11 + 7 * color)) * Math.cos(y / 13) + ((x >> 4) % 3 === color ? 20 : 0));

type Place = { readonly column: number; readonly row: number };

/** The samples of a tile of YCbCr 4:2:0, its chroma halved. */
function tilePlanes({ column, row }: Place): readonly Samples[] {
  const halved = (color: number) =>
    makeSamples(side / 2, side / 2, (x, y) => surface(2 * x + column * side, 2 * y + row * side, color));
  return [makeSamples(side, side, (x, y) => surface(x + column * side, y + row * side)), halved(1), halved(2)];
}

const ycbcrTile = (place: Place): Uint8Array =>
  encodePlanes(kernel, tilePlanes(place), { quality, subsampling: { x: 2, y: 2 } });

const componentsAt = ({ column, row }: Place, factors: readonly number[]) =>
  factors.map((factor, color) => ({
    ...{ horizontal: factor, vertical: factor },
    sampleAt: (x: number, y: number) => {
      const coarser = Math.max(...factors) / factor;
      return surface(x * coarser + column * side, y * coarser + row * side, color);
    },
  }));

const rgbTile = (place: Place): Uint8Array =>
  writeJpeg({ width: side, height: side, components: componentsAt(place, [1, 1, 1]), step: 3 });

const form = (width: number, height: number, options: Partial<TiffOptions> = {}): TiffOptions => ({
  ...{ width, height, tile: side, samplesPerPixel: 3, compression: "jpeg" },
  ...{ photometric: "YCbCr", ycbcrSubsampling: [2, 2], tileBytes: ycbcrTile },
  ...options,
});

const rgb = { photometric: "RGB", ycbcrSubsampling: [1, 1], tileBytes: rgbTile } as const;

const draw = async (options: TiffOptions, path: string): Promise<Drawn> => drawTiff(await makeTiff(options), path);

const isRecoded = ({ plan }: Drawn): boolean => "isRecoded" in plan && plan.isRecoded;

/** Returns the samples of luma and chroma that a picture shows, before chroma is enlarged. */
const planesOf = ({ encoded }: Drawn): readonly Samples[] => decodeGuarded(kernel, encoded).samples;

/** Returns the part of a plane that a tile shows. */
function cut(plane: Samples, { column, row }: Place, length: number): Samples {
  const [left, top] = [column * length, row * length];
  const [width, height] = [Math.min(length, plane.width - left), Math.min(length, plane.height - top)];
  return makeSamples(width, height, (x, y) => plane.values[(top + y) * plane.width + left + x]!);
}

/** Returns the mean of the squared differences between a picture and the same region as PNG, which is decoded. */
async function errorOf(options: TiffOptions, region: string): Promise<number> {
  const [drawn, reference] = [
    await draw(options, `${region}/max/0/default.jpg`),
    await draw(options, `${region}/max/0/default.png`),
  ];
  expect([isRecoded(drawn), isRecoded(reference)]).toEqual([true, false]);
  const [a, b] = [await decode(drawn.encoded), await decode(reference.encoded)];
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.samples.reduce((sum, sample, at) => sum + (sample - b.samples[at]!) ** 2, 0) / a.samples.length;
}

describe("a JPEG of JPEG tiles", () => {
  it("shows every sample of tiles of the same quality as they show it", async () => {
    const drawn = await draw(form(256, 192), "full/max/0/default.jpg");
    expect(isRecoded(drawn)).toBe(true);
    const shown = planesOf(drawn);
    for (const [column, row] of [
      [0, 0],
      [1, 0],
      [3, 0],
      [0, 2],
      [2, 1],
      [3, 2],
    ] as const) {
      const expected = decodeGuarded(kernel, ycbcrTile({ column, row })).samples;
      const found = shown.map((plane, index) => cut(plane, { column, row }, index === 0 ? side : side / 2));
      expect(found).toEqual(expected);
    }
  });

  it.each([
    ["YCbCr, cut at odd sides", form(203, 149), "full"],
    ["YCbCr, a part that begins inside tiles", form(256, 192), "32,16,150,99"],
    ["RGB, cut at odd sides", form(203, 149, rgb), "full"],
    ["RGB, a part that begins inside tiles", form(256, 192, rgb), "16,48,201,91"],
    ["RGB, a part of one row of blocks", form(256, 192, rgb), "16,48,201,7"],
  ])("is as near to what tiles show as samples that are encoded: %s", async (_, options, region) => {
    const recoded = await errorOf(options, region);
    const { encoded } = await draw(options, `${region}/max/0/default.png`);
    const theirs = await sharp(encoded).jpeg({ quality, chromaSubsampling: "4:2:0" }).toBuffer();
    const [a, b] = [await decode(theirs), await decode(encoded)];
    const ofSamples = a.samples.reduce((sum, sample, at) => sum + (sample - b.samples[at]!) ** 2, 0) / a.samples.length;
    expect(recoded).toBeLessThan(1.05 * ofSamples + 0.05);
  });

  it("is made of grey tiles too", async () => {
    const grayTile = ({ column, row }: Place) => encodePlanes(kernel, [tilePlanes({ column, row })[0]!], { quality });
    const gray = { samplesPerPixel: 1, photometric: "MinIsBlack", tileBytes: grayTile } as const;
    const drawn = await draw(form(200, 130, gray), "full/max/0/default.jpg");
    expect(isRecoded(drawn)).toBe(true);
    const [shown] = planesOf(drawn);
    for (const [column, row] of [
      [0, 0],
      [2, 1],
    ] as const) {
      const [expected] = decodeGuarded(kernel, grayTile({ column, row })).samples;
      expect(cut(shown!, { column, row }, side)).toEqual(expected);
    }
  });

  it("decodes the tiles whose blocks come in another order, and those that were never written", async () => {
    const oddTiles = new Map<string, (place: Place) => Promise<Uint8Array> | Uint8Array>([
      [
        "1,0",
        async (place) =>
          new Uint8Array(
            await sharp(await pngOf(place))
              .jpeg({ quality: 95, progressive: true })
              .toBuffer(),
          ),
      ],
      [
        "2,1",
        (place) =>
          writeJpeg({
            width: side,
            height: side,
            components: componentsAt(place, [2, 1, 1]),
            step: 2,
            isSeparate: true,
          }),
      ],
      ["0,1", () => new Uint8Array(0)],
      // The last, which is cut.
      [
        "3,2",
        async (place) =>
          new Uint8Array(
            await sharp(await pngOf(place))
              .jpeg({ quality: 95, progressive: true })
              .toBuffer(),
          ),
      ],
    ]);
    const made = new Map<string, Uint8Array>();
    for (const [place, make] of oddTiles) {
      const [column, row] = place.split(",").map(Number) as [number, number];
      made.set(place, await make({ column, row }));
    }
    const tileBytes = (place: Place) => made.get(`${place.column},${place.row}`) ?? ycbcrTile(place);
    expect(await errorOf(form(240, 180, { tileBytes }), "full")).toBeLessThan(6);
  });

  it("shows nothing of what tiles hold beyond its edge", async () => {
    const padded = (beyond: number) => (place: Place) => {
      const planes = tilePlanes(place).map((plane, index) => {
        const edge = index === 0 ? 40 : 20;
        return makeSamples(plane.width, plane.height, (x, y) => {
          return x < edge + 4 && y < edge + 4 ? plane.values[y * plane.width + x]! : beyond;
        });
      });
      return encodePlanes(kernel, planes, { quality, subsampling: { x: 2, y: 2 } });
    };
    // Blocks that the picture shows a part of are the same; those beyond them are not.
    const drawn = async (beyond: number) =>
      (await draw(form(40, 40, { tileBytes: padded(beyond) }), "full/max/0/default.jpg")).encoded;
    expect(await drawn(0)).toEqual(await drawn(255));
  });

  it("lacks what damage took, and says so", async () => {
    const short = (place: Place) =>
      place.column === 1 && place.row === 1 ? cutShort(ycbcrTile(place)) : ycbcrTile(place);
    const drawn = await draw(form(256, 192, { tileBytes: short }), "full/max/0/default.jpg");
    expect([isRecoded(drawn), drawn.damage?.firstRow]).toEqual([true, expect.any(Number)]);
    expect(drawn.damage!.firstRow).toBeGreaterThanOrEqual(side);
    const lost = cut(planesOf(drawn)[0]!, { column: 1, row: 1 }, side);
    expect(lost.values.subarray(-side).every((sample) => sample === 128)).toBe(true);
    const right = cut(planesOf(drawn)[0]!, { column: 2, row: 1 }, side);
    expect(right).toEqual(decodeGuarded(kernel, ycbcrTile({ column: 2, row: 1 })).samples[0]);
  });

  it("breaks off at the first tile that can't be read where it is streamed", async () => {
    const tile = encodePlanes(
      kernel,
      [256, 128, 128].map((length) => makeSamples(length, length, surface)),
      { quality, subsampling: { x: 2, y: 2 } },
    );
    const file = (damaged: number) =>
      form(2304, 2048, { tile: 256, tileBytes: ({ row }) => (row === damaged ? cutShort(tile) : tile) });
    const whole = await draw(file(-1), "full/max/0/default.jpg");
    expect([whole.plan.kind, isRecoded(whole), whole.damage]).toEqual(["stream", true, undefined]);
    expect(await codeOfAsync(draw(file(5), "full/max/0/default.jpg"))).toBe("source-malformed");
  });

  it.each([
    ["begins between blocks", form(256, 192), "8,0,100,100/max/0/default.jpg"],
    ["has another size", form(256, 192), "full/200,/0/default.jpg"],
    ["is turned", form(256, 192), "full/max/180/default.jpg"],
    ["is mirrored", form(256, 192), "full/max/!0/default.jpg"],
    ["is grey of colours", form(256, 192), "full/max/0/gray.jpg"],
    ["is black and white", form(256, 192), "full/max/0/bitonal.jpg"],
    ["is a PNG", form(256, 192), "full/max/0/default.png"],
    ["lies turned", form(256, 192, { orientation: 3 }), "full/max/0/default.jpg"],
  ])("is decoded if it %s", async (_, options, path) => {
    expect(isRecoded(await draw(options, path))).toBe(false);
  });

  it("is decoded if chroma is not halved in tiles: it is, in the picture", async () => {
    const whole = (place: Place) =>
      writeJpeg({ width: side, height: side, components: componentsAt(place, [1, 1, 1]), step: 2 });
    const options = form(256, 192, { ycbcrSubsampling: [1, 1], tileBytes: whole });
    expect(planesOf(await draw(options, "full/max/0/default.jpg")).map(({ width }) => width)).toEqual([256, 128, 128]);
    expect(await errorOf(options, "full")).toBeLessThan(6);
  });

  it("takes no more memory than it says", async () => {
    for (const [width, height] of [
      [side, side - 1],
      [5000, 65],
      [70, 5000],
    ] as const) {
      const noisy = (place: Place) => {
        const noise = (length: number) =>
          makeSamples(length, length, (x, y) =>
            (x * 7919 + y * 104_729 + x * y * 31 + place.column) % 251 < 125 ? 0 : 255,
          );
        return encodePlanes(kernel, [noise(side), noise(side / 2), noise(side / 2)], {
          quality: 97,
          subsampling: { x: 2, y: 2 },
        });
      };
      const { plan, kernelBytes } = await draw(form(width, height, { tileBytes: noisy }), "full/max/0/default.jpg");
      expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes + (1 << 16));
    }
  });

  it.each([
    [256, true],
    [512, true],
    // The bits of a row of such tiles would take more than a drawing may; what they show does not.
    [1024, false],
  ] as const)("takes no more memory than it says where it is grey and wide: tiles of %i", async (tile, expected) => {
    const bytes = encodePlanes(kernel, [makeSamples(tile, tile, surface)], { quality: 75 });
    const gray = { samplesPerPixel: 1, photometric: "MinIsBlack", tile, tileBytes: () => bytes } as const;
    const drawn = await draw(form(40_000, 256, gray), "full/max/0/default.jpg");
    expect(isRecoded(drawn)).toBe(expected);
    expect(drawn.kernelBytes).toBeLessThanOrEqual(drawn.plan.cost.peakBytes + (1 << 16));
  });

  it("is decoded where tiles have a sample that is no colour", async () => {
    const bytes = writeJpeg({
      width: side,
      height: side,
      components: componentsAt({ column: 0, row: 0 }, [1, 1]),
      step: 2,
    });
    const gray = { samplesPerPixel: 2, extraSamples: 0, photometric: "MinIsBlack", tileBytes: () => bytes } as const;
    const drawn = await draw(form(100, 100, gray), "full/max/0/default.jpg");
    expect([isRecoded(drawn), planesOf(drawn).length]).toEqual([false, 1]);
  });
});

const cutShort = (tile: Uint8Array): Uint8Array => tile.subarray(0, Math.floor(tile.byteLength * 0.7));

/** A tile as PNG, in RGB. */
async function pngOf(place: Place): Promise<Uint8Array> {
  return new Uint8Array(await sharp(ycbcrTile(place)).png().toBuffer());
}
