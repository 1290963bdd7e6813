// Measures whole renders, our engine in Node next to sharp (libvips) on one thread and one core, each case on each
// source in its own process, with the PSNR of both against a Lanczos3 reference. Prints a table, writes
// build/bench/render.json. Run: npm run bench, or node bench/render.ts [SECONDS [NAME...]], names of sources or cases.
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import sharp from "sharp";
import { type Case, cases } from "./cases.ts";
import { isInstalled } from "./processes.ts";
import { cropPixels, decodeMaster, decodePixels, measurePsnr, type Pixels, referenceOf } from "./reference.ts";
import type { CaseResult } from "./render-case.ts";
import { benchFolder, pathOf, type Source, sources } from "./sources.ts";
import { formatFigure, formatSpread, formatTable } from "./statistics.ts";

/** One line of the table. */
export interface RenderResult extends CaseResult {
  readonly source: string;
  readonly case: string;
  /** Our time by sharp's. */
  readonly ratio: number;
  /** In dB; absent where no reference says what is right. Infinite, for equal pixels, is written as 999. */
  readonly psnr?: { readonly ours: number; readonly sharp: number };
}

/** Cases without a reference: each side has its own definition of gray, and of where a turned picture is. */
const withoutReference = ["gray", "22.5°"];

/** Of the largest master only what shows that nothing grows with it. */
const casesOfLargest = ["aligned tile", "unaligned tile", "edge tile", "128", "1024", "full"];

const [, , seconds = "1.5", ...names] = process.argv;
const isWanted = (name: string, among: readonly { readonly name: string }[]): boolean => {
  const given = names.filter((candidate) => among.some((other) => other.name === candidate));
  return given.length === 0 || given.includes(name);
};
const pin = isInstalled("taskset") ? ["taskset", "-c", "0"] : [];
const results: RenderResult[] = [];
for (const source of sources.filter(({ name }) => isWanted(name, sources))) {
  if (!existsSync(pathOf(source))) throw new Error(`${pathOf(source)} is missing: run bench/make-sources.ts`);
  let master: Promise<Pixels> | undefined;
  const openMaster = (): Promise<Pixels> => (master ??= decodeMaster(source));
  const isLargest = source === sources.at(-1);
  for (const measured of cases.filter(({ name }) => isWanted(name, cases))) {
    if (measured.path(source, 0) === undefined) continue;
    if (isLargest && !casesOfLargest.includes(measured.name)) continue;
    const found = measure(source, measured);
    if (found === undefined) continue;
    const psnr = isLargest || withoutReference.includes(measured.name) ? {} : { psnr: await comparePixels(found) };
    const ratio = found.ours.milliseconds.median / found.sharp.milliseconds.median;
    results.push({ source: source.name, case: measured.name, ...found, ratio, ...psnr });
    console.log(`${source.name} ${measured.name}: ${ratio.toFixed(2)}`);
  }

  async function comparePixels({ paths, ours, sharp }: CaseResult): Promise<{ ours: number; sharp: number }> {
    const mean = async (files: readonly string[]): Promise<number> => {
      let sum = 0;
      for (const [index, file] of files.entries()) sum += Math.min(999, await psnrOf(file, paths[index]!));
      return sum / files.length;
    };
    return { ours: await mean(ours.files), sharp: await mean(sharp.files) };
  }

  async function psnrOf(file: string, path: string): Promise<number> {
    const [region = "", size = "", rotation = ""] = path.split("/");
    const [width = 0, height = 0] = size.split(",").map(Number);
    const decoded = await decodePixels(sharp(file, { limitInputPixels: false }).rotate(-Number(rotation)));
    if (region === "full") return measurePsnr(decoded, await referenceOf(source, { width, height }, openMaster));
    const [x = 0, y = 0] = region.split(",").map(Number);
    return measurePsnr(decoded, cropPixels(await openMaster(), { x, y, width, height }));
  }
}

writeFileSync(`${benchFolder}/render.json`, JSON.stringify(results, undefined, 2));
console.log();
console.log(
  formatTable([
    [
      "source",
      "case",
      "ours, ms",
      "sharp, ms",
      "ratio",
      "PSNR ours, sharp",
      "kB ours, sharp",
      "first byte, ms",
      "strategy",
    ],
    ...results.map((result) => [
      result.source,
      result.case,
      formatSpread(result.ours.milliseconds),
      formatSpread(result.sharp.milliseconds),
      result.ratio.toFixed(result.ratio < 0.1 ? 3 : 2),
      result.psnr === undefined ? "-" : `${formatPsnr(result.psnr.ours)}, ${formatPsnr(result.psnr.sharp)}`,
      `${formatFigure(result.ours.bytes / 1000)}, ${formatFigure(result.sharp.bytes / 1000)}`,
      formatFigure(result.ours.firstByteMilliseconds.median),
      result.ours.strategy,
    ]),
  ]),
);

function formatPsnr(decibels: number): string {
  return decibels >= 999 ? "exact" : decibels.toFixed(1);
}

/** Runs the case in a new process on one core; undefined, with a message, if it is refused. */
function measure(source: Source, { name }: Case): CaseResult | undefined {
  const command = [
    ...pin,
    process.execPath,
    resolve(import.meta.dirname, "render-case.ts"),
    source.name,
    name,
    seconds,
  ];
  try {
    return JSON.parse(
      execFileSync(command[0]!, command.slice(1), { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }),
    );
  } catch (error) {
    const said = /^(?:ImageError|\w*Error): .*/m.exec(String((error as { stderr?: unknown }).stderr ?? error))?.[0];
    console.log(`${source.name} ${name}: left out, ${said ?? error}`);
    return undefined;
  }
}
