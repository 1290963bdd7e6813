import { expect, it } from "vitest";
import { readInBlocks } from "../../../src/source/blocks.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index & 255);

function open(mostHeld: number) {
  const counts = { reads: 0, bytes: 0 };
  return { counts, source: readInBlocks(countReads(memorySource(bytes), counts), { blockBytes: 100, mostHeld }) };
}

it("gives the bytes that are asked for, over the edges of blocks and up to the end", async () => {
  const { source } = open(2);
  for (const [offset, length] of [
    [0, 10],
    [95, 10],
    [100, 100],
    [150, 100],
    [990, 50],
    [0, 1000],
    [250, 0],
  ] as const) {
    expect(await source.read(offset, length)).toEqual(bytes.subarray(offset, offset + length));
  }
});

it("reads a block once while it is held, also for several who ask at once", async () => {
  const { source, counts } = open(2);
  await Promise.all(Array.from({ length: 20 }, (_, index) => source.read(index * 10, 10)));
  expect(counts).toEqual({ reads: 2, bytes: 200 });
  await source.read(300, 10);
  await source.read(110, 10);
  expect(counts.reads).toBe(3);
  await source.read(0, 10);
  expect(counts.reads).toBe(4);
});

it("reads a block again that could not be read", async () => {
  let isBroken = true;
  const memory = memorySource(bytes);
  const read = async (offset: number, length: number) => {
    if (isBroken) throw new Error("broken");
    return memory.read(offset, length);
  };
  const source = readInBlocks({ ...memory, read }, { blockBytes: 100, mostHeld: 2 });
  await expect(source.read(0, 10)).rejects.toThrow("broken");
  isBroken = false;
  expect(await source.read(0, 10)).toEqual(bytes.subarray(0, 10));
});
