import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { alphaKeptBytes, createAlphaEncoder } from "../../src/codec/webp/alpha-encoder.ts";
import { smoothHidden } from "../../src/codec/webp/hidden-samples.ts";
import { planPrefixCode } from "../../src/codec/webp/prefix-code.ts";
import { formatWebp } from "../../src/metadata/webp-container.ts";
import { cropPlane } from "../../src/raster/samples.ts";
import { codeOf } from "../support/code-of.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, type Samples, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";
import { rotatePlanes } from "../support/rotated.ts";
import { encodeWebpPlanes } from "../support/webp-encoding.ts";

const kernel = openTestKernel();

/** Encodes alpha, some rows at a time. */
function encodeAlpha(samples: Samples, rowsAtOnce = 16, isOwn = false): Uint8Array {
  const mark = kernel.mark();
  const plane = storePlane(kernel, samples);
  const encoder = createAlphaEncoder(kernel, { ...samples, isOwn });
  for (let y = 0; y < samples.height; y += rowsAtOnce) {
    const height = Math.min(rowsAtOnce, samples.height - y);
    encoder.write(cropPlane(plane, { x: 0, y, width: samples.width, height }));
  }
  kernel.release(mark);
  return encoder.finish();
}

/** Returns the alpha that a decoder shows of a picture with it. */
async function showAlpha({ width, height }: Samples, alpha: Uint8Array): Promise<Uint8Array> {
  const colors = makeSamples(width, height, () => 128);
  const { frame } = await encodeWebpPlanes(kernel, [colors], { quantiser: 60, filterLevel: 0 });
  const webp = Buffer.concat(formatWebp({ size: { width, height }, frame, alpha }, {}));
  const shown = await sharp(webp, { failOn: "warning" }).extractChannel(3).raw().toBuffer();
  return new Uint8Array(shown);
}

/** The alpha of an opaque picture that is rotated. */
function coverOf(width: number, height: number, degrees: number): Samples {
  const mark = kernel.mark();
  const picture = makeSamples(width, height, () => 0);
  const { planes } = rotatePlanes(kernel, { planes: [picture], degrees });
  kernel.release(mark);
  return planes[1]!;
}

describe("the alpha of a WebP", () => {
  const random = openRandom(91);

  it.each<[string, Samples]>([
    ["of noise", makeNoise(random, 37, 11)],
    ["of few values", makeSamples(50, 40, () => 85 * random.integer(0, 3))],
    ["of long runs of one value", makeSamples(5000, 5, () => 255)],
    ["of a value in each row", makeSamples(4097, 3, (_, y) => 7 * y)],
    ["of rows that are alike", makeSamples(300, 70, (x) => (x * 37) & 255)],
    ["of runs of every length", makeSamples(2500, 1, (x) => Math.floor(Math.sqrt(2 * x)) & 1)],
    ["of one pixel", makeSamples(1, 1, () => 77)],
    ["of one column", makeSamples(1, 50, (_, y) => (y < 30 ? y : 255))],
    ["of one row", makeSamples(50, 1, (x) => (x < 30 ? 0 : 255))],
    ["of a gradient", makeSamples(16, 400, (x, y) => (x + y) >> 1)],
    ["of a few among many", makeSamples(40, 40, (x, y) => ((x + 40 * y) % 997) & 255)],
  ])("comes out as it went in: %s", async (_, samples) => {
    for (const isOwn of [false, true]) {
      for (const rowsAtOnce of [1, 16]) {
        expect(await showAlpha(samples, encodeAlpha(samples, rowsAtOnce, isOwn))).toEqual(samples.values);
      }
    }
  });

  it("comes out as it went in of pictures that were rotated", async () => {
    for (const degrees of [0.01, 3, 22.5, 45, 89, 91.5, 135, 179.9, 200, 300]) {
      const cover = coverOf(random.integer(1, 300), random.integer(1, 300), degrees);
      expect(await showAlpha(cover, encodeAlpha(cover)), `${degrees}`).toEqual(cover.values);
    }
  });

  it("of a rotated picture takes no more than is set aside for it, of all angles and sides", { tags: ["slow"] }, () => {
    for (const [width, height] of [
      ...[
        [1, 1],
        [1, 3000],
        [3000, 1],
        [7, 900],
        [900, 7],
      ],
      ...[
        [600, 400],
        [1500, 1500],
      ],
    ] as const) {
      for (const degrees of [0.001, 0.02, 0.1, 0.5, 1, 5, 12, 30, 45, 60, 85, 89.5, 89.99]) {
        const cover = coverOf(width!, height!, degrees);
        const bytes = encodeAlpha(cover);
        // Half of what is set aside.
        expect(bytes.byteLength, `${width} x ${height}, ${degrees}`).toBeLessThan(
          alphaKeptBytes({ ...cover, isOwn: false }) / 2,
        );
      }
    }
  });

  it.each([
    ["a rotated picture has", 400, false],
    ["masks and soft edges come to", 1200, true],
  ])("is refused once more is kept of it than %s", (_, side, isOwn) => {
    const noise = makeNoise(random, side, side);
    expect(codeOf(() => encodeAlpha(noise, 16, isOwn))).toBe("render-memory");
    // A little less is encoded, in what is set aside.
    const half = { ...noise, width: side / 2, height: isOwn ? side : 8, values: noise.values };
    expect(encodeAlpha(half, 16, isOwn).byteLength).toBeLessThan(alphaKeptBytes({ ...half, isOwn }));
  });
});

