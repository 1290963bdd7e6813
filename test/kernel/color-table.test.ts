import { describe, expect, it } from "vitest";
import { layOutGrid } from "../../src/color/grid.ts";
import { layOutLight, lightOne } from "../../src/color/light.ts";
import { encodeSrgb, type Matrix, multiply } from "../../src/color/srgb.ts";
import { applyColorTable, type ColorTable, storeColorTable } from "../../src/color/table.ts";
import {
  convertPixels,
  errorOf,
  makeGrays,
  makePixels,
  type Pixel,
  toLevels,
  toSamples,
} from "../support/color-tables.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, storePlane } from "../support/planes.ts";
import { openRandom, type Random } from "../support/random.ts";

const linearOf = (level: number): number => {
  const value = level / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};

/** A grid whose node at indices, 0 to 1, `colorOf` gives; indices come in the order of the channels. */
function makeGrid(channels: 3 | 4, gridPoints: number, colorOf: (inks: readonly number[]) => readonly number[]) {
  const encoded = new Float32Array(gridPoints ** channels * 3);
  for (let node = 0; node < gridPoints ** channels; node += 1) {
    const inks = Array.from({ length: channels }, (_, channel) => {
      const slowness = channel === 3 ? 3 : 2 - channel;
      return (Math.floor(node / gridPoints ** slowness) % gridPoints) / (gridPoints - 1);
    });
    encoded.set(colorOf(inks), node * 3);
  }
  const model = channels === 4 ? "cmyk" : "rgb";
  const table: ColorTable = {
    kind: "grid",
    model,
    output: "rgb",
    values: layOutGrid(encoded, { channels, gridPoints })!,
  };
  return { table, encoded };
}

/** Interpolates in double precision: along the longest part of the way through the cell, then the next, then the last. */
function interpolate(encoded: Float32Array, gridPoints: number, pixel: Pixel): Pixel {
  const places = pixel.map((level) => (level * (gridPoints - 1)) / 255);
  const cells = places.map((place) => Math.min(Math.floor(place), gridPoints - 2));
  const parts = places.map((place, channel) => place - cells[channel]!);
  const steps = [2, 1, 0, 3].map((power) => gridPoints ** power);
  const first = cells.reduce((sum, cell, channel) => sum + cell * steps[channel]!, 0);
  const order = [0, 1, 2].sort((a, b) => parts[b]! - parts[a]!);
  const colorAt = (node: number): number[] => [...encoded.subarray(node * 3, node * 3 + 3)];
  const walk = (start: number): number[] => {
    let node = start;
    let weight = 1 - parts[order[0]!]!;
    const sum = colorAt(node).map((value) => value * weight);
    order.forEach((channel, index) => {
      node += steps[channel]!;
      weight = parts[channel]! - (index < 2 ? parts[order[index + 1]!]! : 0);
      colorAt(node).forEach((value, at) => {
        sum[at]! += value * weight;
      });
    });
    return sum;
  };
  const near = walk(first);
  const black = parts[3] ?? 0;
  const far = black > 0 ? walk(first + steps[3]!) : near;
  return toLevels(near.map((value, at) => value * (1 - black) + far[at]! * black));
}

const randomColor =
  (random: Random): (() => number[]) =>
  () => [random.next(), random.next(), random.next()];

/** What is converted in the tests of rows: a table of each kind and how many planes it takes. */
function makeTables(random: Random): readonly { table: ColorTable; channels: number }[] {
  const matrix: Matrix = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, -0.2, 0.1, 1.1];
  const axes = Array.from({ length: 768 }, (_, at) => Math.round(linearOf(at & 255) * lightOne));
  const roots = Array.from({ length: 768 }, (_, at) => (at < 256 ? at + 256 : (at & 255) - 128));
  const light = Int16Array.from({ length: 768 }, (_, at) => at * 20);
  return [
    {
      channels: 1,
      table: {
        kind: "curve",
        model: "gray",
        output: "gray",
        values: Uint8Array.from({ length: 256 }, () => random.integer(0, 255)),
      },
    },
    { channels: 3, table: { kind: "rgb-light", model: "rgb", output: "rgb", values: layOutLight({ matrix, axes })! } },
    {
      channels: 3,
      table: { kind: "lab-light", model: "lab", output: "rgb", values: layOutLight({ matrix, axes: roots, light })! },
    },
    { channels: 3, table: makeGrid(3, 5, randomColor(random)).table },
    { channels: 4, table: makeGrid(4, 4, randomColor(random)).table },
  ];
}

