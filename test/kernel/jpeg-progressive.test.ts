import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { coefficientBytes, decodeJpegInto, loadJpegTables } from "../../src/codec/jpeg/decoder.ts";
import { readJpegHeader } from "../../src/codec/jpeg/header.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { type WrittenScan, writeProgressiveJpeg } from "../support/jpeg-progressive-writer.ts";
import { partJpeg } from "../support/jpeg-tables.ts";
import { decodeTwin } from "../support/jpeg-twin.ts";
import { type WrittenComponent, type WrittenJpeg, writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { greatestDifference, readPlane } from "../support/planes.ts";

const kernel = openTestKernel();

const surface = (seed: number) => (x: number, y: number) =>
  128 + 60 * Math.sin((x + seed) / (3 + seed)) * Math.cos(y / 5) + ((x * y + x) % 23 < 9 ? 40 : 0);

function sampled(...factors: readonly (readonly [number, number])[]): WrittenComponent[] {
  return factors.map(([horizontal, vertical], index) => ({ horizontal, vertical, sampleAt: surface(index + 1) }));
}

const samplings = {
  grey: sampled([1, 1]),
  "grey with sampling factors of 2": sampled([2, 2]),
  "grey and alpha": sampled([1, 1], [1, 1]),
  "4:4:4": sampled([1, 1], [1, 1], [1, 1]),
  "4:2:0": sampled([2, 2], [1, 1], [1, 1]),
  "4:1:1": sampled([4, 1], [1, 1], [1, 1]),
  YCCK: sampled([2, 2], [1, 1], [1, 1], [2, 2]),
};
const frame: WrittenJpeg = { width: 61, height: 45, components: samplings["4:2:0"] };
const gray: WrittenJpeg = { width: 32, height: 24, components: samplings.grey };

/** Expects every component within one level of the twin's and nothing written around them. */
function expectTwin(bytes: Uint8Array): void {
  const { samples, changedGuards } = decodeGuarded(kernel, bytes);
  const twin = decodeTwin(bytes);
  expect(samples.length).toBe(twin.length);
  for (const [index, item] of samples.entries()) expect(greatestDifference(item, twin[index]!)).toBeLessThanOrEqual(1);
  expect(changedGuards).toBe(0);
}

/** Expects decoding to be refused with `code`, and the arena left as it was. */
function expectRefusal(bytes: Uint8Array, code: string, options: Parameters<typeof decodeGuarded>[2] = {}): void {
  const mark = kernel.mark();
  expect(() => decodeGuarded(kernel, bytes, options)).toThrow(expect.objectContaining({ code }));
  kernel.release(mark);
}

/** Sends bits of one component's coefficients. */
const send = (first: number, last: number, lowestBit = 0, highestBit?: number): WrittenScan => ({
  members: [0],
  first,
  last,
  lowestBit,
  ...(highestBit === undefined ? {} : { highestBit }),
});

describe("decoding progressive frames", () => {
  for (const [name, components] of Object.entries(samplings)) {
    it(`agrees with the twin in ${name}`, () => {
      for (const step of [2, 24]) expectTwin(writeProgressiveJpeg({ ...frame, components, step }));
      expectTwin(writeProgressiveJpeg({ width: 1, height: 1, components }));
    });

    it(`decodes to the same samples as the same coefficients sent sequentially, in ${name}`, () => {
      const jpeg = { ...frame, components };
      const { samples } = decodeGuarded(kernel, writeJpeg(jpeg));
      expect(decodeGuarded(kernel, writeProgressiveJpeg(jpeg)).samples).toEqual(samples);
    });

    it(`agrees with the twin in ${name} with restart intervals`, () => {
      for (const restartInterval of [1, 3]) {
        expectTwin(writeProgressiveJpeg({ ...frame, components, restartInterval }));
      }
    });
  }

  it("agrees with the twin for any bands and bits of the scans", () => {
    const bands = Array.from({ length: 63 }, (_, index) => send(index + 1, index + 1));
    const bits = [5, 4, 3, 2, 1, 0].map((bit, index) => send(1, 63, bit, index === 0 ? undefined : bit + 1));
    for (const step of [1, 16]) {
      expectTwin(writeProgressiveJpeg({ ...gray, step }, [send(0, 0), ...bands]));
      expectTwin(writeProgressiveJpeg({ ...gray, step }, [send(0, 0), ...bits]));
      expectTwin(writeProgressiveJpeg({ ...gray, step }, [...bits, send(0, 0, 3), send(0, 0, 2, 3), send(0, 0, 1, 2)]));
    }
  });

  it("goes over runs of blocks without coefficients, and of zeros", () => {
    const sampleAt = (x: number, y: number) => (x >> 5 === 3 ? 128 + 100 * (((x ^ y) & 1) * 2 - 1) : 90);
    const flat = { width: 200, height: 64, components: [{ horizontal: 1, vertical: 1, sampleAt }] };
    for (const step of [4, 40]) expectTwin(writeProgressiveJpeg({ ...flat, step }));
  });

  for (const options of [
    { quality: 40, chromaSubsampling: "4:2:0" },
    { quality: 90, chromaSubsampling: "4:4:4" },
    { quality: 80, chromaSubsampling: "4:2:0", mozjpeg: true },
  ]) {
    it(`agrees with the twin on what sharp wrote with ${JSON.stringify(options)}`, async () => {
      const size = { width: 123, height: 67 };
      const pixels = Uint8Array.from({ length: size.width * size.height * 3 }, (_, at) => {
        const pixel = Math.floor(at / 3);
        return surface((at % 3) + 1)(pixel % size.width, Math.floor(pixel / size.width));
      });
      const picture = sharp(pixels, { raw: { ...size, channels: 3 } });
      expectTwin(
        await picture
          .clone()
          .jpeg({ ...options, progressive: true })
          .toBuffer(),
      );
      expectTwin(
        await picture
          .clone()
          .toColourspace("cmyk")
          .jpeg({ ...options, progressive: true })
          .toBuffer(),
      );
      expectTwin(
        await picture
          .clone()
          .toColourspace("b-w")
          .jpeg({ ...options, progressive: true })
          .toBuffer(),
      );
    });
  }

  it("takes the tables of a level", () => {
    const bytes = writeProgressiveJpeg(frame);
    const { tables, abbreviated } = partJpeg(bytes);
    const mark = kernel.mark();
    const loaded = loadJpegTables(kernel, tables);
    expect(decodeGuarded(kernel, abbreviated, { tables: loaded })).toEqual(decodeGuarded(kernel, bytes));
    kernel.release(mark);
  });

  it("reduces as it does sequentially", () => {
    for (const reduction of [2, 4, 8] as const) {
      const { samples } = decodeGuarded(kernel, writeJpeg(frame), { reduction });
      expect(decodeGuarded(kernel, writeProgressiveJpeg(frame), { reduction }).samples).toEqual(samples);
    }
  });
});

describe("the memory of progressive frames", () => {
  const bytes = writeProgressiveJpeg(frame);
  const needed = coefficientBytes(readJpegHeader(bytes));

  it("is two bytes a coefficient and a bit, for as many blocks as cover each component", () => {
    expect(needed).toBe((8 * 6 + 2 * 4 * 3) * (2 * 64 + 8));
    expect(coefficientBytes(readJpegHeader(writeJpeg(frame)))).toBe(0);
  });

  it("is that of the window, and a bit for each coefficient down to its end", () => {
    const window = { x: 16, y: 16, width: 8, height: 8 };
    const windowBytes = 3 * 128 + 8 * 8 * 3 + 2 * 8 * 4 * 2;
    const options = { window, coefficientLimitBytes: windowBytes };
    const expected = decodeGuarded(kernel, writeJpeg(frame), { window });
    expect(decodeGuarded(kernel, bytes, options)).toEqual(expected);
    expectRefusal(bytes, "render-memory", { ...options, coefficientLimitBytes: windowBytes - 1 });
  });

  it("is two bytes a block of what is reduced to 1/8, whose scans of other coefficients are passed over", () => {
    const reducedBytes = 2 * 8 * 6 + 32 + 2 * 4 * 3;
    const options = { reduction: 8, coefficientLimitBytes: reducedBytes } as const;
    const expected = decodeGuarded(kernel, writeJpeg(frame), { reduction: 8 });
    expect(decodeGuarded(kernel, bytes, options)).toEqual(expected);
    expectRefusal(bytes, "render-memory", { ...options, coefficientLimitBytes: reducedBytes - 1 });
    // Of the scans of AC coefficients nothing is read but their headers.
    const damaged = bytes.slice();
    let isAlternating = false;
    for (let at = 0; at + 12 < damaged.length; at += 1) {
      const isScan = damaged[at] === 0xff && damaged[at + 1] === 0xda;
      const parameters = at + 5 + 2 * damaged[at + 4]!;
      if (isScan) isAlternating = damaged[parameters] !== 0;
      if (isScan) at = parameters + 2;
      else if (isAlternating && damaged[at] !== 0xff && damaged[at - 1] !== 0xff && at % 2 === 0) damaged[at] = 0x5a;
    }
    expect(damaged).not.toEqual(bytes);
    expect(decodeGuarded(kernel, damaged, options)).toEqual(expected);
  });

  it("is what the kernel takes, and no more than it may", () => {
    expect(() => decodeGuarded(kernel, bytes, { coefficientLimitBytes: needed })).not.toThrow();
    expectRefusal(bytes, "render-memory", { coefficientLimitBytes: needed - 1 });
  });

  it("is refused where the arena has no room for it", () => {
    const mark = kernel.mark();
    const tight = openTestKernel(kernel.exports.jpegTablesBytes.value + (64 << 10) + mark);
    const wide = {
      ...gray,
      width: 512,
      height: 512,
      components: sampled([1, 1]).map((item) => ({ ...item, sampleAt: () => 9 })),
    };
    // It is refused before anything is written.
    const planes = [{ pointer: 0, stride: 512, width: 512, height: 512 }];
    const decode = () =>
      decodeJpegInto(tight, { bytes: writeProgressiveJpeg(wide, [send(0, 0)]), planes, width: 512, height: 512 });
    expect(decode).toThrow(expect.objectContaining({ code: "render-memory" }));
    expect(tight.mark()).toBe(openTestKernel().mark());
  });

  it("is given back", () => {
    const mark = kernel.mark();
    decodeGuarded(kernel, bytes);
    expect(kernel.mark()).toBe(mark);
  });
});

describe("progressive frames with scans that the standard does not allow", () => {
  it("are refused as unsupported when there are more than a hundred", () => {
    const bands = [...Array(30).keys()].map((index) => [2 * index + 1, 2 * index + 2] as const);
    const allBands = [...bands, [61, 61], [62, 62], [63, 63]] as const;
    const components = samplings["4:4:4"];
    const members = [0, 1, 2];
    const scans = allBands.flatMap(([first, last]) =>
      members.map((member) => ({ members: [member], first, last, lowestBit: 0 })),
    );
    const dc = { members, first: 0, last: 0, lowestBit: 0 };
    expect(scans.length).toBe(99);
    expectTwin(writeProgressiveJpeg({ ...gray, components }, [dc, ...scans]));
    expectRefusal(writeProgressiveJpeg({ ...gray, components }, [dc, ...scans, dc]), "source-unsupported");
  });

  it("are refused as malformed when a scan can't be", () => {
    const impossible = [
      send(0, 5),
      send(5, 4),
      send(1, 64),
      send(1, 63, 14),
      send(1, 63, 0, 2),
      send(1, 63, 2, 1),
      { members: [0, 0], first: 0, last: 0, lowestBit: 0 },
    ];
    for (const scan of impossible) {
      const valid = writeProgressiveJpeg(gray, [send(0, 0), scan]);
      expectRefusal(valid, "source-malformed");
    }
    const two = { ...gray, components: samplings["grey and alpha"] };
    const dc = { members: [0, 1], first: 0, last: 0, lowestBit: 0 };
    expectRefusal(
      writeProgressiveJpeg(two, [dc, { members: [0, 1], first: 1, last: 63, lowestBit: 0 }]),
      "source-malformed",
    );
  });

  it("are refused as malformed when a table is missing", () => {
    expectRefusal(partJpeg(writeProgressiveJpeg(gray)).abbreviated, "source-malformed");
  });

  it("are refused as malformed when they end without the mean of every component", () => {
    const two = { ...gray, components: samplings["grey and alpha"] };
    expectRefusal(writeProgressiveJpeg(two, [send(0, 0), send(1, 63)]), "source-malformed");
  });

  it("are decoded as far as the scans go", () => {
    const bytes = writeProgressiveJpeg(gray, [send(0, 0)]);
    const { samples } = decodeGuarded(kernel, bytes);
    expect(samples[0]!.values.every((value, at, all) => value === all[(at >> 8) * 256 + ((at & 31) >> 3) * 8])).toBe(
      true,
    );
    expectTwin(bytes);
    expectTwin(writeProgressiveJpeg(gray, [send(0, 0, 1), send(1, 20, 2)]));
  });
});

describe("damaged progressive frames", () => {
  const bytes = writeProgressiveJpeg(gray);

  it("lack rows when cut off anywhere before the last scan's end, and are refused before the first", () => {
    const firstScan = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xda);
    for (let length = 0; length < bytes.length - 2; length += 1) {
      const cut = bytes.subarray(0, length);
      if (length <= firstScan + 9) expectRefusal(cut, "source-malformed");
      else {
        const { missing } = decodeGuarded(kernel, cut);
        expect([length, missing && missing.first + missing.count]).toEqual([length, gray.height]);
      }
    }
    expect(decodeGuarded(kernel, bytes.subarray(0, -2))).toEqual(decodeGuarded(kernel, bytes));
  });

  it("keep what was decoded before the end", () => {
    const scans = Array.from(bytes.keys()).filter((at) => bytes[at] === 0xff && bytes[at + 1] === 0xda);
    const secondScan = scans[1]!;
    const first = Uint8Array.from([...bytes.subarray(0, secondScan), 0xff, 0xd9]);
    const whole = decodeGuarded(kernel, first).samples[0]!;
    const mark = kernel.mark();
    const plane = kernel.allocatePlane(gray.width, gray.height);
    const options = { planes: [plane], width: gray.width, height: gray.height };
    const missing = decodeJpegInto(kernel, { bytes: bytes.subarray(0, secondScan), ...options });
    // All rows are there, without the detail of later scans.
    expect(missing).toEqual({ first: 0, count: gray.height, lost: 0, asked: gray.height });
    expect(readPlane(kernel, plane)).toEqual(whole);
    kernel.release(mark);
  });

  it("do not cause the next stream to be refused", () => {
    const whole = decodeGuarded(kernel, bytes);
    expect(decodeGuarded(kernel, bytes.subarray(0, bytes.length >> 1)).missing).toBeDefined();
    expect(decodeGuarded(kernel, bytes)).toEqual(whole);
    const sequential = writeJpeg(gray);
    expect(decodeGuarded(kernel, sequential).samples).toEqual(whole.samples);
  });
});