describe("a prefix code", () => {
  const random = openRandom(92);
  it("is complete, no longer than it may be, and short", () => {
    let free = 0;
    for (let round = 0; round < 200; round += 1) {
      const steep = 1 + 3 * random.next();
      const counts = Uint32Array.from({ length: random.integer(2, 280) }, (_, index) =>
        index > 1 && random.next() < 0.3 ? 0 : Math.ceil(Math.min(steep ** (index % 40), 2 ** 31)),
      );
      const used = [...counts.keys()].filter((symbol) => counts[symbol]! > 0);
      const longest = Math.max(random.integer(7, 15), Math.ceil(Math.log2(used.length)) + 1);
      const { lengths, bits } = planPrefixCode(counts, longest);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
      expect(used.reduce((sum, symbol) => sum + 2 ** -lengths[symbol]!, 0)).toBe(1);
      expect([...lengths.keys()].filter((symbol) => lengths[symbol]! > 0)).toEqual(used);
      // No code begins with another.
      const texts = used.map((symbol) =>
        [...bits[symbol]!.toString(2).padStart(lengths[symbol]!, "0")].reverse().join(""),
      );
      const sorted = texts.toSorted();
      expect(sorted.every((text, index) => index === 0 || !text.startsWith(sorted[index - 1]!))).toBe(true);
      if (Math.max(...lengths) === longest) continue;
      free += 1;
      const total = used.reduce((sum, symbol) => sum + counts[symbol]!, 0);
      const spent = used.reduce((sum, symbol) => sum + counts[symbol]! * lengths[symbol]!, 0);
      const entropy = used.reduce((sum, symbol) => sum + counts[symbol]! * Math.log2(total / counts[symbol]!), 0);
      // What Huffman's method promises.
      expect(spent).toBeLessThan(entropy + total);
    }
    expect(free).toBeGreaterThan(30);
  });
});

describe("hidden samples", () => {
  it.each([
    [1, 16],
    [16, 1],
    [1, 1],
  ])("are those of the planes alone, of %i by %i pixels", (width, height) => {
    const mark = kernel.mark();
    const alpha = storePlane(
      kernel,
      makeSamples(width, height, (x, y) => ((x + y) % 2 === 0 ? 0 : 255)),
    );
    const guarded = [allocateGuarded(kernel, width, height)];
    guarded.push(allocateGuarded(kernel, Math.ceil(width / 2), Math.ceil(height / 2)));
    const planes = guarded.map(({ plane }) => plane);
    smoothHidden(kernel, planes, alpha);
    expect(guarded.map((item) => item.countChangedGuards())).toEqual([0, 0]);
    kernel.release(mark);
  });

  it("become the mean of those that are seen in their block, or of the block before, and nothing else changes", () => {
    const random = openRandom(93);
    const mark = kernel.mark();
    const [width, height] = [61, 32];
    // Two edges that lean, a hole, and blocks of which nothing is seen on both sides.
    const alpha = makeSamples(width, height, (x, y) =>
      x < 9 + y / 3 || x > 40 || (x === 30 && y === 12) ? 0 : x < 11 + y / 3 ? 128 : 255,
    );
    const isHidden = (x: number, y: number) => alpha.values[y * width + Math.min(x, width - 1)] === 0;
    const luma = makeNoise(random, width, height);
    const chroma = makeNoise(random, Math.ceil(width / 2), height / 2);
    const planes = [luma, chroma].map((samples) => storePlane(kernel, samples));
    smoothHidden(kernel, planes, storePlane(kernel, alpha));
    const smooth = planes.map((plane) => readPlane(kernel, plane));
    kernel.release(mark);
    for (const [index, before] of [luma, chroma].entries()) {
      const step = index === 0 ? 1 : 2;
      const side = 8 / step;
      const expected = before.values.slice();
      let changed = 0;
      for (let top = 0; top < before.height; top += side) {
        let mean = step === 1 ? 255 : 128;
        for (let left = 0; left < before.width; left += side) {
          const places = Array.from({ length: side * side }, (_, at) => [
            left + (at % side),
            top + Math.floor(at / side),
          ])
            .filter(([x]) => x! < before.width)
            .map(([x, y]) => ({
              at: y! * before.width + x!,
              hidden: [0, step - 1].every((d) => [0, step - 1].every((r) => isHidden(step * x! + r, step * y! + d))),
            }));
          const seen = places.filter(({ hidden }) => !hidden);
          if (seen.length === places.length && step === 1) continue;
          if (seen.length > 0 && seen.length < places.length) {
            mean = Math.round(seen.reduce((sum, { at }) => sum + before.values[at]!, 0) / seen.length);
          }
          for (const { at, hidden } of places) if (hidden) expected[at] = mean;
          changed += places.filter(({ hidden }) => hidden).length;
        }
      }
      expect(changed).toBeGreaterThan(100);
      if (step === 1) expect(smooth[index]!.values).toEqual(expected);
      else expect(smooth[index]!.values.filter((value, at) => value !== expected[at]).length).toBe(0);
    }
  });
});
