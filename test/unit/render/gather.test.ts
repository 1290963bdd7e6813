import { describe, expect, it } from "vitest";
import { maxReadsAtOnce } from "../../../src/limits.ts";
import { gatherReads } from "../../../src/render/gather.ts";
import { memorySource } from "../../../src/source/memory.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index & 255);

describe("gatherReads", () => {
  it("gives each tile its bytes out of the reads that hold it", async () => {
    const gathered = await gatherReads(memorySource(bytes), [
      { offset: 500, length: 100 },
      { offset: 10, length: 50 },
    ]);
    expect(gathered.bytesOf({ offset: 20, length: 5 })).toEqual(bytes.subarray(20, 25));
    expect(gathered.bytesOf({ offset: 595, length: 5 })).toEqual(bytes.subarray(595, 600));
    expect(() => gathered.bytesOf({ offset: 58, length: 5 })).toThrow(RangeError);
  });

  it("never has more reads under way than the platform allows", async () => {
    let underWay = 0;
    let most = 0;
    const source = {
      ...memorySource(bytes),
      async read(offset: number, length: number) {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((done) => setTimeout(done, 1));
        underWay -= 1;
        return bytes.subarray(offset, offset + length);
      },
    };
    const reads = Array.from({ length: 20 }, (_, index) => ({ offset: index * 40, length: 10 }));
    await gatherReads(source, reads);
    expect(most).toBe(maxReadsAtOnce);
  });
});
