import { describe, expect, it } from "vitest";
import type { ByteSource } from "../../../src/source/byte-source.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { withTail } from "../../../src/source/tail.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index & 255);

function recorded() {
  const reads: string[] = [];
  const memory = memorySource(bytes);
  const source: ByteSource = {
    ...memory,
    read: (offset, length) => {
      reads.push(`${offset}+${length}`);
      return memory.read(offset, length);
    },
  };
  return { reads, source: withTail(source, 100) };
}

describe("withTail", () => {
  it("reads the tail together with the first read and then answers from it", async () => {
    const { reads, source } = recorded();
    expect(await source.read(10, 20)).toEqual(bytes.subarray(10, 30));
    expect(await source.read(950, 20)).toEqual(bytes.subarray(950, 970));
    expect(await source.read(990, 500)).toEqual(bytes.subarray(990));
    expect(await source.read(40, 5)).toEqual(bytes.subarray(40, 45));
    expect(reads.sort()).toEqual(["10+20", "40+5", "900+100"]);
  });

  it("makes no extra read if the first is inside the tail, or if there is none", async () => {
    const { reads, source } = recorded();
    expect(reads).toEqual([]);
    expect(await source.read(900, 50)).toEqual(bytes.subarray(900, 950));
    expect(reads).toEqual(["900+50"]);
  });

  it("fails where the tail is asked for and could not be read, and only there", async () => {
    const failing: ByteSource = {
      ...memorySource(bytes),
      read: async (offset, length) => {
        if (offset >= 900) throw new Error("no tail");
        return bytes.subarray(offset, offset + length);
      },
    };
    const source = withTail(failing, 100);
    expect(await source.read(0, 10)).toHaveLength(10);
    expect(await source.read(100, 10)).toHaveLength(10);
    await expect(source.read(900, 10)).rejects.toThrow("no tail");
  });
});
