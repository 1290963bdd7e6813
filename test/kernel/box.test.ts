import { describe, expect, it } from "vitest";
import type { Area, Size } from "../../src/geometry.ts";
import { BoxSums, boxSumBytes, countBoxes } from "../../src/raster/boxes.ts";
import { cropPlane } from "../../src/raster/samples.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, type Samples, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

/** The exactly rounded means of boxes over an area, those at its right and bottom edges cut. */
function meansOf({ values, width }: Samples, { area, box }: { area: Area; box: Size }): Samples {
  const { columns, rows } = countBoxes({ area, box });
  return makeSamples(columns, rows, (column, row) => {
    const [left, top] = [area.x + column * box.width, area.y + row * box.height];
    const right = Math.min(left + box.width, area.x + area.width);
    const bottom = Math.min(top + box.height, area.y + area.height);
    let sum = 0;
    for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) sum += values[y * width + x]!;
    const count = (right - left) * (bottom - top);
    return Math.floor((sum + Math.floor(count / 2)) / count);
  });
}

describe("BoxSums", () => {
  it("gives exactly rounded means of boxes of any size, added in pieces of any shape", () => {
    const random = openRandom(601);
    for (let round = 0; round < 60; round += 1) {
      const kernel = openTestKernel();
      const source = makeNoise(random, random.integer(1, 90), random.integer(1, 700));
      const plane = storePlane(kernel, source);
      const area = { x: 0, y: 0, width: source.width, height: source.height };
      const box = { width: random.integer(1, 40), height: random.pick([1, 2, 3, 17, 256, 257, 600]) };
      const { columns, rows } = countBoxes({ area, box });
      const sums = new BoxSums(kernel, { area, box }, { rows, sourceWidth: source.width });
      const pieceWidth = random.integer(1, source.width);
      const { plane: means, countChangedGuards } = allocateGuarded(kernel, columns, rows);
      for (let row = 0; row < rows; row += 1) {
        const y = row * box.height;
        const height = Math.min(box.height, source.height - y);
        const middle = random.integer(0, height - 1);
        for (let x = 0; x < source.width; x += pieceWidth) {
          const width = Math.min(pieceWidth, source.width - x);
          sums.add(cropPlane(plane, { x, y, width, height: middle }), { x, slot: row });
          sums.add(cropPlane(plane, { x, y: y + middle, width, height: height - middle }), { x, slot: row });
        }
        sums.take(row, height, means.pointer + row * means.stride);
      }
      expect(readPlane(kernel, means), JSON.stringify({ box, area })).toEqual(meansOf(source, { area, box }));
      expect(countChangedGuards()).toBe(0);
    }
  });

  it("sums up white in the largest box there is", () => {
    const kernel = openTestKernel();
    const area = { x: 0, y: 0, width: 2049, height: 2048 };
    const sums = new BoxSums(kernel, { area, box: { width: 2048, height: 2048 } }, { rows: 1, sourceWidth: 2049 });
    const plane = storePlane(
      kernel,
      makeSamples(2049, 2048, (x) => (x < 2048 ? 255 : 3)),
    );
    sums.add(plane, { x: 0, slot: 0 });
    const target = kernel.allocate(2);
    sums.take(0, 2048, target);
    expect([...kernel.bytes.subarray(target, target + 2)]).toEqual([255, 3]);
  });

  it("is empty again for the next row once its means are taken, and keeps what is moved to the first", () => {
    const kernel = openTestKernel();
    const area = { x: 0, y: 0, width: 4, height: 4 };
    const sums = new BoxSums(kernel, { area, box: { width: 2, height: 2 } }, { rows: 2, sourceWidth: 4 });
    const target = kernel.allocate(2);
    const rowOf = (value: number) =>
      storePlane(
        kernel,
        makeSamples(4, 2, () => value),
      );
    sums.add(rowOf(100), { x: 0, slot: 0 });
    sums.add(rowOf(50), { x: 0, slot: 1 });
    sums.take(0, 2, target);
    sums.moveToFirst(1);
    sums.take(0, 2, target);
    expect([...kernel.bytes.subarray(target, target + 2)]).toEqual([50, 50]);
    sums.add(rowOf(7), { x: 0, slot: 1 });
    sums.take(1, 2, target);
    expect([...kernel.bytes.subarray(target, target + 2)]).toEqual([7, 7]);
  });

  it("takes no more of the kernel than boxSumBytes says", () => {
    const kernel = openTestKernel();
    const area = { x: 0, y: 0, width: 5000, height: 10 };
    const before = kernel.mark();
    const sums = new BoxSums(kernel, { area, box: { width: 3, height: 2 } }, { rows: 3, sourceWidth: 256 });
    expect(sums).toBeDefined();
    expect(kernel.mark() - before).toBeLessThanOrEqual(boxSumBytes(1667, 3, 256));
  });
});
