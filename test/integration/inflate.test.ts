import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openFile } from "../../src/files/open.ts";
import { memorySource } from "../../src/source/memory.ts";
import { readPng } from "../support/png-reader.ts";
import { ask } from "../support/service.ts";
import { blocksPng, blockTexts, streamEnds, streamFiles, zstdFile, zstdSamples } from "../support/zlib-streams.ts";

async function draw(file: Uint8Array) {
  const key = `stream-${crypto.randomUUID()}`;
  await env.MASTERS.put(key, file);
  const { status, bytes, text } = await ask(`/iiif/3/${key}/full/max/0/gray.png`);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return (await readPng(bytes)).samples;
}

/** Says whether two arrays hold the same samples, sooner than toEqual finds out. */
function isSame(one: ArrayLike<number>, other: Uint8Array): boolean {
  return one.length === other.length && other.every((value, index) => one[index] === value);
}

describe.each(streamEnds)("in the runtime, a stream that ends $name", (end) => {
  it.each(streamFiles)("is read whole: $name", async ({ samples, make }) => {
    expect(isSame(await draw(await make(end)), samples)).toBe(true);
  });

  it("is read whole: ZSTD tiles", async () => {
    expect(isSame(await draw(await zstdFile(end)), zstdSamples)).toBe(true);
  });

  it.each(["iTXt", "zTXt"] as const)("is read whole: iCCP and %s", async (type) => {
    const png = blocksPng(type, end);
    const opened = await openFile(memorySource(png), png);
    expect(isSame(opened?.profile ?? [], blockTexts.profile)).toBe(true);
    expect(opened?.metadata.credit).toBe("A museum");
  });
});
