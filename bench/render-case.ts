// Measures one case on one source in its own process: our engine and sharp, in turn. Prints JSON and writes what both
// encoded to build/bench/outputs. Run by render.ts: node render-case.ts SOURCE CASE SECONDS
import { mkdirSync, writeFileSync } from "node:fs";
import sharp, { type Sharp } from "sharp";
import { openPyramid } from "../src/tiff/open.ts";
import { findCase } from "./cases.ts";
import { drawPlanned, jpegQuality, openTools, planPath, webpQuality } from "./engine.ts";
import { fileSource } from "./file-source.ts";
import { benchFolder, findSource, pathOf } from "./sources.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** What one side of the comparison did. */
export interface Side {
  readonly milliseconds: Spread;
  /** Mean over the pictures kept. */
  readonly bytes: number;
  readonly files: readonly string[];
}

/** What a process of this file prints. */
export interface CaseResult {
  readonly paths: readonly string[];
  readonly ours: Side & {
    readonly firstByteMilliseconds: Spread;
    readonly strategy: string;
    readonly peakBytes: number;
  };
  readonly sharp: Side;
}

/** Different tiles that are asked for in turn; the first of them are compared with their references. */
const tileCount = 48;
const comparedTiles = 6;

const [, , sourceName = "", caseName = "", seconds = "1.5"] = process.argv;
sharp.concurrency(1);
sharp.cache(false);

const source = findSource(sourceName);
const file = fileSource(pathOf(source));
const pyramid = await openPyramid(file);
const tools = openTools();
const asked = Array.from({ length: tileCount }, (_, index) => findCase(caseName).path(source, index));
const paths = [...new Set(asked.filter((path) => path !== undefined))];
const plans = paths.map((path) => planPath(path, pyramid, file).plan);

const times = { ours: [] as number[], first: [] as number[], sharp: [] as number[] };
const runOurs = async (index: number): Promise<readonly Uint8Array[]> => {
  const start = performance.now();
  // A request is planned again each time, as the service does.
  const plan = planPath(paths[index % paths.length]!, pyramid, file);
  const planned = performance.now() - start;
  const { bytes, firstByteMilliseconds } = await drawPlanned(tools, plan);
  times.ours.push(performance.now() - start);
  times.first.push(planned + firstByteMilliseconds);
  return bytes;
};
const runSharp = async (index: number): Promise<Uint8Array> => {
  const start = performance.now();
  const bytes = await sharpPipeline(index % paths.length).toBuffer();
  times.sharp.push(performance.now() - start);
  return bytes;
};

const outputs = `${benchFolder}/outputs`;
mkdirSync(outputs, { recursive: true });
const kept = { ours: [] as string[], sharp: [] as string[] };
const sizes = { ours: 0, sharp: 0 };
for (let index = 0; index < Math.min(comparedTiles, paths.length); index++) {
  const keep = (side: "ours" | "sharp", bytes: readonly Uint8Array[]): void => {
    const path = `${outputs}/${sourceName}-${caseName}-${index}-${side}`;
    writeFileSync(path, Buffer.concat(bytes));
    kept[side].push(path);
    sizes[side] += bytes.reduce((sum, { byteLength }) => sum + byteLength, 0);
  };
  keep("ours", await runOurs(index));
  keep("sharp", [await runSharp(index)]);
}
// The compilers of both sides do their best after some runs only.
await runRounds(0.4 * Number(seconds), 1);
for (const list of Object.values(times)) list.length = 0;
await runRounds(Number(seconds), 3);

const result: CaseResult = {
  paths: paths.slice(0, kept.ours.length),
  ours: {
    milliseconds: spreadOf(times.ours),
    firstByteMilliseconds: spreadOf(times.first),
    strategy: plans[0]!.kind,
    peakBytes: plans[0]!.cost.peakBytes,
    bytes: sizes.ours / kept.ours.length,
    files: kept.ours,
  },
  sharp: { milliseconds: spreadOf(times.sharp), bytes: sizes.sharp / kept.sharp.length, files: kept.sharp },
};
console.log(JSON.stringify(result));

async function runRounds(budgetSeconds: number, atLeast: number): Promise<void> {
  const end = performance.now() + 1000 * budgetSeconds;
  for (let round = 0; round < atLeast || performance.now() < end; round++) {
    if (round % 2 === 0) await runOurs(round);
    await runSharp(round);
    if (round % 2 === 1) await runOurs(round);
  }
}

/** The same picture by libvips, from the same level. */
function sharpPipeline(index: number): Sharp {
  const plan = plans[index]!;
  const [region = "", size = "", rotation = "", end = ""] = paths[index]!.split("/");
  const opened = sharp(pathOf(source), {
    page: pyramid.levels.indexOf(plan.kind === "copy" ? plan.level : plan.stored),
    limitInputPixels: false,
  });
  const [left = 0, top = 0, width = 0, height = 0] = region.split(",").map(Number);
  const part = region === "full" ? opened : opened.extract({ left, top, width, height });
  const [outputWidth = 0, outputHeight = 0] = size.split(",").map(Number);
  const isSame = region !== "full" || outputWidth === source.width;
  const resized = isSame ? part : part.resize(outputWidth, outputHeight, { fit: "fill", kernel: "lanczos3" });
  const [quality, format] = end.split(".");
  const toned = quality === "gray" ? resized.grayscale() : resized;
  const turned = rotation === "0" ? toned : toned.rotate(Number(rotation), { background: "#fff" });
  // Level 1 is what our encoder does, PNG of like size; WebP of effort 2 is a little larger than ours at equal PSNR.
  if (format === "png") return turned.png({ compressionLevel: 1 });
  if (format === "webp") return turned.webp({ quality: webpQuality, effort: 2 });
  return turned.jpeg({ quality: jpegQuality, chromaSubsampling: "4:2:0", optimizeCoding: false });
}
