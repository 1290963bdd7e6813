import { mkdtempSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll } from "vitest";
import { IngestError } from "../../src/node/ingest-error.ts";
import type { ConversionSettings } from "../../src/settings/conversion.ts";
import { memorySource } from "../../src/source/memory.ts";
import { type DirectoryChain, readDirectoryChain } from "../../src/tiff/directory-chain.ts";
import { type Fields, fieldsOf } from "../../src/tiff/fields.ts";

/** A folder for one test file, which is removed after it. */
export interface TestFolder {
  /** Returns the path of a file in it. */
  path(name: string): string;
  /** Writes a file and returns its path. */
  lay(name: string, content: Uint8Array | string | Sharp): Promise<string>;
  /** Lists its content. */
  names(): Promise<readonly string[]>;
}

/** Makes a folder for one test file. */
export function makeTestFolder(): TestFolder {
  const folder = mkdtempSync(join(tmpdir(), "tessera-masters-"));
  afterAll(() => rm(folder, { recursive: true }));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    async lay(name, content) {
      const isPicture = typeof content === "object" && "toBuffer" in content;
      await writeFile(path(name), isPicture ? await content.toBuffer() : content);
      return path(name);
    },
    names: () => readdir(folder),
  };
}

/** What the ingest converts with where nothing else is said. */
export const usualConversion: ConversionSettings = {
  compression: "jpeg",
  quality: 89,
  tileSize: 256,
  subsampling: "4:2:0",
  keepsProfile: false,
  keepsDepth: false,
};

/** A picture of soft colours with detail, which JPEG keeps well; every place of it looks different. */
export function drawScene({ width, height }: { readonly width: number; readonly height: number }): Sharp {
  const samples = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const wave = 20 * Math.sin(x / 9) * Math.cos(y / 7);
      samples[at] = 40 + (170 * x) / width + wave;
      samples[at + 1] = 40 + (170 * y) / height + wave;
      samples[at + 2] = 200 - (120 * (x + y)) / (width + height) + wave;
    }
  }
  return sharp(samples, { raw: { width, height, channels: 3 } });
}

/** Returns the code of the IngestError that `work` rejects with; "none" where it succeeds. */
export async function ingestCodeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof IngestError) return error.code;
    throw error;
  }
  return "none";
}

/** A TIFF read into memory, with the fields of each directory of its chain. */
export interface ReadTiff {
  readonly bytes: Uint8Array;
  readonly chain: DirectoryChain;
  readonly directories: readonly Fields[];
}

/** Reads a TIFF file. */
export async function readTiff(path: string): Promise<ReadTiff> {
  const bytes = new Uint8Array(await readFile(path));
  const source = memorySource(bytes);
  const chain = await readDirectoryChain(source);
  return { bytes, chain, directories: chain.pages.map(({ directory }) => fieldsOf(source, chain.header, directory)) };
}
