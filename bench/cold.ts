// Measures the time to the first byte where every read of storage takes 40 ms, and how many reads waited on one
// another: the service's own stories in Node next to geotiff with its default settings, on a file as vips writes it and
// on the same file as the ingest stores it, with its directories and smallest levels at the start. Prints a table, writes build/bench/cold.json. Run: npm run
// bench:cold.
import { existsSync, writeFileSync } from "node:fs";
import { GeoTIFF } from "geotiff";
import { recordKey, type StoredRecord } from "../src/catalogue/image-records.ts";
import { repackMaster } from "../src/convert/repack.ts";
import { compileKernelModules } from "../src/node/compiled-modules.ts";
import { createIsolateState, type IsolateState } from "../src/services.ts";
import type { ByteSource } from "../src/source/byte-source.ts";
import { platformClock } from "../src/timers.ts";
import { findCase } from "./cases.ts";
import { fileSource } from "./file-source.ts";
import { answerAlone } from "./node-service.ts";
import { fileBucket, keepingBucket, SlowStorage } from "./slow-storage.ts";
import { benchFolder, findSource, pathOf, sourcesFolder } from "./sources.ts";
import { formatFigure, formatTable, quantile } from "./statistics.ts";

/** One line of the table. */
export interface ColdResult {
  readonly file: string;
  readonly reader: "ours" | "geotiff";
  /** `cold`: nothing is kept anywhere; `known`: another isolate has opened the file; `warm`: this one has. */
  readonly state: "cold" | "known" | "warm";
  readonly request: string;
  /** Median, in milliseconds. */
  readonly firstByte: number;
  readonly reads: number;
  /** The longest chain of reads in which each began after the one before had ended: the factor of latency. */
  readonly depth: number;
  readonly bytes: number;
}

const latencyMilliseconds = 40;
const rounds = 5;
const source = findSource("123mp-ycbcr-420");
const requests = ["tile", "thumbnail", "info.json"] as const;
type RequestName = (typeof requests)[number];
const tileCase = findCase("unaligned tile");
const thumbnailPath = findCase("128").path(source, 0)!;

const { width, height } = source;
const record: StoredRecord = { identifier: "master", metadata: [], width, height };
const ingestedPath = `${sourcesFolder}/${source.name}-ingested.tif`;
if (!existsSync(ingestedPath)) await repackMaster(pathOf(source), ingestedPath);
const kernel = compileKernelModules();
const results: ColdResult[] = [];
for (const [file, path] of [
  ["as vips writes it", pathOf(source)],
  ["as the ingest writes it", ingestedPath],
] as const) {
  for (const request of requests) {
    await measureOurs(file, fileSource(path), request);
    await measureGeotiff(file, fileSource(path), request);
  }
}
writeFileSync(`${benchFolder}/cold.json`, JSON.stringify(results, undefined, 2));
console.log(
  formatTable([
    ["file", "request", "reader", "state", "first byte, ms", "reads", "in a row", "kB read"],
    ...results.map(({ file, request, reader, state, firstByte, reads, depth, bytes }) => [
      ...[file, request, reader, state, formatFigure(firstByte)],
      ...[String(reads), String(depth), formatFigure(bytes / 1000)],
    ]),
  ]),
);

async function measureOurs(file: string, master: ByteSource, request: RequestName): Promise<void> {
  const times = { cold: [] as number[], known: [] as number[], warm: [] as number[] };
  const storage = new SlowStorage(latencyMilliseconds);
  for (let round = 0; round <= rounds; round++) {
    const derivatives = keepingBucket(storage);
    const masters = fileBucket(master, storage);
    const catalogue = keepingBucket(storage);
    // As the ingest writes it.
    await catalogue.put(recordKey("master"), new TextEncoder().encode(JSON.stringify(record)));
    const isolate = createIsolateState(kernel, platformClock);
    const states = { cold: isolate, known: createIsolateState(kernel, platformClock), warm: isolate } as const;
    for (const [state, used] of Object.entries(states) as [keyof typeof states, IsolateState][]) {
      storage.forget();
      const { milliseconds } = await answerAlone(used, { masters, catalogue, derivatives }, urlOf(request, round));
      // The first round is for the compilers.
      if (round > 0) times[state].push(milliseconds);
      if (round === rounds) results.push({ file, reader: "ours", state, request, ...figuresOf(times[state], storage) });
    }
  }
}

function urlOf(request: RequestName, index: number): string {
  const path = { tile: tileCase.path(source, index), thumbnail: thumbnailPath, "info.json": "info.json" }[request];
  return `http://localhost/iiif/3/master/${path}`;
}

async function measureGeotiff(file: string, master: ByteSource, request: RequestName): Promise<void> {
  const times = { cold: [] as number[], warm: [] as number[] };
  const storage = new SlowStorage(latencyMilliseconds);
  const slices = {
    fileSize: master.size,
    fetch: (wanted: readonly { offset: number; length: number }[]) =>
      Promise.all(
        wanted.map(async ({ offset, length }) => {
          const bytes = await storage.wait(() => master.read(offset, length), length);
          return bytes.buffer;
        }),
      ),
  } as unknown as Parameters<typeof GeoTIFF.fromSource>[0];
  for (let round = 0; round <= rounds; round++) {
    let tiff: GeoTIFF | undefined;
    for (const state of ["cold", "warm"] as const) {
      storage.forget();
      const start = performance.now();
      tiff ??= await GeoTIFF.fromSource(slices);
      await readWithGeotiff(tiff, request, round);
      if (round > 0) times[state].push(performance.now() - start);
      if (round === rounds) {
        results.push({ file, reader: "geotiff", state, request, ...figuresOf(times[state], storage) });
      }
    }
  }
}

async function readWithGeotiff(tiff: GeoTIFF, request: RequestName, round: number): Promise<void> {
  if (request === "tile") {
    const [x = 0, y = 0, width = 0, height = 0] = tileCase.path(source, round)!.split("/")[0]!.split(",").map(Number);
    await (await tiff.getImage(0)).readRasters({ window: [x, y, x + width, y + height] });
    return;
  }
  const count = await tiff.getImageCount();
  const images = await Promise.all(Array.from({ length: count }, (_, index) => tiff.getImage(index)));
  if (request === "info.json") return;
  const [width = 0, height = 0] = thumbnailPath.split("/")[1]!.split(",").map(Number);
  const level = images.findLast((image) => image.getWidth() >= width && image.getHeight() >= height);
  await level?.readRasters({ width, height, resampleMethod: "bilinear" });
}

function figuresOf(
  times: readonly number[],
  { count, depth, bytes }: SlowStorage,
): Pick<ColdResult, "firstByte" | "reads" | "depth" | "bytes"> {
  return { firstByte: quantile(times, 0.5), reads: count, depth, bytes };
}