describe("a curve", () => {
  it("replaces every level by its own", () => {
    const values = Uint8Array.from({ length: 256 }, (_, level) => (level * 7) & 255);
    const table: ColorTable = { kind: "curve", model: "gray", output: "gray", values };
    expect(convertPixels(table, makeGrays(1))).toEqual([...values].map((value) => [value]));
  });
});

describe("a conversion through light", () => {
  const axes = Array.from({ length: 768 }, (_, at) => Math.round(linearOf(at & 255) * lightOne));

  it("is the identity where the matrix is", () => {
    const values = layOutLight({ matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], axes })!;
    const table: ColorTable = { kind: "rgb-light", model: "rgb", output: "rgb", values };
    const pixels = [...makeGrays(3), ...makePixels(openRandom(21), 5000, 3)];
    expect(convertPixels(table, pixels)).toEqual(pixels);
  });

  it("stays within a level of double precision, in gamut and out of it", () => {
    const matrix: Matrix = [1.4, -0.4, 0, -0.05, 1.02, 0.03, 0.01, -0.11, 1.1];
    const table: ColorTable = {
      kind: "rgb-light",
      model: "rgb",
      output: "rgb",
      values: layOutLight({ matrix, axes })!,
    };
    const pixels = makePixels(openRandom(22), 5000, 3);
    const exact = pixels.map(([r, g, b]) => {
      const light = multiply(matrix, [linearOf(r!), linearOf(g!), linearOf(b!)]);
      return toLevels(light.map(encodeSrgb));
    });
    const { mean, most } = errorOf(convertPixels(table, pixels), exact);
    expect(most).toBeLessThanOrEqual(1);
    expect(mean).toBeLessThan(0.02);
  });

  it("is not laid out with a coefficient of 4", () => {
    const withCoefficient = (value: number): Matrix => [value, 0, 0, 0, 1, 0, 0, 0, 1];
    expect(layOutLight({ matrix: withCoefficient(3.99), axes })).toBeDefined();
    expect(layOutLight({ matrix: withCoefficient(4), axes })).toBeUndefined();
    expect(layOutLight({ matrix: withCoefficient(Number.NaN), axes })).toBeUndefined();
  });
});

describe("a grid", () => {
  it.each([2, 3, 9, 17, 33])("of %i nodes on an axis is the identity where its nodes are", (gridPoints) => {
    const { table } = makeGrid(3, gridPoints, (color) => color);
    const pixels = [...makeGrays(3), ...makePixels(openRandom(23), 5000, 3)];
    expect(convertPixels(table, pixels)).toEqual(pixels);
  });

  it.each<[3 | 4, number]>([
    [3, 2],
    [3, 6],
    [4, 2],
    [4, 5],
    [4, 13],
  ])("of %i channels and %i nodes on an axis interpolates as its twin in double precision", (channels, gridPoints) => {
    const random = openRandom(24);
    const { table, encoded } = makeGrid(channels, gridPoints, randomColor(random));
    const corners = Array.from({ length: 1 << channels }, (_, corner) =>
      Array.from({ length: channels }, (_, channel) => ((corner >> channel) & 1) * 255),
    );
    const pixels = [...corners, ...makeGrays(channels), ...makePixels(random, 4000, channels)];
    const { mean, most } = errorOf(
      convertPixels(table, pixels),
      pixels.map((pixel) => interpolate(encoded, gridPoints, pixel)),
    );
    expect(most).toBeLessThanOrEqual(1);
    expect(mean).toBeLessThan(0.05);
  });

  it("keeps greys grey, whatever the colors next to them", () => {
    const random = openRandom(25);
    const { table } = makeGrid(3, 9, ([r = 0, g = 0, b = 0]) =>
      r === g && g === b ? [r ** 2, r ** 2, r ** 2] : randomColor(random)(),
    );
    expect(convertPixels(table, makeGrays(3)).filter(([r, g, b]) => r !== g || g !== b)).toEqual([]);
  });

  it("saturates where nodes are out of gamut", () => {
    const { table } = makeGrid(3, 2, ([r = 0]) => (r === 0 ? [-9, 9, 0] : [-0.5, 1.5, 1]));
    expect(
      convertPixels(table, [
        [0, 0, 0],
        [255, 9, 0],
        [128, 0, 0],
      ]),
    ).toEqual([
      [0, 255, 0],
      [0, 255, 255],
      [0, 255, 128],
    ]);
  });

  it("is not laid out if a node is not a number", () => {
    const encoded = new Float32Array(24).fill(0.5);
    expect(layOutGrid(encoded, { channels: 3, gridPoints: 2 })).toBeDefined();
    encoded[23] = Number.NaN;
    expect(layOutGrid(encoded, { channels: 3, gridPoints: 2 })).toBeUndefined();
  });
});

