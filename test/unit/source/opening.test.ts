import { describe, expect, it } from "vitest";
import { maxOpeningBytes, maxOpeningReads } from "../../../src/limits.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { limitOpening } from "../../../src/source/opening.ts";
import { codeOfAsync } from "../../support/code-of.ts";

function limited() {
  const counts = { reads: 0, bytes: 0 };
  return { counts, source: limitOpening(countReads(memorySource(new Uint8Array(100)), counts)) };
}

describe("limitOpening", () => {
  it("makes as many reads as the limit and refuses the next one", async () => {
    const { counts, source } = limited();
    for (let read = 0; read < maxOpeningReads; read += 1) expect(await source.read(read % 90, 9)).toHaveLength(9);
    expect(await codeOfAsync(source.read(0, 9))).toBe("source-unsupported");
    expect(counts.reads).toBe(maxOpeningReads);
  });

  it("makes reads of as many bytes as the limit and refuses one more", async () => {
    const { counts, source } = limited();
    expect(await source.read(0, maxOpeningBytes)).toHaveLength(100);
    expect(await codeOfAsync(source.read(0, 1))).toBe("source-unsupported");
    expect(counts.reads).toBe(1);
  });
});
