import { describe, expect, it } from "vitest";
import { type Turn, turnPlane, turnSize } from "../../src/raster/orientation.ts";
import { rotationBytes } from "../../src/raster/rotation.ts";
import { openTestKernel } from "../support/kernel.ts";
import { makeNoise, makeSamples, readPlane, type Samples, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";
import { onWhite, rotatePlanes, rotationRequestOf } from "../support/rotated.ts";
import { rotateTwin } from "../support/rotating.ts";

const angles = [0.01, 1, 30, 44.9, 45, 89.9, 90.001, 135, 179.9, 180.1, 200, 269, 300, 337.5, -22.5, 1e-10, 90 + 1e-10];

function turned(samples: Samples, turn: Turn): Samples {
  const kernel = openTestKernel();
  const { width, height } = turnSize(samples, turn);
  const target = kernel.allocatePlane(width, height);
  turnPlane(kernel, storePlane(kernel, samples), target, turn);
  return readPlane(kernel, target);
}

/** The largest difference where the picture covers anything. */
function largestDifference(a: Samples, b: Samples, alpha: Samples): number {
  return a.values.reduce(
    (most, value, at) => (alpha.values[at] === 0 ? most : Math.max(most, Math.abs(value - b.values[at]!))),
    0,
  );
}

describe("a rotation", () => {
  it("stays within one level of double precision where the picture covers the pixel", { tags: "slow" }, () => {
    const random = openRandom(72);
    for (let round = 0; round < 150; round += 1) {
      const smooth = random.next() < 0.5;
      const noise = makeNoise(random, random.integer(1, 220), random.integer(1, 220));
      const source = smooth ? makeSamples(noise.width, noise.height, (x, y) => (x * 5 + y * 3) & 255) : noise;
      const degrees = random.pick([...angles, random.next() * 360]);
      const [samples, alpha] = rotatePlanes(openTestKernel(), { planes: [source], degrees }).planes;
      const twin = rotateTwin(source, degrees);
      const message = `${source.width} x ${source.height}, ${degrees}`;
      expect([samples!.width, samples!.height]).toEqual([twin.samples.width, twin.samples.height]);
      expect(
        largestDifference(
          alpha!,
          twin.alpha,
          makeSamples(alpha!.width, alpha!.height, () => 1),
        ),
        message,
      ).toBeLessThanOrEqual(1);
      expect(largestDifference(samples!, twin.samples, twin.alpha), message).toBeLessThanOrEqual(1);
    }
  });

  it("does the turn before it, whatever rows that needs first", () => {
    const random = openRandom(76);
    for (let round = 0; round < 60; round += 1) {
      const source = makeNoise(random, random.integer(1, 150), random.integer(1, 150));
      const turn = { mirror: random.next() < 0.5, quarterTurns: random.integer(0, 3) as Turn["quarterTurns"] };
      const degrees = random.pick([...angles, random.next() * 360]);
      const [samples, alpha] = rotatePlanes(openTestKernel(), { planes: [source], turn, degrees }).planes;
      const twin = rotateTwin(turned(source, turn), degrees);
      expect(largestDifference(samples!, twin.samples, twin.alpha)).toBeLessThanOrEqual(1);
      expect(largestDifference(alpha!, twin.alpha, twin.alpha)).toBeLessThanOrEqual(1);
    }
  });

  it("lays the picture on white, chroma and luma at the same place", () => {
    const random = openRandom(77);
    for (let round = 0; round < 60; round += 1) {
      const [width, height] = [random.integer(1, 150), random.integer(1, 150)];
      const luma = makeNoise(random, width, height);
      const chroma = makeNoise(random, Math.ceil(width / 2), Math.ceil(height / 2));
      const degrees = random.pick([...angles, random.next() * 360]);
      const planes = [luma, chroma, chroma];
      const made = rotatePlanes(openTestKernel(), { planes, model: "ycbcr", degrees, ground: "white" }).planes;
      const twin = rotateTwin(luma, degrees);
      const all = makeSamples(twin.alpha.width, twin.alpha.height, () => 1);
      expect(largestDifference(made[0]!, onWhite(twin.samples, twin.alpha), all)).toBeLessThanOrEqual(2);
      expect(made[1]).toEqual(made[2]);
      expect([made[1]!.width, made[1]!.height]).toEqual([Math.ceil(all.width / 2), Math.ceil(all.height / 2)]);
    }
  });

  it("rotates chroma as what it is of: a ramp over all planes stays one", () => {
    const random = openRandom(78);
    for (let round = 0; round < 30; round += 1) {
      const [width, height] = [random.integer(40, 150), random.integer(40, 150)];
      const luma = makeSamples(width, height, (x, y) => 20 + x / 2 + y / 2);
      const chroma = makeSamples(Math.ceil(width / 2), Math.ceil(height / 2), (x, y) => 20.5 + x + y);
      const degrees = random.next() * 360;
      const planes = [luma, chroma, chroma];
      const made = rotatePlanes(openTestKernel(), { planes, model: "ycbcr", degrees, ground: "white" }).planes;
      const [twin, { width: across }] = [rotateTwin(luma, degrees), made[1]!];
      made[1]!.values.forEach((value, at) => {
        const [x, y] = [2 * (at % across), 2 * Math.floor(at / across)];
        const corners = [0, 1, twin.alpha.width, twin.alpha.width + 1].map((step) => y * twin.alpha.width + x + step);
        // Well inside, where no edge is repeated.
        const isInside =
          corners.every((corner) => twin.alpha.values[corner] === 255) && isFarFromEdge(twin.alpha, x, y);
        if (!isInside) return;
        const mean = corners.reduce((sum, corner) => sum + made[0]!.values[corner]!, 0) / 4;
        expect(Math.abs(value - mean)).toBeLessThanOrEqual(2);
      });
    }
  });

  it("keeps a constant picture constant and what it does not touch white", { tags: "slow" }, () => {
    const random = openRandom(73);
    for (let round = 0; round < 30; round += 1) {
      const value = random.integer(0, 255);
      const picture = makeSamples(random.integer(1, 160), random.integer(1, 160), () => value);
      const degrees = random.next() * 360;
      const planes = rotatePlanes(openTestKernel(), { planes: [picture, picture, picture], degrees }).planes;
      const alpha = planes[3]!;
      for (const plane of planes.slice(0, 3)) {
        const isRight = (sample: number, at: number) => sample === value || (sample === 255 && alpha.values[at] === 0);
        expect(plane.values.findIndex((sample, at) => !isRight(sample, at))).toBe(-1);
      }
    }
  });

  it("covers the area of the picture at any angle", () => {
    const random = openRandom(74);
    for (let round = 0; round < 30; round += 1) {
      const picture = makeNoise(random, random.integer(20, 120), random.integer(20, 120));
      const [, alpha] = rotatePlanes(openTestKernel(), { planes: [picture], degrees: random.next() * 360 }).planes;
      const covered = alpha!.values.reduce((sum, value) => sum + value / 255, 0);
      expect(Math.abs(covered / (picture.width * picture.height) - 1)).toBeLessThan(0.005);
    }
  });

  it("keeps the alpha a picture has within its edges, and divides its colours by it", () => {
    const half = makeSamples(40, 40, () => 100);
    const multiplied = makeSamples(40, 40, () => 50);
    const [samples, alpha] = rotatePlanes(openTestKernel(), { planes: [multiplied, half], degrees: 30 }).planes;
    const middle = Math.floor(alpha!.height / 2) * alpha!.width + Math.floor(alpha!.width / 2);
    expect(Math.max(...alpha!.values)).toBe(100);
    expect(alpha!.values[0]).toBe(0);
    expect(alpha!.values[middle]).toBe(100);
    expect(samples!.values[middle]).toBe(128);
  });

  it("takes the memory that is planned, less the more level it is, and all of the picture upside down", () => {
    const picture = makeSamples(1500, 1000, (x, y) => (x ^ y) & 255);
    const taken = [1, 10, 22.5, -22.5, 45, 80, 170].map((degrees) => {
      const kernel = openTestKernel();
      const given = { planes: [picture], degrees, ground: "white" } as const;
      const before = kernel.mark();
      storePlane(kernel, picture);
      const stored = kernel.mark() - before;
      kernel.release(before);
      rotatePlanes(kernel, given);
      const bytes = kernel.mark() - before - stored;
      const planned = rotationBytes(rotationRequestOf(given));
      expect(bytes).toBeLessThanOrEqual(planned);
      expect(bytes).toBeGreaterThan(planned * 0.98 - 4096);
      return bytes / (picture.width * picture.height);
    });
    const [level, ten, right, left, half, steep, down] = taken as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    expect(level).toBeLessThan(0.1);
    expect(ten).toBeLessThan(0.25);
    expect(Math.abs(right - left)).toBeLessThan(0.02);
    // Half of what the picture's upper side runs down over, as a triangle, and an eighth for the edges of rings.
    expect(right).toBeLessThan(((Math.tan(Math.PI / 8) * 1500) / 2 / 1000) * 1.125 + 0.12);
    expect(half).toBeLessThan(0.9);
    expect(steep).toBeGreaterThan(0.9);
    expect(down).toBeLessThan(1.25);
  });

  it("gives rows of the canvas as soon as the rows have come that it is made of", () => {
    const picture = makeSamples(1000, 1600, (x, y) => (x ^ y) & 255);
    const strips = (degrees: number) => rotatePlanes(openTestKernel(), { planes: [picture], degrees }).stripsBefore;
    expect(strips(20)).toBeLessThanOrEqual(2);
    expect(strips(-20)).toBeLessThanOrEqual(2);
    expect(strips(45)).toBeLessThanOrEqual(3);
    expect(strips(170)).toBeGreaterThan(80);
  });
});

/** Says whether a place lies 4 pixels from the edge of what is covered, at least. */
function isFarFromEdge({ width, height, values }: Samples, x: number, y: number): boolean {
  return [-4, 5].every((down) =>
    [-4, 5].every((right) => {
      const [column, row] = [x + right, y + down];
      return column >= 0 && row >= 0 && column < width && row < height && values[row * width + column] === 255;
    }),
  );
}
