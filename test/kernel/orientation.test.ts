import { describe, expect, it } from "vitest";
import {
  composeTurns,
  inverseTurn,
  isNoTurn,
  noTurn,
  type Turn,
  turnArea,
  turnOfTiffOrientation,
  turnPlane,
  turnSize,
  unturnArea,
} from "../../src/raster/orientation.ts";
import { cropPlane } from "../../src/raster/samples.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, type Samples, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

const turns: readonly Turn[] = ([0, 1, 2, 3] as const).flatMap((quarterTurns) => [
  { mirror: false, quarterTurns },
  { mirror: true, quarterTurns },
]);

/** Turns sample by sample: a mirror left to right, then quarters clockwise. */
function turnTwin(source: Samples, turn: Turn): Samples {
  const { width, height, values } = source;
  const at = (samples: Samples, x: number, y: number): number => samples.values[y * samples.width + x]!;
  let result = turn.mirror ? makeSamples(width, height, (x, y) => values[y * width + width - 1 - x]!) : source;
  for (let quarter = 0; quarter < turn.quarterTurns; quarter += 1) {
    const before = result;
    result = makeSamples(before.height, before.width, (x, y) => at(before, y, before.height - 1 - x));
  }
  return result;
}

function turnSamples(source: Samples, turn: Turn): { samples: Samples; changedGuards: number } {
  const kernel = openTestKernel();
  const { width, height } = turnSize(source, turn);
  const target = allocateGuarded(kernel, width, height);
  turnPlane(kernel, storePlane(kernel, source), target.plane, turn);
  return { samples: readPlane(kernel, target.plane), changedGuards: target.countChangedGuards() };
}

describe("turnPlane", () => {
  it.each(turns)("moves every sample where mirror $mirror and $quarterTurns quarter turns put it", (turn) => {
    const random = openRandom(21);
    const sizes = [1, 7, 8, 9, 15, 16, 17, 31, 64, 100];
    for (let round = 0; round < 40; round += 1) {
      const source = makeNoise(random, random.pick(sizes), random.pick(sizes));
      const { samples, changedGuards } = turnSamples(source, turn);
      expect(samples).toEqual(turnTwin(source, turn));
      expect(changedGuards).toBe(0);
    }
  });

  it("is the identity after four quarter turns", () => {
    const source = makeNoise(openRandom(22), 37, 21);
    let turned = source;
    for (let quarter = 0; quarter < 4; quarter += 1) {
      turned = turnSamples(turned, { mirror: false, quarterTurns: 1 }).samples;
    }
    expect(turned).toEqual(source);
  });
});

describe("composeTurns", () => {
  const source = makeNoise(openRandom(23), 5, 3);

  it("agrees with turning twice for all 64 pairs", () => {
    for (const first of turns) {
      for (const second of turns) {
        expect(turnTwin(source, composeTurns(first, second))).toEqual(turnTwin(turnTwin(source, first), second));
      }
    }
  });

  it("is undone by the inverse on either side", () => {
    for (const turn of turns) {
      expect(composeTurns(turn, inverseTurn(turn))).toEqual(noTurn);
      expect(composeTurns(inverseTurn(turn), turn)).toEqual(noTurn);
    }
  });

  it("knows the one turn that changes nothing", () => {
    expect(turns.filter(isNoTurn)).toEqual([noTurn]);
  });
});

describe("turnArea", () => {
  it("names the samples that the turn puts there, and unturnArea leads back", () => {
    const random = openRandom(24);
    const kernel = openTestKernel();
    for (let round = 0; round < 100; round += 1) {
      const size = { width: random.integer(1, 20), height: random.integer(1, 20) };
      const x = random.integer(0, size.width - 1);
      const y = random.integer(0, size.height - 1);
      const area = { x, y, width: random.integer(1, size.width - x), height: random.integer(1, size.height - y) };
      const turn = random.pick(turns);
      const source = makeNoise(random, size.width, size.height);
      const part = readPlane(kernel, cropPlane(storePlane(kernel, source), area));
      const turnedArea = turnArea(area, size, turn);
      const turnedWhole = storePlane(kernel, turnTwin(source, turn));
      expect(readPlane(kernel, cropPlane(turnedWhole, turnedArea))).toEqual(turnTwin(part, turn));
      expect(unturnArea(turnedArea, turnSize(size, turn), turn)).toEqual(area);
    }
  });
});

describe("turnOfTiffOrientation", () => {
  // What TIFF says of the first row and the first column of the stored picture, as the corner where each pixel lands.
  it.each([
    { orientation: 1, expected: "abcdef", width: 3 },
    { orientation: 2, expected: "cbafed", width: 3 },
    { orientation: 3, expected: "fedcba", width: 3 },
    { orientation: 4, expected: "defabc", width: 3 },
    { orientation: 5, expected: "adbecf", width: 2 },
    { orientation: 6, expected: "daebfc", width: 2 },
    { orientation: 7, expected: "fcebda", width: 2 },
    { orientation: 8, expected: "cfbead", width: 2 },
  ])("makes rows abc, def upright as $expected for orientation $orientation", ({ orientation, expected, width }) => {
    const stored = makeSamples(3, 2, (x, y) => "abcdef".charCodeAt(y * 3 + x));
    const upright = turnTwin(stored, turnOfTiffOrientation(orientation));
    expect(String.fromCharCode(...upright.values)).toBe(expected);
    expect(upright.width).toBe(width);
  });

  it("takes a value that TIFF does not define for upright", () => {
    expect([0, 9, 2.5, Number.NaN].map(turnOfTiffOrientation)).toEqual([noTurn, noTurn, noTurn, noTurn]);
  });
});