describe("applyColorTable", () => {
  it("converts the requested rows and touches nothing outside them at any width", () => {
    const random = openRandom(26);
    const tables = makeTables(random);
    for (let width = 1; width <= 21; width += 1) {
      for (const { table, channels } of tables) {
        const kernel = openTestKernel();
        const stored = storeColorTable(kernel, table);
        const source = Array.from({ length: channels }, () => storePlane(kernel, makeNoise(random, width, 4)));
        const guarded = Array.from({ length: table.output === "gray" ? 1 : 3 }, () =>
          allocateGuarded(kernel, width, 2),
        );
        // Two rows of the targets stand where rows 1 and 2 of the source do.
        const destination = guarded.map(({ plane }) => ({ ...plane, pointer: plane.pointer - plane.stride }));
        applyColorTable(kernel, stored, { source, destination, rows: { first: 1, count: 2 } });
        expect(guarded.map((target) => target.countChangedGuards())).toEqual(guarded.map(() => 0));
        const samples = source.map((plane) => readPlane(kernel, plane).values);
        const pixels = Array.from({ length: 2 * width }, (_, at) => samples.map((values) => values[width + at]!));
        const expected = toSamples(convertPixels(table, pixels)).map(({ values }) => values);
        expect(guarded.map(({ plane }) => readPlane(kernel, plane).values)).toEqual(expected);
      }
    }
  });

  it("converts in place", () => {
    const random = openRandom(27);
    for (const { table, channels } of makeTables(random)) {
      const pixels = makePixels(random, 37, channels);
      const kernel = openTestKernel();
      const source = toSamples(pixels).map((samples) => storePlane(kernel, samples));
      const destination = source.slice(0, table.output === "gray" ? 1 : 3);
      applyColorTable(kernel, storeColorTable(kernel, table), { source, destination });
      const expected = toSamples(convertPixels(table, pixels));
      expect(destination.map((plane) => readPlane(kernel, plane))).toEqual(expected);
    }
  });

  it("takes no alpha for black, and does nothing without black", () => {
    const kernel = openTestKernel();
    const pixels = makePixels(openRandom(28), 9, 4);
    const planes = toSamples(pixels).map((samples) => storePlane(kernel, samples));
    const before = planes.map((plane) => readPlane(kernel, plane));
    const press = storeColorTable(kernel, makeGrid(4, 2, () => [1, 1, 1]).table);
    applyColorTable(kernel, press, { source: planes.slice(0, 3), destination: planes.slice(0, 3) });
    const identity = storeColorTable(kernel, makeGrid(3, 5, (color) => color).table);
    applyColorTable(kernel, identity, { source: planes, destination: planes.slice(0, 3) });
    expect(planes.map((plane) => readPlane(kernel, plane))).toEqual(before);
  });

  it("leaves planes alone that it has too few of", () => {
    const kernel = openTestKernel();
    const { table } = makeGrid(3, 2, () => [1, 1, 1]);
    const plane = storePlane(
      kernel,
      makeSamples(4, 1, (x) => x),
    );
    applyColorTable(kernel, storeColorTable(kernel, table), { source: [plane], destination: [plane] });
    expect([...readPlane(kernel, plane).values]).toEqual([0, 1, 2, 3]);
  });
});
