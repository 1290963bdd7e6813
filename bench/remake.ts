/**
 * Processor time and memory of making a master by the service's own kernels, beside the ingest's conversion of the same file by
 * libvips, a process each, in turns: `npx -c "node bench/remake.ts PHOTOGRAPH.jpg"`. TIFFs show the photograph four times, so
 * that there are blocks; PNG and JPEG once, for they are read whole.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertMaster } from "../src/convert/convert.ts";
import { openDrawingTools } from "../src/node/compiled-modules.ts";
import type { Kernel } from "../src/raster/kernel.ts";
import { runRemake } from "../src/remake/run.ts";
import type { Spill } from "../src/remake/spill.ts";
import type { Target } from "../src/remake/target.ts";
import { Kernels } from "../src/render/kernels.ts";
import { fileSource } from "./file-source.ts";
import { formatFigure, formatTable, quantile } from "./statistics.ts";

const rounds = 3;
const settings = { compression: "jpeg", quality: 89, tileSize: 512 } as const;

const kinds = [
  "strips, none",
  "strips, LZW",
  "strips, Deflate",
  "tiles of 256, JPEG",
  "PNG",
  "JPEG, baseline 4:2:0",
] as const;

interface Measured {
  readonly seconds: number;
  readonly kernelBytes: number;
  readonly bytesOut: number;
}

/** Writes the files that are converted, and returns their paths with their megapixels. */
async function makeSources(photograph: string, folder: string) {
  const { default: sharp } = await import("sharp");
  const { data, info } = await sharp(photograph).raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const one = sharp(data, { raw: { width, height, channels: 3 } });
  const [mirrored, flipped, turned] = await Promise.all([
    one.clone().flop().raw().toBuffer(),
    one.clone().flip().raw().toBuffer(),
    one.clone().flip().flop().raw().toBuffer(),
  ]);
  const raw = { width, height, channels: 3 } as const;
  const mosaic = await sharp({ create: { width: 2 * width, height: 2 * height, channels: 3, background: "#000" } })
    .composite([
      { input: data, raw, left: 0, top: 0 },
      { input: mirrored, raw, left: width, top: 0 },
      { input: flipped, raw, left: 0, top: height },
      { input: turned, raw, left: width, top: height },
    ])
    .raw()
    .toBuffer();
  const four = () => sharp(mosaic, { raw: { width: 2 * width, height: 2 * height, channels: 3 } });
  const predictor = "horizontal" as const;
  const made = [
    four().tiff({ compression: "none" }),
    four().tiff({ compression: "lzw", predictor }),
    four().tiff({ compression: "deflate", predictor }),
    four().tiff({ compression: "jpeg", quality: 89, tile: true, tileWidth: 256, tileHeight: 256 }),
    one.clone().png({ compressionLevel: 6 }),
    one.clone().jpeg({ quality: 89 }),
  ];
  const sources = [];
  for (const [index, image] of made.entries()) {
    const path = join(folder, `${index}${["", "", "", "", ".png", ".jpg"][index] || ".tif"}`);
    writeFileSync(path, await image.toBuffer());
    sources.push({ path, megapixels: ((index < 4 ? 4 : 1) * width * height) / 1e6 });
  }
  return sources;
}

/** Remembers the most that the kernels it gave have grown to. */
class PeakKernels extends Kernels {
  readonly #taken = new Set<Kernel>();

  override take(bytes: number): Kernel {
    const kernel = super.take(bytes);
    this.#taken.add(kernel);
    return kernel;
  }

  get peakBytes(): number {
    return Math.max(...[...this.#taken].map(({ memoryBytes }) => memoryBytes));
  }
}

async function remakeHere(path: string, folder: string): Promise<Omit<Measured, "seconds">> {
  const { kernels: _, colorTables } = openDrawingTools();
  const { compileKernelModules } = await import("../src/node/compiled-modules.ts");
  const kernels = new PeakKernels(compileKernelModules());
  const fileOf = (name: string): string => join(folder, name.replaceAll(/[^a-z0-9.-]/gi, "_"));
  const written = new Set<string>();
  const spill: Spill = {
    async put(name, bytes) {
      written.add(name);
      writeFileSync(fileOf(name), bytes);
    },
    async get(name, range) {
      if (!written.has(name)) return undefined;
      const source = fileSource(fileOf(name));
      return source.read(range?.offset ?? 0, range?.length ?? source.size);
    },
  };
  const parts: Uint8Array[] = [];
  const target: Target = {
    name: "master",
    put: async (bytes) => writeFileSync(join(folder, "master.tif"), bytes),
    begin: async () => "upload",
    async part(_upload, number, bytes) {
      parts.push(bytes);
      return { number, tag: "" };
    },
    complete: async () => writeFileSync(join(folder, "master.tif"), Buffer.concat(parts)),
    abort: async () => undefined,
  };
  const hash = createHash("sha256");
  const digest = () => ({ update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest("hex") });
  const ports = { tools: { kernels, colorTables }, spill, target, digest, now: () => performance.now() };
  const { bytesOut } = await runRemake({ source: fileSource(path), settings }, ports);
  return { bytesOut, kernelBytes: kernels.peakBytes };
}

async function convertHere(path: string, folder: string): Promise<Omit<Measured, "seconds">> {
  const conversion = { ...settings, subsampling: "4:2:0", keepsProfile: false, keepsDepth: false } as const;
  const { bytesOut } = await convertMaster(path, join(folder, "master.tif"), conversion);
  return { bytesOut, kernelBytes: 0 };
}

/** One side, in a process of its own. */
async function measureHere(side: string, path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tessera-bench-remake-"));
  try {
    const before = process.cpuUsage();
    const measured = await (side === "ours" ? remakeHere(path, folder) : convertHere(path, folder));
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ ...measured, seconds: (user + system) / 1e6 } satisfies Measured));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(side: string, path: string): Measured {
  return JSON.parse(execFileSync(process.execPath, [import.meta.filename, "--side", side, path], { encoding: "utf8" }));
}

const [first = "", side = "", own = ""] = process.argv.slice(2);
if (first === "--side") await measureHere(side, own);
else {
  const folder = mkdtempSync(join(tmpdir(), "tessera-bench-sources-"));
  try {
    const sources = await makeSources(first, folder);
    const rows = [["source", "Mpx", "CPU-s/Mpx", "kernel MB", "ingest, CPU-s/Mpx", "size by ingest's"]];
    for (const [index, { path, megapixels }] of sources.entries()) {
      const runs = { ours: [] as Measured[], ingest: [] as Measured[] };
      for (let round = 0; round < rounds; round += 1) {
        runs.ours.push(measure("ours", path));
        runs.ingest.push(measure("ingest", path));
      }
      const perMegapixel = (of: readonly Measured[]): string =>
        formatFigure(
          quantile(
            of.map(({ seconds }) => seconds),
            0.5,
          ) / megapixels,
        );
      const [[ours], [ingest]] = [runs.ours, runs.ingest];
      rows.push([
        kinds[index] ?? "",
        formatFigure(megapixels),
        perMegapixel(runs.ours),
        formatFigure((ours?.kernelBytes ?? 0) / 2 ** 20),
        perMegapixel(runs.ingest),
        formatFigure((ours?.bytesOut ?? 0) / (ingest?.bytesOut ?? 1)),
      ]);
    }
    console.log(formatTable(rows));
    console.log(`${readFileSync(first).byteLength} bytes of photograph, ${rounds} rounds`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
