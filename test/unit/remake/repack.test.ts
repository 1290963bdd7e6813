import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { repackMaster } from "../../../src/convert/repack.ts";
import { runRepack } from "../../../src/remake/repack.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makeTestFolder } from "../../support/masters.ts";
import { MemoryTarget, openPorts } from "../../support/remaking.ts";

const folder = makeTestFolder();

/** A pyramid as libtiff writes it: each directory behind its own tiles. */
const usual: TiffOptions = {
  ...{ width: 300, height: 200, levels: 3, levelRounding: "floor", tile: 64, directories: "back" },
};

/** A level that shows the picture upside down. */
const differing: TiffOptions = {
  ...{ width: 256, height: 192, levels: 2, tile: 64 },
  tileBytes: ({ level, row }) =>
    new Uint8Array(64 * 64 * 3).fill((level === 0 ? 60 : 20) + (level === 0 ? 60 : -10) * row),
};

async function repack(options: TiffOptions) {
  const target = new MemoryTarget();
  const source = memorySource(await makeTiff(options));
  return { target, run: runRepack({ source }, openPorts({ target })) };
}

describe("repacking a pyramid by ranges", () => {
  it.each<[string, TiffOptions]>([
    ["Deflate with a predictor", { ...usual, compression: "deflate", predictor: 2 }],
    ["a big-endian file of 16 bits", { ...usual, byteOrder: "big", bitsPerSample: 16 }],
    ["transparency", { ...usual, samplesPerPixel: 4 }],
    ["a turned BigTIFF with SubIFDs", { ...usual, bigTiff: true, levelLayout: "sub-ifds", orientation: 6 }],
  ])("writes what the ingest writes, byte for byte, of %s", async (_, options) => {
    const { target, run } = await repack(options);
    const master = await run;
    const path = await folder.lay("source.tif", await makeTiff(options));
    const ingested = await repackMaster(path, folder.path("master.tif"));
    expect(Buffer.from(target.file ?? []).equals(await readFile(folder.path("master.tif")))).toBe(true);
    const { width, height, levels, checksum, bytesOut } = ingested;
    expect(master).toMatchObject({ width, height, levels, checksum, bytesOut, isRepacked: true });
    expect(target.marks).toMatchObject({ sha256: checksum, width: String(width), levels: String(levels) });
  });

  it.each<[string, TiffOptions]>([
    ["strips", { width: 300, height: 200 }],
    [
      "a large image with one resolution",
      { ...usual, width: 2100, levels: 1, tileBytes: () => new Uint8Array(12_288) },
    ],
    ["levels that show something else", differing],
  ])("refuses %s and shows nothing", async (_, options) => {
    const { target, run } = await repack(options);
    expect(await codeOfAsync(run)).toBe("remake-impossible");
    expect(target.file).toBeUndefined();
  });
});
