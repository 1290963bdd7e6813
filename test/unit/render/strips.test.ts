import { describe, expect, it } from "vitest";
import type { Area, Size } from "../../../src/geometry.ts";
import { noTurn } from "../../../src/raster/orientation.ts";
import { fillPlane } from "../../../src/raster/samples.ts";
import { carryRowsOf } from "../../../src/render/memory.ts";
import { type PlaneSubsampling, planSampling } from "../../../src/render/sampling.ts";
import { createStripMaker, stripRows } from "../../../src/render/strips.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { openBand } from "../../support/opened-band.ts";
import { greatestDifference, makeSamples, readPlane, type Samples } from "../../support/planes.ts";
import { openRandom, type Random } from "../../support/random.ts";
import { resampleTwin } from "../../support/resampling.ts";

const noise = (x: number, y: number, plane: number): number =>
  Math.imul(
    Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca77) ^ Math.imul(plane + 1, 0xc2b2ae35),
    0x27d4eb2f,
  ) >>> 24;

const one = { x: 1, y: 1 } as const;
const two = { x: 2, y: 2 } as const;

/** The planes of RGB that become luma and halved chroma, whatever they hold. */
const planes: readonly PlaneSubsampling[] = [
  { source: one, output: one },
  { source: one, output: two },
  { source: one, output: two },
];

interface Request {
  readonly options: TiffOptions & Size;
  readonly region: Area;
  readonly size: Size;
  readonly isWrittenOver: boolean;
}

interface Made {
  /** The planes of all strips, one below the other. */
  readonly planes: readonly Samples[];
  /** Output rows of each strip. */
  readonly strips: readonly number[];
  /** Bytes of the kernel that the strips and their tables took. */
  readonly takenBytes: number;
  readonly twins: readonly Samples[];
}

/** Makes all strips of a region, loading tile rows as a drawing does, and the same by the definition of the filter. */
async function make({ options, region, size, isWrittenOver }: Request): Promise<Made> {
  const opened = await openBand(await makeTiff(options), { region, size, carryRows: carryRowsOf });
  const { kernel, band, choice, tileRows, load } = opened;
  const samplings = planSampling(choice, { size, turn: noTurn, planes });
  const before = kernel.mark();
  const maker = createStripMaker(kernel, { band, samplings, size, isWrittenOver });
  const takenBytes = kernel.mark() - before;
  const strips: number[] = [];
  const rows: Samples[][] = planes.map(() => []);
  let needed = maker.neededFrom();
  for (const tileRow of tileRows) {
    await load(tileRow, needed);
    for (let strip = maker.next(); strip !== undefined; strip = maker.next()) {
      strips.push(strip.rows);
      for (const [index, plane] of strip.planes.entries()) {
        rows[index]!.push(readPlane(kernel, plane));
        if (isWrittenOver) fillPlane(kernel, plane, 255);
      }
    }
    const now = maker.neededFrom();
    expect(now.every((row, index) => row >= needed[index]!)).toBe(true);
    needed = now;
  }
  const twins = samplings.map(({ window, horizontal, vertical }, index) => {
    const source = makeSamples(window.width, window.height, (x, y) => noise(window.x + x, window.y + y, index));
    const factor = index === 0 ? 1 : 2;
    const isCopied = (at: number, step: number): boolean => step === 1 && Number.isInteger(at);
    const { x, y } = choice;
    const isBox = isCopied(x.start, x.step * factor) && isCopied(y.start, y.step * factor);
    return resampleTwin(
      source,
      { start: x.start - window.x, step: x.step * factor, outputLength: horizontal.outputLength },
      { start: y.start - window.y, step: y.step * factor, outputLength: vertical.outputLength },
      isBox ? "box" : "lanczos3",
    );
  });
  return { planes: rows.map(joinRows), strips, takenBytes, twins };
}

function joinRows(parts: readonly Samples[]): Samples {
  const width = parts[0]?.width ?? 0;
  const height = parts.reduce((sum, part) => sum + part.height, 0);
  return { width, height, values: Uint8Array.from(Buffer.concat(parts.map(({ values }) => values))) };
}

