import { describe, expect, it } from "vitest";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { readAhead } from "../../../src/source/read-ahead.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index & 255);

function counted(held: readonly { offset: number; bytes: Uint8Array }[] = []) {
  const counts = { reads: 0, bytes: 0 };
  return { counts, source: readAhead(countReads(memorySource(bytes), counts), 100, held) };
}

describe("readAhead", () => {
  it("answers from a run it has read without another read", async () => {
    const { counts, source } = counted();
    expect(await source.read(50, 10)).toEqual(bytes.subarray(50, 60));
    expect(await source.read(140, 10)).toEqual(bytes.subarray(140, 150));
    expect(counts).toEqual({ reads: 1, bytes: 100 });
    await source.read(141, 10);
    expect(counts.reads).toBe(2);
  });

  it("reads more than its run where more is asked for, and no further than the end", async () => {
    const { counts, source } = counted();
    expect(await source.read(100, 500)).toHaveLength(500);
    expect(await source.read(990, 100)).toEqual(bytes.subarray(990));
    expect(counts).toEqual({ reads: 2, bytes: 510 });
  });

  it("does not hold what is longer than its run", async () => {
    const { counts, source } = counted();
    await source.read(100, 101);
    await source.read(150, 10);
    expect(counts.reads).toBe(2);
    await source.read(160, 10);
    expect(counts.reads).toBe(2);
  });

  it("knows what was read before it was made", async () => {
    const { counts, source } = counted([{ offset: 0, bytes: bytes.subarray(0, 300) }]);
    await source.read(200, 100);
    expect(counts.reads).toBe(0);
  });
});
