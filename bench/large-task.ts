// Converts one large TIFF in strips by a task of the Worker of jobs, as `npm start` runs it, and compares the master with
// what `vips tiffsave` makes of the same file. Run: npx -c "node bench/large-task.ts [MEGAPIXELS]". The file is a mosaic of
// photographs of $TESSERA_CORPUS/gallery, 500 megapixels unless stated, LZW with a predictor, and is kept in
// build/bench/tasks. Takes some minutes, and four gigabytes of disk for 500 megapixels.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import sharp from "sharp";
import { projectFolder } from "../demo/masters.ts";
import { freePort, startServer } from "../demo/server.ts";
import { bucketSource } from "../src/bucket/bucket-source.ts";
import { localBuckets } from "../src/bucket/local-buckets.ts";
import { uploadFile } from "../src/bucket/upload.ts";
import type { ItemPage, TaskStatus } from "../src/task/answers.ts";
import { openPyramid } from "../src/tiff/open.ts";
import { forgetPeaks, usageOf } from "./processes.ts";
import { benchFolder } from "./sources.ts";
import { formatTable } from "./statistics.ts";

const folder = `${benchFolder}/tasks`;
const side = 512;
const quality = 89;
const key = "large.tif";

/** Crops of the full image that are compared, and their side in pixels. */
const crops = 12;
const cropSide = 1024;

sharp.cache(false);

/** Makes the file unless it is there, and returns its path and size. */
async function makeStrips(megapixels: number) {
  const width = Math.round(Math.sqrt(megapixels * 1e6 * 1.25));
  const height = Math.round((megapixels * 1e6) / width);
  const path = `${folder}/strips-${megapixels}.tif`;
  if (existsSync(path)) return { path, width, height };
  const { TESSERA_CORPUS: corpus } = process.env;
  if (corpus === undefined) throw new Error("Set TESSERA_CORPUS: its folder gallery has photographs.");
  mkdirSync(folder, { recursive: true });
  const gallery = join(corpus, "gallery");
  const names = readdirSync(gallery).filter((name) => /\.(?:jpe?g|tiff?)$/i.test(name));
  const [first] = names.sort();
  if (first === undefined) throw new Error(`${gallery} has no photographs.`);
  const photograph = await sharp(join(gallery, first))
    .toColourspace("srgb")
    .removeAlpha()
    .png({ compressionLevel: 1 })
    .toBuffer();
  await sharp({ create: { width, height, channels: 3, background: "#fff" }, limitInputPixels: false })
    .composite([{ input: photograph, tile: true, gravity: "northwest" }])
    .removeAlpha()
    .tiff({ compression: "lzw", predictor: "horizontal", bigtiff: true })
    .toFile(`${path}.part`);
  renameSync(`${path}.part`, path);
  return { path, width, height };
}

async function checksumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function convert(path: string, stateFolder: string): Promise<readonly string[]> {
  const configFile = join(projectFolder, "wrangler.toml");
  const buckets = localBuckets({ configFile, stateFolder });
  const file = { key, file: path, bytes: statSync(path).size, checksum: await checksumOf(path) };
  await uploadFile(buckets.masters, { ...file, headers: { contentType: "image/tiff", metadata: {} } });
  await buckets.close();
  const server = await startServer({ port: await freePort(8900), stateFolder });
  try {
    const ask = async <T>(tail: string, init: RequestInit = {}): Promise<T> => {
      const headers = { Authorization: `Bearer ${server.adminSecret}`, "Content-Type": "application/json" };
      const answer = await fetch(`${server.url}/admin/tasks${tail}`, { ...init, headers });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    };
    forgetPeaks(process.pid);
    const before = usageOf(process.pid);
    const began = Date.now();
    const settings = { quality, tile: side };
    const order = { kind: "convert", settings, items: [{ key, identifier: "large" }] };
    const { id } = await ask<TaskStatus>("", { method: "POST", body: JSON.stringify(order) });
    for (;;) {
      await wait(1000);
      const status = await ask<TaskStatus>(`/${id}`);
      if (status.state === "done" && status.report !== undefined) break;
    }
    const used = usageOf(process.pid);
    const [item] = (await ask<ItemPage>(`/${id}/items`)).items;
    if (item?.state !== "done") throw new Error(JSON.stringify(item));
    const cpu = (used.cpuMilliseconds - before.cpuMilliseconds) / 1000;
    console.log(`\n${item.note}`);
    const seconds = Object.entries(item.seconds).map(([stage, spent]) => `${stage} ${spent.toFixed(1)}`);
    console.log(`Seconds by the clock of the Worker: ${seconds.join(", ")}; tries: ${item.tries}.`);
    return [((Date.now() - began) / 1000).toFixed(0), cpu.toFixed(1), (used.peakBytes / 2 ** 20).toFixed(0)];
  } finally {
    await server.stop();
  }
}

