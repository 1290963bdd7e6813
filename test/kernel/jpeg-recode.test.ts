import { describe, expect, it } from "vitest";
import { decodeRgbHalved } from "../../src/codec/jpeg/decoder.ts";
import { createJpegRecoder, type JpegRecoderOptions, jpegRecoderBytes } from "../../src/codec/jpeg/recoder.ts";
import type { MissingRows } from "../../src/codec/missing-rows.ts";
import { codeOf } from "../support/code-of.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { encodePlanes } from "../support/jpeg-encoding.ts";
import { type WrittenComponent, writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { greatestDifference, makeNoise, makeSamples, type Samples } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

const kernel = openTestKernel();
const random = openRandom(3);
const halved = { x: 2, y: 2 } as const;

interface Recoding extends Pick<JpegRecoderOptions, "model" | "quality"> {
  readonly side: number;
  readonly columns: number;
  /** Row by row. */
  readonly tiles: readonly Uint8Array[];
}

/** Recodes whole tiles; tells what is missing of each, or that it was not added. */
function recode({ side, columns, tiles, ...options }: Recoding) {
  const mark = kernel.mark();
  const size = { width: columns * side, height: (tiles.length / columns) * side };
  const recoder = createJpegRecoder(kernel, { ...options, ...size, tile: { width: side, height: side }, columns });
  const shown = { x: 0, y: 0, width: side, height: side };
  const chunks: Uint8Array[] = [];
  const missing: (MissingRows | undefined | "refused")[] = [];
  try {
    for (const [index, bytes] of tiles.entries()) {
      const added = recoder.addTile({ tables: undefined, bytes, shown });
      missing.push(added === undefined ? "refused" : added.missing);
      if (added !== undefined && index % columns === columns - 1) chunks.push(...recoder.endRow());
    }
    chunks.push(recoder.finish());
  } finally {
    kernel.release(mark);
  }
  return { jpeg: Uint8Array.from(Buffer.concat(chunks)), missing };
}

/** Returns the samples of one tile of a picture. */
function tileOf(jpeg: Uint8Array, index: number, { side, columns }: Pick<Recoding, "side" | "columns">): Samples[] {
  return decodeGuarded(kernel, jpeg).samples.map((plane, component) => {
    const length = component === 0 ? side : side / 2;
    const [left, top] = [(index % columns) * length, Math.floor(index / columns) * length];
    return makeSamples(length, length, (x, y) => plane.values[(top + y) * plane.width + left + x]!);
  });
}

const surface = (x: number, y: number): number =>
  Math.round(120 + 70 * Math.sin(x / 17) * Math.cos(y / 13) + (x % 50 < 3 ? 40 : 0) + (y % 37 < 2 ? -30 : 0));

function ycbcrTile(side: number, quality: number): Uint8Array {
  const shift = random.integer(0, 99);
  const luma = makeSamples(side, side, (x, y) => surface(x + shift, y));
  const chroma = [9, 5].map((period) => makeSamples(side / 2, side / 2, (x, y) => 128 + 60 * Math.sin(x / period + y)));
  return encodePlanes(kernel, [luma, ...chroma], { quality, subsampling: halved });
}

/** Luma of four blocks in an MCU, and chroma of one. */
function componentsOf(factors: readonly number[]): WrittenComponent[] {
  return factors.map((factor) => ({ horizontal: factor, vertical: factor, sampleAt: surface }));
}

/** Returns a sample of the transform's wave of a frequency, of eight. */
function waveAt(frequency: number, at: number): number {
  return (frequency === 0 ? Math.SQRT1_2 : Math.cos(((2 * at + 1) * frequency * Math.PI) / 16)) / 2;
}

/** Returns the samples of a plane that an MCU has. */
function mcuOf(
  { width, values }: Samples,
  { column, row }: { readonly column: number; readonly row: number },
  length: number,
): number[] {
  const at = (index: number) =>
    (row * length + Math.floor(index / length)) * width + column * length + (index % length);
  return Array.from({ length: length * length }, (_, index) => values[at(index)]!);
}

describe("tiles that are recoded", () => {
  it.each([
    [16, 4, 12],
    [32, 5, 15],
    [256, 2, 4],
    [1024, 1, 1],
  ])("keep every coefficient that is quantised as before: side of %i", (side, columns, count) => {
    const tiles = Array.from({ length: count }, () => ycbcrTile(side, 85));
    const { jpeg, missing } = recode({ model: "ycbcr", quality: 85, side, columns, tiles });
    expect(missing).toEqual(Array(count).fill(undefined));
    for (const [index, tile] of tiles.entries()) {
      expect(tileOf(jpeg, index, { side, columns })).toEqual(decodeGuarded(kernel, tile).samples);
    }
  });

  it("join bits of any number: noise, and flat tiles between", () => {
    const side = 32;
    const [columns, count] = [6, 60];
    const tiles = Array.from({ length: count }, (_, index) => {
      const noise = (length: number) =>
        index % 3 === 0 ? makeSamples(length, length, () => 8 * index) : makeNoise(random, length, length);
      return encodePlanes(kernel, [noise(side), noise(side / 2), noise(side / 2)], {
        quality: 93,
        subsampling: halved,
      });
    });
    const { jpeg } = recode({ model: "ycbcr", quality: 93, side, columns, tiles });
    for (const [index, tile] of tiles.entries()) {
      expect(tileOf(jpeg, index, { side, columns })).toEqual(decodeGuarded(kernel, tile).samples);
    }
  });

  it("join more first MCUs than are written at once", () => {
    const columns = 400;
    const noise = (length: number) => makeNoise(random, length, length);
    const tiles = Array.from({ length: columns }, () =>
      encodePlanes(kernel, [noise(16), noise(8), noise(8)], { quality: 98, subsampling: halved }),
    );
    const { jpeg } = recode({ model: "ycbcr", quality: 98, side: 16, columns, tiles });
    expect(jpeg.byteLength).toBeGreaterThan(100_000);
    for (const index of [0, 133, 256, columns - 1]) {
      expect(tileOf(jpeg, index, { side: 16, columns })).toEqual(decodeGuarded(kernel, tiles[index]!).samples);
    }
  });

  it.each([
    ["ycbcr", [2, 1, 1]],
    ["rgb", [1, 1, 1]],
    ["gray", [1]],
  ] as const)("pass nothing on of what lies beyond the edge: %s", (model, factors) => {
    for (const length of [12, 8, 5]) {
      // Grey up to the edge, white beyond it, in all components.
      const components = factors.map((factor) => ({
        ...{ horizontal: factor, vertical: factor },
        sampleAt: (x: number, y: number) => (Math.max(x, y) * (Math.max(...factors) / factor) < length ? 100 : 255),
      }));
      const bytes = writeJpeg({ width: 16, height: 16, components, step: 1 });
      const mark = kernel.mark();
      const form = { width: length, height: length, tile: { width: 16, height: 16 }, columns: 1 };
      const recoder = createJpegRecoder(kernel, { ...form, model, quality: 100 });
      recoder.addTile({ tables: undefined, bytes, shown: { x: 0, y: 0, width: length, height: length } });
      const jpeg = Uint8Array.from(Buffer.concat([...recoder.endRow(), recoder.finish()]));
      kernel.release(mark);
      // The header is made to tell of all that the MCUs have.
      const most = model === "gray" ? Math.ceil(length / 8) * 8 : 16;
      jpeg.set([0, most, 0, most], jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0) + 5);
      for (const [index, { width, values }] of decodeGuarded(kernel, jpeg).samples.entries()) {
        const shown = index === 0 ? length : Math.floor(length / 2);
        const last = values[(shown - 1) * width + shown - 1]!;
        // White that is averaged with grey at an odd edge is all that may be seen of it.
        expect(values.every((sample) => Math.abs(sample - last) <= (length % 2 === 1 && index > 0 ? 40 : 3))).toBe(
          true,
        );
      }
    }
  });

  it("have room for noise of black and white at any quality", () => {
    const side = 64;
    for (const quality of [60, 90, 91, 100]) {
      const noise = (length: number) => makeSamples(length, length, () => 255 * random.integer(0, 1));
      const planes = [noise(side), noise(side / 2), noise(side / 2)];
      const tiles = Array.from({ length: 2 }, () => encodePlanes(kernel, planes, { quality, subsampling: halved }));
      expect(recode({ model: "ycbcr", quality, side, columns: 2, tiles }).missing).toEqual([undefined, undefined]);
    }
  });

  it.each(["gray", "ycbcr", "rgb"] as const)("take no more memory than is said: %s", (model) => {
    for (const [side, columns] of [
      [16, 300],
      [64, 20],
      [512, 1],
    ] as const) {
      const form = { model, tile: { width: side, height: side }, columns };
      const mark = kernel.mark();
      createJpegRecoder(kernel, { ...form, width: side * columns, height: side, quality: 100 });
      const taken = kernel.mark() - mark - kernel.exports.jpegEncoderBytes.value;
      kernel.release(mark);
      expect(taken).toBeLessThanOrEqual(jpegRecoderBytes(form) + 4096);
      expect(taken).toBeGreaterThan(0.7 * jpegRecoderBytes(form));
    }
  });

  it("are refused if they have more coefficients than any picture", () => {
    // Each coefficient is as great as one may be.
    const block = Array.from({ length: 64 }, () => 0);
    for (let place = 0; place < 64; place += 1) {
      const sign = random.pick([-1, 1]);
      for (let at = 0; at < 64; at += 1)
        block[at]! += 1000 * sign * waveAt(place & 7, at & 7) * waveAt(place >> 3, at >> 3);
    }
    const sampleAt = (x: number, y: number) => 128 + block[8 * (y & 7) + (x & 7)]!;
    const components = componentsOf([2, 1, 1]).map((item) => ({ ...item, sampleAt }));
    const tile = writeJpeg({ width: 64, height: 64, components, step: 1 });
    expect(codeOf(() => recode({ model: "ycbcr", quality: 90, side: 64, columns: 1, tiles: [tile] }))).toBe(
      "render-memory",
    );
    // Nothing is left of it for the next.
    const whole = ycbcrTile(64, 90);
    const { jpeg } = recode({ model: "ycbcr", quality: 90, side: 64, columns: 1, tiles: [whole] });
    expect(tileOf(jpeg, 0, { side: 64, columns: 1 })).toEqual(decodeGuarded(kernel, whole).samples);
  });

  it.each([
    ["ycbcr", [2, 1, 1]],
    ["rgb", [1, 1, 1]],
    ["gray", [1]],
  ] as const)(
    "are cut off at black and white where their coefficients are those of no picture: %s",
    (model, factors) => {
      const side = 32;
      for (const sampleAt of [
        (x: number, y: number) => 330 + 60 * Math.sin(x / 2) * Math.cos(y / 3),
        (x: number) => 128 + 400 * (x & 4 ? 1 : -1),
      ]) {
        const components = factors.map((factor, index) => ({
          ...{ horizontal: factor, vertical: factor },
          sampleAt: model === "ycbcr" && index > 0 ? () => 128 : sampleAt,
        }));
        const tile = writeJpeg({ width: side, height: side, components, step: 4 });
        const { jpeg } = recode({ model, quality: 100, side, columns: 1, tiles: [tile] });
        const [found, shown] = [jpeg, tile].map((bytes) => decodeGuarded(kernel, bytes).samples[0]!);
        expect(greatestDifference(found!, shown!)).toBeLessThanOrEqual(3);
      }
    },
  );

  it("are read with restart markers, and lack only the interval that damage took", () => {
    const components = componentsOf([2, 1, 1]);
    const written = { width: 64, height: 64, components, step: 3 };
    const [whole, parted] = [writeJpeg(written), writeJpeg({ ...written, restartInterval: 3 })];
    const recoding = { model: "ycbcr", quality: 98, side: 64, columns: 1 } as const;
    const expected = recode({ ...recoding, tiles: [whole] }).jpeg;
    expect(recode({ ...recoding, tiles: [parted] }).jpeg).toEqual(expected);
    // The second interval becomes ones, which no code is: MCUs 3 to 5 of the 16.
    const marks = Array.from(parted.keys()).filter((at) => parted[at] === 0xff && (parted[at + 1]! & 0xf8) === 0xd0);
    const damaged = parted.slice();
    for (let at = marks[0]! + 2; at + 1 < marks[1]!; at += 2) damaged.set([0xff, 0], at);
    const { jpeg, missing } = recode({ ...recoding, tiles: [damaged] });
    expect(missing).toEqual([{ first: 0, count: 32, lost: 32, asked: 64 }]);
    const [found, intact] = [decodeGuarded(kernel, jpeg).samples[0]!, decodeGuarded(kernel, expected).samples[0]!];
    for (let mcu = 0; mcu < 16; mcu += 1) {
      const [x, y] = [16 * (mcu % 4) + 5, 16 * Math.floor(mcu / 4) + 9];
      expect(found.values[y * 64 + x]).toBe(mcu >= 3 && mcu < 6 ? 128 : intact.values[y * 64 + x]);
    }
  });

  it("lack what comes after their end, wherever that is", () => {
    for (const [model, factors] of [
      ["ycbcr", [2, 1, 1]],
      ["rgb", [1, 1, 1]],
    ] as const) {
      const whole = writeJpeg({ width: 32, height: 32, components: componentsOf(factors), step: 9 });
      const start = whole.findIndex((byte, at) => byte === 0xff && whole[at + 1] === 0xda) + 14;
      const recoding = { model, quality: 100, side: 32, columns: 1 } as const;
      const intact = decodeGuarded(kernel, recode({ ...recoding, tiles: [whole] }).jpeg).samples;
      const cut = Array.from({ length: whole.byteLength - start - 2 }, (_, index) => whole.subarray(0, start + index));
      const lostMcus = cut.map((tile) => {
        const { jpeg, missing } = recode({ ...recoding, tiles: [tile] });
        const shown = decodeGuarded(kernel, jpeg).samples;
        // Of each MCU of the picture all is there, or nothing.
        const lost = Array.from({ length: 4 }, (_, mcu) =>
          shown.map((plane, index) => {
            const length = index === 0 ? 16 : 8;
            const place = { column: mcu % 2, row: mcu >> 1 };
            const [found, before] = [mcuOf(plane, place, length), mcuOf(intact[index]!, place, length)];
            if (found.every((sample, at) => sample === before[at])) return "no";
            return found.every((sample) => sample === 128) ? "yes" : "partly";
          }),
        );
        expect(missing).toEqual(lost.flat().every((state) => state === "no") ? [undefined] : [expect.anything()]);
        // Four MCUs of colours make one.
        if (model === "ycbcr") {
          expect(lost.flat()).not.toContain("partly");
          expect(lost.map((states) => new Set(states).size)).toEqual([1, 1, 1, 1]);
        }
        return lost.filter((states) => states.some((state) => state !== "no")).length;
      });
      expect(lostMcus).toEqual([...lostMcus].sort((a, b) => b - a));
      expect(new Set(lostMcus)).toEqual(new Set([4, 3, 2, 1]));
    }
  });

  it("are not added where their blocks come in another order", () => {
    const refused = (model: "ycbcr" | "rgb", factors: readonly number[], isSeparate = false) => {
      const tile = writeJpeg({ width: 64, height: 64, components: componentsOf(factors), step: 3, isSeparate });
      return recode({ model, quality: 90, side: 64, columns: 1, tiles: [tile] }).missing[0];
    };
    expect(refused("ycbcr", [2, 1, 1])).toBeUndefined();
    expect(refused("ycbcr", [2, 1, 1], true)).toBe("refused");
    expect(refused("ycbcr", [4, 2, 2])).toBe("refused");
    expect(refused("rgb", [1, 1, 1])).toBeUndefined();
    expect(refused("rgb", [1, 1, 1], true)).toBe("refused");
    expect(refused("rgb", [2, 2, 2])).toBe("refused");
  });

  it("are not converted as they are decoded either where an MCU has several blocks of a colour", () => {
    const bytes = writeJpeg({ width: 64, height: 64, components: componentsOf([2, 2, 2]), step: 3 });
    const planes = [64, 32, 32].map((length) => kernel.allocatePlane(length, length));
    expect(decodeRgbHalved(kernel, { bytes, planes, width: 64, height: 64 })).toBeUndefined();
  });
});
