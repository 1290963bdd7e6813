/**
 * Processor time of an export to level 0 beside that of libvips' dzsave (through sharp, one thread) from the same file with
 * tiles of the same size at the same quality, in turns: `npx -c "node bench/export.ts MASTER.tif..."`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { ExportSettings } from "../src/export/settings.ts";
import { identifierOf } from "../src/identity/identifier.ts";
import { standingOfFile } from "../src/job/export/export-source.ts";
import { folderPlace } from "../src/job/export/folder.ts";
import { planExport } from "../src/job/export/plan.ts";
import { runExport } from "../src/job/export/run.ts";
import { openDrawingTools } from "../src/node/compiled-modules.ts";
import { openFileSource } from "../src/node/file-source.ts";

const rounds = 5;
const settings: ExportSettings = {
  base: "https://files.example",
  imagePrefix: "/iiif",
  versions: [3],
  tile: undefined,
  style: { qualities: { jpeg: 85, webp: 80 }, colorProfile: "convert", keepMetadata: "copyright" },
  limits: { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 },
  thumbnailWidths: [],
  isAlsoRounded: false,
};

interface Measured {
  readonly seconds: number;
  readonly megapixels: number;
  readonly files: number;
  readonly bytes: number;
  readonly residentMegabytes: number;
}

async function exportByUs(file: string, folder: string): Promise<number> {
  const { signal } = new AbortController();
  const open = () => openFileSource(file);
  const source = {
    identifier: identifierOf("a"),
    page: 1,
    version: "1",
    open,
    readStanding: async () => standingOfFile,
  };
  const plan = await planExport([source], settings, { signal, onPlanned: () => {} });
  const place = await folderPlace(folder);
  const quiet = {
    catalogue: undefined,
    includesRestricted: false,
    isDeleting: false,
    onFile: () => {},
    onImage: () => {},
  };
  await runExport({ plan, settings, place, tools: openDrawingTools(), jobs: 1, signal, ...quiet });
  const [planned] = plan.images.values();
  return planned === undefined ? 0 : planned.tile.width;
}

async function exportBySharp(file: string, folder: string, tile: number): Promise<void> {
  const { default: sharp } = await import("sharp");
  sharp.concurrency(1);
  sharp.cache(false);
  const image = sharp(file, { limitInputPixels: false }).jpeg({ quality: 85 });
  await image.tile({ size: tile, layout: "iiif3", id: settings.base }).toFile(folder);
}

/** One side, in a process of its own. */
async function measureHere(side: string, file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tessera-bench-export-"));
  try {
    const out = join(folder, "out");
    const { default: sharp } = await import("sharp");
    const { width, height } = await sharp(file).metadata();
    const before = process.cpuUsage();
    if (side === "ours") await exportByUs(file, out);
    else await exportBySharp(file, out, Number(side));
    const { user, system } = process.cpuUsage(before);
    const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
    const measured: Measured = {
      seconds: (user + system) / 1e6,
      megapixels: (width * height) / 1e6,
      files: files.length,
      bytes,
      residentMegabytes: process.resourceUsage().maxRSS / 1024,
    };
    console.log(JSON.stringify(measured));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(side: string, file: string): Measured {
  return JSON.parse(execFileSync(process.execPath, [import.meta.filename, "--side", side, file], { encoding: "utf8" }));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function tileOfMaster(file: string): Promise<string> {
  const { signal } = new AbortController();
  const open = () => openFileSource(file);
  const source = {
    identifier: identifierOf("a"),
    page: 1,
    version: "1",
    open,
    readStanding: async () => standingOfFile,
  };
  const { images } = await planExport([source], settings, { signal, onPlanned: () => {} });
  return String(images.get("a")?.tile.width);
}

const [first, side = "", own = ""] = process.argv.slice(2);
if (first === "--side") await measureHere(side, own);
else {
  for (const file of process.argv.slice(2)) {
    const tile = await tileOfMaster(file);
    const sides = { ours: [] as Measured[], dzsave: [] as Measured[] };
    for (let round = 0; round < rounds; round++) {
      sides.ours.push(measure("ours", file));
      sides.dzsave.push(measure(tile, file));
    }
    for (const [name, runs] of Object.entries(sides)) {
      const [{ megapixels, files, bytes }] = runs as [Measured, ...Measured[]];
      const seconds = median(runs.map((run) => run.seconds));
      const resident = median(runs.map((run) => run.residentMegabytes));
      console.log(
        `${basename(file)} ${megapixels.toFixed(1)} MP, tile ${tile}, ${name}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB, ` +
          `${seconds.toFixed(2)} s, ${((1000 * seconds) / megapixels).toFixed(0)} ms a megapixel, ${resident.toFixed(0)} MB`,
      );
    }
  }
}
