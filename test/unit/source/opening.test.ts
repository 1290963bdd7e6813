import { describe, expect, it } from "vitest";
import { ImageError } from "../../../src/error.ts";
import { maxOpeningBytes, maxOpeningReads } from "../../../src/limits.ts";
import type { ByteSource } from "../../../src/source/byte-source.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { limitOpening, reserveForMuch } from "../../../src/source/opening.ts";
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

describe("reserveForMuch", () => {
  it("waits for memory once, before the read that goes beyond what is free", async () => {
    const events: string[] = [];
    const file = memorySource(new Uint8Array(1 << 20));
    const told: ByteSource = {
      ...file,
      read: async (offset, length) => {
        events.push(`read ${length}`);
        return file.read(offset, length);
      },
    };
    const source = reserveForMuch(told, async () => {
      await Promise.resolve();
      events.push("reserved");
    });
    for (const length of [200_000, 50_000, 100_000, 100_000]) await source.read(0, length);
    expect(events).toEqual(["read 200000", "read 50000", "reserved", "read 100000", "read 100000"]);
  });

  it("reads nothing without memory", async () => {
    const counts = { reads: 0, bytes: 0 };
    const source = reserveForMuch(countReads(memorySource(new Uint8Array(1 << 20)), counts), () =>
      Promise.reject(new ImageError("render-busy", "busy")),
    );
    expect(await codeOfAsync(source.read(0, 1 << 20))).toBe("render-busy");
    expect(counts.reads).toBe(0);
  });
});
