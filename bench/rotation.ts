// Measures the pixels, the memory and the processor time of rotations: the PSNR against a rotation by Lanczos3 in floating
// point of the same picture as it is upright, where the picture covers the whole pixel; the peak that is planned; and the
// processor time by turns with sharp on one thread. With OTHER, the folder of another checkout after npm install and npm run
// build:kernel, of that one too. Run: npx -c "taskset -c 0 node bench/rotation.ts [OTHER]".
import { resolve } from "node:path";
import sharp from "sharp";
import * as here from "./engine.ts";
import { pathOf, sources } from "./sources.ts";
import { formatTable, spreadOf } from "./statistics.ts";

const [, , other] = process.argv;
const sides: readonly (readonly [string, typeof here])[] = [
  ["this", here],
  ...(other === undefined ? [] : [["other", await import(resolve(other, "bench/engine.ts"))] as const]),
];
const names = ["8mp-ycbcr-420", "8mp-rgb-444", "40mp-ycbcr-420", "40mp-rgb-444"];
const angles = [1, 22.5, 45];
const longerSide = 1024;

/** Samples of all channels, row by row. */
interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly values: Uint8Array;
}

const rows = [["source", "angle", "format", ...sides.map(([side]) => `PSNR, ${side}`)]];
for (const source of sources.filter(({ name }) => names.includes(name))) {
  const height = Math.round((longerSide * source.height) / source.width);
  const size = `full/${longerSide},${height}`;
  const upright = await decode(await draw(here, pathOf(source), `${size}/0/default.png`));
  for (const degrees of angles) {
    for (const format of ["png", "jpg"]) {
      const figures: string[] = [];
      for (const [, engine] of sides) {
        const drawn = await decode(await draw(engine, pathOf(source), `${size}/${degrees}/default.${format}`));
        figures.push(psnrOf(upright, drawn, degrees).toFixed(2));
      }
      rows.push([source.name, `${degrees}°`, format, ...figures]);
      console.log(rows.at(-1)?.join("  "));
    }
  }
}
console.log(`\n${formatTable(rows)}\n`);

const megabyte = 1 << 20;
const peaks = [["source", "size", "angle", "format", ...sides.map(([side]) => `peak, MB, ${side}`)]];
for (const source of sources) {
  for (const longest of [3000, 4096, source.width]) {
    for (const degrees of angles) {
      for (const format of ["png", "jpg"]) {
        if (longest > source.width) continue;
        const height = Math.round((longest * source.height) / source.width);
        const path = `full/${longest},${height}/${degrees}/default.${format}`;
        const figures = await Promise.all(sides.map(([, engine]) => peakOf(engine, pathOf(source), path)));
        peaks.push([source.name, `${longest},${height}`, `${degrees}°`, format, ...figures]);
      }
    }
  }
}
console.log(`${formatTable(peaks)}\n`);

sharp.concurrency(1);
sharp.cache(false);
const runs = 21;
const times = [
  ["source", "size", ...[...sides.map(([side]) => side), "sharp"].map((side) => `${side}, CPU-ms`), "ratio"],
];
for (const source of sources.filter(({ name }) => names.includes(name))) {
  for (const longest of [longerSide, 4096]) {
    if (longest > source.width) continue;
    const size = { width: longest, height: Math.round((longest * source.height) / source.width) };
    const path = `full/${size.width},${size.height}/22.5/default.jpg`;
    const { pyramid, source: file } = await here.openBenchMaster(pathOf(source));
    const { plan } = here.planPath(path, pyramid, file);
    if (plan.kind === "copy") throw new Error("a rotation that copies");
    const page = pyramid.levels.indexOf(plan.stored);
    const drawers = [
      ...sides.map(([, engine]) => openDrawer(engine, pathOf(source), path)),
      async () => {
        const opened = sharp(pathOf(source), { page, limitInputPixels: false });
        const resized = opened.resize(size.width, size.height, { fit: "fill", kernel: "lanczos3" });
        const rotated = resized.rotate(22.5, { background: "#fff" });
        await rotated.jpeg({ quality: here.jpegQuality, optimizeCoding: false }).toBuffer();
      },
    ];
    const taken: number[][] = drawers.map(() => []);
    for (let run = 0; run < runs; run += 1) {
      for (const [index, draw] of drawers.entries()) {
        const start = process.cpuUsage();
        // A checkout that refuses it has no figure.
        const isDrawn = await draw().then(
          () => true,
          () => false,
        );
        const { user, system } = process.cpuUsage(start);
        if (isDrawn && run > 2) taken[index]!.push((user + system) / 1000);
      }
    }
    const figures = taken.map((all) =>
      all.length === 0 ? "refused" : `${Math.min(...all).toFixed(1)} (${spreadOf(all).median.toFixed(1)})`,
    );
    const ratio = Math.min(...taken[0]!) / Math.min(...taken.at(-1)!);
    times.push([source.name, `${size.width},${size.height}`, ...figures, ratio.toFixed(2)]);
    console.log(times.at(-1)?.join("  "));
  }
}
console.log(`\n${formatTable(times)}`);

