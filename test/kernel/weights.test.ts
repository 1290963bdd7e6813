import { describe, expect, it } from "vitest";
import { type Filter, planWeights, type Weights, type WeightsRequest, weightUnity } from "../../src/raster/weights.ts";
import { openRandom, type Random } from "../support/random.ts";
import { twinWeights } from "../support/resampling.ts";

const filters: readonly Filter[] = ["lanczos3", "cubic", "triangle", "box"];

function drawRequest(random: Random): WeightsRequest {
  const sourceLength = random.pick([1, 2, 3, random.integer(4, 40), random.integer(40, 400)]);
  const step = random.pick([1, 2, 3, 0.5, 0.01 + random.next(), 1 + random.next(), 1 + random.next() * 30]);
  const start = random.pick([0, 0.5, -1, random.next() * sourceLength, random.integer(0, sourceLength)]);
  return { sourceLength, start, step, outputLength: random.integer(1, 60), filter: random.pick(filters) };
}

function rowOf(weights: Weights, output: number): Int16Array {
  return weights.rows.subarray(output * weights.taps, (output + 1) * weights.taps);
}

describe("planWeights", () => {
  it("makes rows that sum to unity, lie within the source and never go back", { tags: "slow" }, () => {
    const random = openRandom(11);
    for (let round = 0; round < 600; round += 1) {
      const request = drawRequest(random);
      const named = JSON.stringify(request);
      const weights = planWeights(request);
      let first = 0;
      let end = 0;
      for (let output = 0; output < request.outputLength; output += 1) {
        const row = rowOf(weights, output);
        expect(
          row.reduce((sum, weight) => sum + weight, 0),
          named,
        ).toBe(weightUnity);
        expect(
          row.subarray(weights.counts[output]).every((weight) => weight === 0),
          named,
        ).toBe(true);
        expect(weights.firsts[output], named).toBeGreaterThanOrEqual(first);
        first = weights.firsts[output]!;
        expect(first + weights.counts[output]!, named).toBeGreaterThanOrEqual(end);
        end = first + weights.counts[output]!;
        expect(end, named).toBeLessThanOrEqual(request.sourceLength);
      }
    }
  });

  it("stays within one unit of the filter's definition at every tap, rounding and table included", () => {
    const random = openRandom(12);
    for (let round = 0; round < 300; round += 1) {
      const request = drawRequest(random);
      const weights = planWeights(request);
      twinWeights(request.sourceLength, request, request.filter).forEach((exact, output) => {
        const row = new Float64Array(request.sourceLength);
        row.set(rowOf(weights, output).subarray(0, weights.counts[output]), weights.firsts[output]);
        const error = exact.reduce((most, weight, j) => Math.max(most, Math.abs(row[j]! - weight * weightUnity)), 0);
        expect(error, JSON.stringify(request)).toBeLessThan(1.1);
      });
    }
  });

  it("keeps what the sum of a row can reach within the 16 bits of an intermediate sample", () => {
    const random = openRandom(13);
    for (let round = 0; round < 600; round += 1) {
      const weights = planWeights(drawRequest(random));
      for (let output = 0; output < weights.outputLength; output += 1) {
        const positive = rowOf(weights, output).reduce((sum, weight) => sum + Math.max(0, weight), 0);
        expect((255 * 64 * positive) / weightUnity).toBeLessThan(32767);
      }
    }
  });

  it.each([
    { start: 0, step: 1, outputLength: 10, identity: true },
    { start: 3, step: 1, outputLength: 7, identity: true },
    { start: 0.5, step: 1, outputLength: 9, identity: false },
    { start: 4, step: 1, outputLength: 7, identity: false },
    { start: -1, step: 1, outputLength: 7, identity: false },
    { start: 0, step: 2, outputLength: 5, identity: false },
  ])("says whether start $start, step $step, length $outputLength of 10 copies: $identity", ({ identity, ...axis }) => {
    expect(planWeights({ ...axis, sourceLength: 10, filter: "lanczos3" }).identity).toBe(identity);
  });

  it("makes the same row for the same phase, so that an exact half needs 12 taps of lanczos3", () => {
    const weights = planWeights({ sourceLength: 64, start: 0, step: 2, outputLength: 32, filter: "lanczos3" });
    expect(weights.taps).toBe(12);
    expect(rowOf(weights, 20)).toEqual(rowOf(weights, 10));
  });

  it("refuses an axis of more than 16 million weights", () => {
    const request = { sourceLength: 1e6, start: 0, step: 0.01, outputLength: 1e8, filter: "lanczos3" } as const;
    expect(() => planWeights(request)).toThrow(expect.objectContaining({ code: "render-memory" }));
  });
});
