import { describe, expect, it } from "vitest";
import { maxGapBytes, maxReadBytes } from "../../../src/limits.ts";
import { planReads } from "../../../src/render/reads.ts";

function tileAt(offset: number, length: number) {
  return { column: 0, row: 0, storedRows: 64, levelRow: 0, ranges: [{ offset, length }] };
}

describe("planReads", () => {
  it("joins tiles that lie one behind the other", () => {
    expect(planReads([tileAt(100, 50), tileAt(150, 50), tileAt(200, 10)])).toEqual([{ offset: 100, length: 110 }]);
  });

  it("spans a gap up to the limit and not a byte more", () => {
    expect(planReads([tileAt(0, 10), tileAt(10 + maxGapBytes, 10)])).toHaveLength(1);
    expect(planReads([tileAt(0, 10), tileAt(11 + maxGapBytes, 10)])).toHaveLength(2);
  });

  it("ends a read before it grows past the limit", () => {
    const half = maxReadBytes / 2;
    expect(planReads([tileAt(0, half), tileAt(half, half)])).toHaveLength(1);
    expect(planReads([tileAt(0, half), tileAt(half, half + 1)])).toHaveLength(2);
  });

  it("sorts by place in the file and covers overlapping and repeated tiles", () => {
    const reads = planReads([tileAt(500, 100), tileAt(0, 10), tileAt(550, 20), tileAt(500, 100)]);
    expect(reads).toEqual([{ offset: 0, length: 600 }]);
  });

  it("reads nothing for tiles that were never written", () => {
    expect(planReads([{ column: 0, row: 0, storedRows: 64, levelRow: 0, ranges: undefined }])).toEqual([]);
  });
});