function openDrawer(engine: typeof here, file: string, path: string): () => Promise<void> {
  const tools = engine.openTools();
  const opened = engine.openBenchMaster(file);
  return async () => {
    const { pyramid, source } = await opened;
    await engine.drawPlanned(tools, engine.planPath(path, pyramid, source));
  };
}

async function draw(engine: typeof here, file: string, path: string): Promise<Uint8Array> {
  const { source, pyramid } = await engine.openBenchMaster(file);
  const { bytes } = await engine.drawPlanned(engine.openTools(), engine.planPath(path, pyramid, source));
  return Buffer.concat(bytes);
}

/** Returns the peak of a plan and what becomes of it; what it says where it is refused. */
async function peakOf(engine: typeof here, file: string, path: string): Promise<string> {
  const { source, pyramid } = await engine.openBenchMaster(file);
  try {
    const { plan } = engine.planPath(path, pyramid, source);
    return `${(plan.cost.peakBytes / megabyte).toFixed(1)}, ${plan.kind}`;
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
}

async function decode(encoded: Uint8Array): Promise<Samples> {
  const picture = sharp(encoded, { limitInputPixels: false }).toColourspace("srgb").removeAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, values: data };
}

/** Compares a turned picture with what it was turned from. */
function psnrOf(upright: Samples, drawn: Samples, degrees: number): number {
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const { channels } = drawn;
  const sums = new Float64Array(channels);
  let squares = 0;
  let count = 0;
  for (let y = 0; y < drawn.height; y += 1) {
    for (let x = 0; x < drawn.width; x += 1) {
      const [right, down] = [x + 0.5 - drawn.width / 2, y + 0.5 - drawn.height / 2];
      const u = cosine * right + sine * down + upright.width / 2 - 0.5;
      const v = cosine * down - sine * right + upright.height / 2 - 0.5;
      if (u < 3 || v < 3 || u > upright.width - 4 || v > upright.height - 4) continue;
      sampleAt(upright, u, v, sums);
      for (let channel = 0; channel < channels; channel += 1) {
        const expected = Math.min(255, Math.max(0, sums[channel]!));
        squares += (drawn.values[(y * drawn.width + x) * channels + channel]! - expected) ** 2;
      }
      count += channels;
    }
  }
  return 10 * Math.log10((255 ** 2 * count) / squares);
}

/** Writes the samples at a place between pixels: 6 by 6 of them, by Lanczos3. */
function sampleAt({ width, channels, values }: Samples, u: number, v: number, sums: Float64Array): void {
  const [left, top] = [Math.floor(u) - 2, Math.floor(v) - 2];
  const across = lanczosAt(u - left);
  const weights = lanczosAt(v - top);
  sums.fill(0);
  for (let row = 0; row < 6; row += 1) {
    for (let column = 0; column < 6; column += 1) {
      const weight = weights[row]! * across[column]!;
      const at = ((top + row) * width + left + column) * channels;
      for (let channel = 0; channel < channels; channel += 1) sums[channel]! += weight * values[at + channel]!;
    }
  }
}

/** The weights of six samples for a place so far behind the first of them; their sum is 1. */
function lanczosAt(place: number): readonly number[] {
  const weights = Array.from({ length: 6 }, (_, tap) => {
    const distance = Math.PI * (tap - place);
    return distance === 0 ? 1 : (3 * Math.sin(distance) * Math.sin(distance / 3)) / distance ** 2;
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
