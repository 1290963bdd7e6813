// Encodes pictures of 1024 px as PNG with the kernel, with @jsquash/png, with libpng (sharp, one thread) and with
// CompressionStream after PNG's Up filter. Prints milliseconds, medians over rounds with the candidates in turn in
// each, and bytes. The photographs are those in $TESSERA_CORPUS/gallery, or one drawn picture without that. Run: npm
// run build && npx -c "node bench/kernels-png.ts"
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { encode as encodeJsquash, initSync } from "@jsquash/png/codec/pkg/squoosh_png.js";
import sharp from "sharp";
import { createPngEncoder } from "../src/codec/png/encoder.ts";
import { interleaveRgba } from "../src/raster/color.ts";
import type { Plane } from "../src/raster/raster.ts";
import { threePlanes } from "../src/raster/raster.ts";
import { openTestKernel } from "../test/support/kernel.ts";
import { makeSamples, type Samples, storePlane } from "../test/support/planes.ts";
import { drawPhotograph, drawText } from "../test/support/png-pictures.ts";
import { openRandom } from "../test/support/random.ts";

const side = 1024;
const budgetSeconds = 2.2;

sharp.concurrency(1);
sharp.cache(false);
/** Node compiles bytes, workerd does not: its types, which hold for all of the project, leave the constructor out. */
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;
const require = createRequire(import.meta.url);
initSync(new Module(readFileSync(require.resolve("@jsquash/png/codec/pkg/squoosh_png_bg.wasm"))));

/** A picture as every candidate wants it. */
interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly rgb: Buffer;
}

const kernel = openTestKernel();
for (const picture of await takePictures()) await compare(picture);

/** Encodes planes in strips of 16 rows, as a rendering does, and returns how many bytes come out. */
function encodeStrips(picture: Picture, planes: readonly Plane[], alpha?: Plane): number {
  const mark = kernel.mark();
  const { width, height } = picture;
  const model = planes.length === 1 ? "gray" : "rgb";
  const encoder = createPngEncoder(kernel, { width, height, model, hasAlpha: alpha !== undefined });
  let bytes = 0;
  const count = (chunks: readonly Uint8Array[]): void => {
    for (const chunk of chunks) bytes += chunk.byteLength;
  };
  for (let row = 0; row < height; row += 16) {
    const moved = planes.map(({ pointer, stride }) => ({ pointer: pointer + row * stride, stride }));
    const movedAlpha = alpha && { pointer: alpha.pointer + row * alpha.stride, stride: alpha.stride };
    count(encoder.write({ planes: moved, alpha: movedAlpha, rows: Math.min(16, height - row) }));
  }
  count(encoder.finish());
  kernel.release(mark);
  return bytes;
}

/** Runs the candidates in turn until the time is up and prints the median time and the size of each. */
async function compare(picture: Picture): Promise<void> {
  const { name, width, height, rgb } = picture;
  const mark = kernel.mark();
  const channels = [0, 1, 2].map((channel) =>
    makeSamples(width, height, (x, y) => rgb[3 * (y * width + x) + channel]!),
  );
  const planes = channels.map((channel) => storePlane(kernel, channel));
  const alpha = storePlane(
    kernel,
    makeSamples(width, height, () => 255),
  );
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel += 1) rgb.copy(rgba, 4 * pixel, 3 * pixel, 3 * pixel + 3);
  const raw = { width, height, channels: 3 } as const;
  const candidates: Record<string, () => number | Promise<number>> = {
    "kernel, RGB": () => encodeStrips(picture, planes),
    "kernel, RGBA": () => encodeStrips(picture, planes, alpha),
    "kernel, gray": () => encodeStrips(picture, planes.slice(0, 1)),
    "@jsquash/png, RGBA": () => encodeJsquash(rgba, width, height, 8).byteLength,
    "@jsquash/png, RGBA from planes": () => {
      const raster = { model: "rgb", width, height, subsampling: { x: 1, y: 1 }, planes: threePlanes(planes) } as const;
      return encodeJsquash(interleaveRgba(kernel, raster), width, height, 8).byteLength;
    },
    "sharp level 1, RGB": async () => (await sharp(rgb, { raw }).png({ compressionLevel: 1 }).toBuffer()).length,
    "sharp level 6, RGB": async () => (await sharp(rgb, { raw }).png({ compressionLevel: 6 }).toBuffer()).length,
    "CompressionStream after Up, RGB": () => compressUp(rgb, width, height),
  };
  const times = new Map<string, number[]>();
  const sizes = new Map<string, number>();
  const end = performance.now() + 1000 * budgetSeconds;
  for (let round = 0; round < 4 || performance.now() < end; round += 1) {
    for (const [candidate, run] of Object.entries(candidates)) {
      const start = performance.now();
      sizes.set(candidate, await run());
      // The first round compiles.
      if (round > 0) times.set(candidate, [...(times.get(candidate) ?? []), performance.now() - start]);
    }
  }
  console.log(`${name}, ${width} x ${height}`);
  for (const [candidate, list] of times) {
    const median = list.toSorted((a, b) => a - b)[list.length >> 1]!;
    console.log(
      `  ${candidate.padEnd(34)} ${median.toFixed(1).padStart(7)} ms ${String(sizes.get(candidate)).padStart(9)} bytes`,
    );
  }
  kernel.release(mark);
}

/** Subtracts from every row the one above and deflates all; returns the size without what frames it. */
async function compressUp(rgb: Buffer, width: number, height: number): Promise<number> {
  const rowBytes = 3 * width;
  const filtered = new Uint8Array((rowBytes + 1) * height);
  for (let row = 0; row < height; row += 1) {
    const to = row * (rowBytes + 1) + 1;
    const from = row * rowBytes;
    filtered[to - 1] = 2;
    if (row === 0) filtered.set(rgb.subarray(0, rowBytes), to);
    else for (let at = 0; at < rowBytes; at += 1) filtered[to + at] = rgb[from + at]! - rgb[from + at - rowBytes]!;
  }
  const stream = new Blob([filtered]).stream().pipeThrough(new CompressionStream("deflate"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

async function takePictures(): Promise<Picture[]> {
  const folder = `${process.env.TESSERA_CORPUS ?? ""}/gallery`;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const pictures: Picture[] = [];
  for (const name of names.filter((item) => item.startsWith("photo-")).slice(0, 4)) pictures.push(await scale(name));
  if (pictures.length === 0) pictures.push(join("drawn photograph", drawPhotograph(openRandom(1), side, 683, 3)));
  for (const name of names.filter((item) => item.startsWith("doc-")).slice(0, 1)) pictures.push(await scale(name));
  pictures.push(join("drawn text", Array<Samples>(3).fill(drawText(openRandom(2), side, 683))));
  return pictures;

  async function scale(name: string): Promise<Picture> {
    const scaled = sharp(`${folder}/${name}`).resize(side).toColourspace("srgb").removeAlpha().raw();
    const { data, info } = await scaled.toBuffer({ resolveWithObject: true });
    return { name, width: info.width, height: info.height, rgb: data };
  }
}

function join(name: string, channels: readonly Samples[]): Picture {
  const { width, height } = channels[0]!;
  const rgb = Buffer.alloc(3 * width * height);
  for (let at = 0; at < rgb.length; at += 1) rgb[at] = channels[at % 3]!.values[Math.floor(at / 3)]!;
  return { name, width, height, rgb };
}