function drawRequest(random: Random): Request {
  const options: Request["options"] = {
    ...{ width: random.integer(1, 90), height: random.integer(1, 250) },
    tile: { tileWidth: 16 * random.integer(1, 6), tileLength: 16 * random.integer(1, 6) },
    pixel: (x, y) => [0, 1, 2].map((plane) => noise(x, y, plane)),
  };
  const x = random.integer(0, options.width - 1);
  const y = random.integer(0, options.height - 1);
  const region = { x, y, width: random.integer(1, options.width - x), height: random.integer(1, options.height - y) };
  const scale = () => random.pick([1, 1, 0.5, random.next(), 1 + random.next(), 0.05]);
  const side = (length: number): number => Math.max(1, Math.round(length * scale()));
  const size = { width: side(region.width), height: side(region.height) };
  return { options, region, size, isWrittenOver: random.next() < 0.5 };
}

/** A part of a picture at its size that begins within a tile, on no boundary. */
const plain: Request = {
  options: { width: 96, height: 100, tile: 32, pixel: (x, y) => [0, 1, 2].map((plane) => noise(x, y, plane)) },
  region: { x: 40, y: 33, width: 50, height: 60 },
  size: { width: 50, height: 60 },
  isWrittenOver: false,
};

describe("a strip maker", () => {
  it("makes each output row once, 16 at a time, as one resampling of the whole has it", async () => {
    const random = openRandom(461);
    for (let round = 0; round < 30; round += 1) {
      const request = drawRequest(random);
      const { size } = request;
      const named = JSON.stringify(request);
      const made = await make(request);
      const count = Math.ceil(size.height / stripRows);
      const rows = Array.from({ length: count }, (_, at) => Math.min(stripRows, size.height - at * stripRows));
      expect(made.strips, named).toEqual(rows);
      for (const [index, plane] of made.planes.entries()) {
        const factor = index === 0 ? 1 : 2;
        expect([plane.width, plane.height], named).toEqual([
          Math.ceil(size.width / factor),
          Math.ceil(size.height / factor),
        ]);
        expect(greatestDifference(plane, made.twins[index]!), `plane ${index} of ${named}`).toBeLessThanOrEqual(1);
      }
    }
  });

  it("copies what is not resampled to the sample, in the band itself or out of it", async () => {
    const [inside, outside] = [await make(plain), await make({ ...plain, isWrittenOver: true })];
    const expected = makeSamples(50, 60, (x, y) => noise(40 + x, 33 + y, 0));
    expect(inside.planes[0]).toEqual(expected);
    expect(outside.planes[0]).toEqual(expected);
    // A strip of its own, where it is written over.
    expect(outside.takenBytes - inside.takenBytes).toBeGreaterThanOrEqual(50 * stripRows);
  });

  it.each([
    // Two strips of each tile row, and the last of four rows.
    { y: 0, made: [2, 2, 2, 1] },
    // The second strip ends with the first row of the second tile row, and so on.
    { y: 1, made: [1, 2, 2, 2] },
  ])("makes no strip before its last row is held, and none after the last: from row $y on", async ({ y, made }) => {
    const size = { width: 96, height: 100 - y };
    const region = { x: 0, y, ...size };
    const opened = await openBand(await makeTiff(plain.options), { region, size, carryRows: carryRowsOf });
    const { kernel, choice, tileRows, load, ...rest } = opened;
    const samplings = planSampling(choice, { size, turn: noTurn, planes: planes.slice(0, 1) });
    const maker = createStripMaker(kernel, { ...rest, samplings, size, isWrittenOver: false });
    expect(maker.next()).toBeUndefined();
    let rows = 0;
    for (const [index, tileRow] of tileRows.entries()) {
      expect(maker.neededFrom()).toEqual([y + rows]);
      await load(tileRow, maker.neededFrom());
      let strips = 0;
      for (let strip = maker.next(); strip !== undefined; strip = maker.next()) {
        strips += 1;
        rows += strip.rows;
      }
      expect(strips).toBe(made[index]);
    }
    expect(maker.neededFrom()).toEqual([100]);
    expect(maker.next()).toBeUndefined();
  });
});
