import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { openFile } from "../../../src/files/open.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { segmentOf, writeJpeg } from "../../support/jpeg-writer.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { decode, drawTiff, type Pixels } from "../../support/render.ts";

/** Blocks of Y, Cb and Cr in a unit, across and down. */
type Factors = readonly (readonly [number, number])[];

/** Components that libjpeg enlarges and that planes are not carried in. */
const uneven: readonly (readonly [string, Factors])[] = [
  [
    "Cb by 2 x 2, Cr by 2 x 1",
    [
      [2, 2],
      [1, 1],
      [1, 2],
    ],
  ],
  [
    "Cb by 1 x 2, Cr by 2 x 2",
    [
      [2, 2],
      [2, 1],
      [1, 1],
    ],
  ],
  [
    "Cb whole, Cr by 2 x 2",
    [
      [2, 2],
      [2, 2],
      [1, 1],
    ],
  ],
  [
    "Cb by 4 x 1, Cr by 2 x 1",
    [
      [4, 1],
      [1, 1],
      [2, 1],
    ],
  ],
  [
    "both by 3 x 1",
    [
      [3, 1],
      [1, 1],
      [1, 1],
    ],
  ],
  [
    "both by 1 x 3",
    [
      [1, 3],
      [1, 1],
      [1, 1],
    ],
  ],
  [
    "luma by 2 x 2",
    [
      [1, 1],
      [2, 2],
      [2, 2],
    ],
  ],
];
const fractional: Factors = [
  [3, 2],
  [2, 1],
  [1, 1],
];
const size = { width: 150, height: 110 };

/** A smooth picture: how chroma is enlarged between its samples hardly shows. */
function jpegOf(factors: Factors, { width, height } = size): Uint8Array {
  const across = Math.max(...factors.map(([horizontal]) => horizontal));
  const down = Math.max(...factors.map(([, vertical]) => vertical));
  const components = factors.map(([horizontal, vertical], index) => ({
    horizontal,
    vertical,
    sampleAt: (x: number, y: number) => {
      const [left, top] = [(x * across) / horizontal, (y * down) / vertical];
      return Math.round([60 + left * 0.9, 100 + top * 0.5, 170 - left * 0.3 - top * 0.2][index]!);
    },
  }));
  return writeJpeg({ width, height, components });
}

function meanOf(one: Pixels, other: Pixels): number {
  expect([one.width, one.height, one.channels]).toEqual([other.width, other.height, other.channels]);
  return one.samples.reduce((sum, value, at) => sum + Math.abs(value - other.samples[at]!), 0) / one.samples.length;
}

describe.each(uneven)("a JPEG that samples %s", (_, factors) => {
  it("is shown as libjpeg shows it: whole, in part and small", async () => {
    const file = jpegOf(factors);
    const whole = await decode(file);
    expect(meanOf(await decode((await drawTiff(file, "full/max/0/default.png")).encoded), whole)).toBeLessThan(0.8);
    const part = await sharp(file).extract({ left: 31, top: 17, width: 61, height: 53 }).png().toBuffer();
    const drawn = await drawTiff(file, "31,17,61,53/max/0/default.png");
    expect(meanOf(await decode(drawn.encoded), await decode(part))).toBeLessThan(0.8);
    // From whole pixels: libjpeg's own reduction places chroma differently.
    const small = await sharp(await sharp(file).png().toBuffer())
      .resize(30, 22, { fit: "fill" })
      .png()
      .toBuffer();
    expect(
      meanOf(await decode((await drawTiff(file, "full/30,22/0/default.png")).encoded), await decode(small)),
    ).toBeLessThan(1.5);
  });

  it("takes no more memory than planned", async () => {
    const { plan, kernelBytes } = await drawTiff(
      jpegOf(factors, { width: 1600, height: 1200 }),
      "full/800,/0/default.jpg",
    );
    expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes);
  });

  it("is shown as a tile of a TIFF too", async () => {
    const tile = jpegOf(factors, { width: 112, height: 112 });
    const form = { width: 112, height: 112, tile: 112, compression: "jpeg", photometric: "YCbCr" } as const;
    const file = await makeTiff({ ...form, tileBytes: () => tile });
    expect(
      meanOf(await decode((await drawTiff(file, "full/max/0/default.png")).encoded), await decode(tile)),
    ).toBeLessThan(0.8);
  });
});

describe("a JPEG that is coarser by no whole number", () => {
  it("is refused when it is opened", async () => {
    const file = jpegOf(fractional);
    expect(await codeOfAsync(openFile(memorySource(file), file))).toBe("source-unsupported");
    expect(
      await codeOfAsync(
        sharp(file)
          .raw()
          .toBuffer()
          .then(
            () => undefined,
            () => undefined,
          ),
      ),
    ).toBe("none");
  });
});

describe("a JPEG with a comment whose length is too short", () => {
  const file = jpegOf([
    [2, 2],
    [1, 1],
    [1, 1],
  ]);

  it.each([0, 1, 2, 5])("is shown as without it: %i bytes stated", async (length) => {
    const text = [...new TextEncoder().encode("a comment of 30 letters or more")];
    const comment = [0xff, 0xfe, 0, length, ...text];
    const commented = Uint8Array.from([...file.subarray(0, 2), ...comment, ...file.subarray(2)]);
    const { encoded } = await drawTiff(commented, "full/max/0/default.png");
    expect(encoded).toEqual((await drawTiff(file, "full/max/0/default.png")).encoded);
    expect(segmentOf(0xfe, text).length).toBe(comment.length);
  });
});