/** Writes the master from the local bucket into a file. */
async function fetchMaster(stateFolder: string, target: string): Promise<void> {
  const buckets = localBuckets({ configFile: join(projectFolder, "wrangler.toml"), stateFolder });
  try {
    const stored = await buckets.masters.head("large");
    if (stored === undefined) throw new Error("There is no master.");
    const source = bucketSource(buckets.masters, "large", stored);
    const { createWriteStream } = await import("node:fs");
    const out = createWriteStream(target);
    for (let at = 0; at < source.size; at += 16 << 20) out.write(await source.read(at, 16 << 20));
    await new Promise((resolve) => out.end(resolve));
    const { levels } = await openPyramid(source);
    console.log(`Levels: ${levels.map(({ width, height }) => `${width}x${height}`).join(" ")}.`);
  } finally {
    await buckets.close();
  }
}

async function main(): Promise<void> {
  const megapixels = Number(process.argv[2] ?? 500);
  const { path, width, height } = await makeStrips(megapixels);
  const stateFolder = await mkdtemp(join(tmpdir(), "tessera-tasks-"));
  try {
    const figures = await convert(path, stateFolder);
    const made = join(stateFolder, "master.tif");
    await fetchMaster(stateFolder, made);
    const twin = join(stateFolder, "vips.tif");
    const began = process.cpuUsage();
    await sharp(path, { limitInputPixels: false })
      .tiff({
        compression: "jpeg",
        quality,
        tile: true,
        tileWidth: side,
        tileHeight: side,
        pyramid: true,
        bigtiff: true,
      })
      .toFile(twin);
    const spent = process.cpuUsage(began);
    const ours = Number(figures[1]);
    const theirs = (spent.user + spent.system) / 1e6;
    console.log(
      formatTable([
        ["", "seconds", "CPU seconds", "CPU seconds a megapixel", "peak MB of all processes"],
        ["a task", figures[0] ?? "", ours.toFixed(1), (ours / megapixels).toFixed(3), figures[2] ?? ""],
        ["vips tiffsave", "", theirs.toFixed(1), (theirs / megapixels).toFixed(3), ""],
      ]),
    );
    const levels = await compareLevels({ path, made, twin, width, height });
    console.log(formatTable([["level", "task, dB", "vips, dB"], ...levels]));
  } finally {
    await rm(stateFolder, { recursive: true, force: true });
  }
}

interface Compared {
  readonly path: string;
  readonly made: string;
  readonly twin: string;
  readonly width: number;
  readonly height: number;
}

/** PSNR of crops of each level against Lanczos3 of the source's pixels. */
async function compareLevels({ path, made, twin, width, height }: Compared): Promise<string[][]> {
  const rows: string[][] = [];
  for (let level = 0, scale = 1; Math.min(width, height) / scale >= cropSide; level += 1, scale *= 2) {
    const part = cropSide * scale;
    const places = Array.from({ length: level === 0 ? crops : 2 }, (_, at) => ({
      left: scale * Math.floor((((at * 0.618) % 1) * (width - part)) / scale),
      top: scale * Math.floor((((at * 0.382) % 1) * (height - part)) / scale),
    }));
    const errors: [number, number] = [0, 0];
    for (const { left, top } of places) {
      const source = sharp(path, { limitInputPixels: false, unlimited: true });
      const reference = await source
        .extract({ left, top, width: part, height: part })
        .resize(cropSide, cropSide, { kernel: "lanczos3", fit: "fill" })
        .raw()
        .toBuffer();
      for (const [index, file] of [made, twin].entries()) {
        const pixels = await sharp(file, { page: level, limitInputPixels: false, unlimited: true })
          .extract({ left: left / scale, top: top / scale, width: cropSide, height: cropSide })
          .raw()
          .toBuffer();
        errors[index as 0 | 1] += meanSquare(reference, pixels) / places.length;
      }
    }
    rows.push([String(level), ...errors.map((error) => (10 * Math.log10(255 ** 2 / error)).toFixed(2))]);
  }
  return rows;
}

function meanSquare(one: Uint8Array, other: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += ((one[at] ?? 0) - (other[at] ?? 0)) ** 2;
  return sum / one.length;
}

await main();
