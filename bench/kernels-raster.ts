// Measures the raster kernels, resampling next to libvips (sharp, one thread, no cache) and @jsquash/resize in the same run.
// Run: npm run build && npx -c "node bench/kernels-raster.ts"

import resizeJsquash, { initResize } from "@jsquash/resize";
import sharp from "sharp";
import { rotatedSize } from "../src/geometry.ts";
import { deinterleave } from "../src/raster/chunky.ts";
import { interleaveRgba, rgbToYcbcr, ycbcrToRgb } from "../src/raster/color.ts";
import type { Kernel } from "../src/raster/kernel.ts";
import { noTurn, turnPlane } from "../src/raster/orientation.ts";
import { undoPredictor } from "../src/raster/predictor.ts";
import type { Plane, ThreePlanes } from "../src/raster/raster.ts";
import { threePlanes } from "../src/raster/raster.ts";
import { createResampler } from "../src/raster/resampler.ts";
import { Rotation } from "../src/raster/rotation.ts";
import { type PackedSamples, unpackSamples } from "../src/raster/unpack.ts";
import { planWeights } from "../src/raster/weights.ts";
import { openTestKernel } from "../test/support/kernel.ts";
import { openRandom } from "../test/support/random.ts";
import { compileModule, StoredImage } from "./jsquash.ts";

sharp.concurrency(1);
sharp.cache(false);
await initResize(compileModule("@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm"));
const random = openRandom(1);

/** The contestants of one comparison, each run once a round. */
type Contest = Record<string, () => unknown>;

/** Runs all contestants in turn and returns the median of each, in milliseconds. */
async function measure(contest: Contest, rounds: number): Promise<Record<string, number>> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(contest).map((name) => [name, []]));
  for (let round = -2; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contest)) {
      const began = performance.now();
      await run();
      const elapsed = performance.now() - began;
      if (round >= 0) times[name]!.push(elapsed);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, medianOf(list)]));
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Returns a plane of smooth noise, as photographs are. */
function makePlane(kernel: Kernel, side: number): Plane {
  const plane = kernel.allocatePlane(side, side);
  const bytes = kernel.bytes;
  let value = 128;
  for (let at = 0; at < plane.stride * side; at += 1) {
    value = Math.min(255, Math.max(0, value + random.integer(-12, 12)));
    bytes[plane.pointer + at] = value;
  }
  return plane;
}

/** Returns a run that plans and resamples one plane for each pair of sides. */
function resampling(kernel: Kernel, sides: readonly { from: number; to: number }[]): () => void {
  const planes = sides.map(({ from, to }) => ({
    source: makePlane(kernel, from),
    target: kernel.allocatePlane(to, to),
  }));
  return () => {
    const mark = kernel.mark();
    for (const { source, target } of planes) {
      const axis = { sourceLength: source.width, start: 0, step: source.width / target.width };
      const weights = planWeights({ ...axis, outputLength: target.width, filter: "lanczos3" });
      createResampler(kernel, { horizontal: weights, vertical: weights }).resample({
        source,
        sourceFirstRow: 0,
        outputFirst: 0,
        outputCount: target.height,
        destination: target,
      });
    }
    kernel.release(mark);
  };
}

function libvips(from: number, to: number): () => Promise<unknown> {
  const pixels = new Uint8Array(from * from * 3).map(() => random.integer(0, 255));
  const raw = { width: from, height: from, channels: 3 } as const;
  return () => sharp(pixels, { raw }).resize(to, to, { kernel: "lanczos3" }).raw().toBuffer();
}

/** Resamples RGBA as it is: without a turn to linear light or a multiplication by alpha, which the others do not do either. */
function jsquash(from: number, to: number): () => Promise<unknown> {
  const pixels = new Uint8ClampedArray(from * from * 4).map((_, at) => (at % 4 === 3 ? 255 : random.integer(0, 255)));
  const options = { width: to, height: to, method: "lanczos3", premultiply: false, linearRGB: false } as const;
  return () => resizeJsquash(new StoredImage(pixels, from, from), options);
}

for (const [from, to, rounds] of [
  [2048, 1024, 31],
  [4096, 3000, 11],
  [512, 256, 101],
  [1024, 700, 41],
] as const) {
  const kernel = openTestKernel();
  const full = { from, to };
  const half = { from: from / 2, to: to / 2 };
  const medians = await measure(
    {
      "planar 4:2:0": resampling(kernel, [full, half, half]),
      "planar 4:4:4": resampling(kernel, [full, full, full]),
      "libvips RGB": libvips(from, to),
      "@jsquash/resize RGBA": jsquash(from, to),
    },
    rounds,
  );
  report(`lanczos3 ${from} -> ${to}`, medians, "libvips RGB");
}

const kernel = openTestKernel();
const planes: ThreePlanes = [makePlane(kernel, 1024), makePlane(kernel, 1024), makePlane(kernel, 1024)];
const targets = threePlanes(planes.map(() => kernel.allocatePlane(1024, 1024)));
const [source] = planes;
const [target] = targets;
const size = { width: 1024, height: 1024 };
const subsampling = { x: 1, y: 1 } as const;
const chunky = { pointer: kernel.allocate(6 * 1024 * 1024 + 64), stride: 3072, ...size, samplesPerPixel: 3 };
const bytes = {
  ...chunky,
  rowBytes: 3072,
  bits: 8,
  format: "unsigned",
  isLittleEndian: true,
  range: { least: 0, most: 255 },
} as const;
const words: PackedSamples = { ...bytes, rowBytes: 6144, bits: 16 };
const channels = targets.map((plane, sample) => ({ sample, plane }));

report(
  "1024 px, one plane",
  await measure(
    {
      "turned 90": () => turnPlane(kernel, source, target, { mirror: false, quarterTurns: 1 }),
      "turned 180": () => turnPlane(kernel, source, target, { mirror: false, quarterTurns: 2 }),
      "rotated 30, with alpha": () => {
        const mark = kernel.mark();
        const form = {
          model: "gray",
          chromaPixels: 1,
          hasAlpha: false,
          ground: "transparent",
          stripRows: 1024,
        } as const;
        const rotation = new Rotation(kernel, {
          size,
          turn: noTurn,
          degrees: 30,
          canvas: rotatedSize(size, 30),
          ...form,
        });
        rotation.add({ model: "gray", ...size, subsampling, planes: [source] });
        while (rotation.next() !== undefined);
        kernel.release(mark);
      },
    },
    21,
  ),
);
report(
  "1024 px, three planes",
  await measure(
    {
      "YCbCr to RGB": () => ycbcrToRgb(kernel, { source: planes, destination: targets }),
      "RGB to YCbCr": () => rgbToYcbcr(kernel, { source: planes, destination: targets }),
      "RGBA out": () => interleaveRgba(kernel, { model: "rgb", ...size, subsampling, planes }),
      "chunky in": () => deinterleave(kernel, chunky, targets),
      "chunky in, 16 bits": () => unpackSamples(kernel, words, channels, "full"),
      "predictor undone": () => undoPredictor(kernel, bytes),
      "predictor undone, 16 bits": () => undoPredictor(kernel, words),
    },
    21,
  ),
);

function report(title: string, medians: Record<string, number>, reference?: string): void {
  const parts = Object.entries(medians).map(([name, median]) => {
    const ratio =
      reference === undefined || name === reference ? "" : ` (${(median / medians[reference]!).toFixed(2)})`;
    return `${name} ${median.toFixed(2)} ms${ratio}`;
  });
  console.log(`${title}: ${parts.join(" · ")}`);
}
