// What encoders of WebP cost and achieve, from the same pixels: ours, libwebp in WebAssembly (@jsquash/webp) and libwebp
// native (sharp, one thread). Pictures are those of bench/make-sources.ts at 1,024 pixels, or files that are named. Prints
// processor time, and bytes at the PSNR and the SSIM of sharp at effort 2. Run: npx -c "node bench/webp.ts [FILE...]".
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import createEncoder from "@jsquash/webp/codec/enc/webp_enc.js";
import createSimdEncoder from "@jsquash/webp/codec/enc/webp_enc_simd.js";
import { defaultOptions } from "@jsquash/webp/meta.js";
import sharp from "sharp";
import { createVp8Encoder } from "../src/codec/webp/encoder.ts";
import { filterLevelOf, quantiserOf } from "../src/codec/webp/quantiser.ts";
import { compileKernelModules } from "../src/node/compiled-modules.ts";
import { rgbToYcbcrHalved } from "../src/raster/color.ts";
import { Kernel } from "../src/raster/kernel.ts";
import type { ThreePlanes } from "../src/raster/raster.ts";
import { pathOf, sources } from "./sources.ts";
import { formatTable, spreadOf } from "./statistics.ts";

interface Picture {
  readonly rgb: Uint8Array;
  readonly rgba: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

interface Encoder {
  readonly name: string;
  encode(picture: Picture, quality: number): Promise<Uint8Array>;
}

const qualities = [60, 70, 80, 90];
const runs = 7;
const require = createRequire(import.meta.url);
sharp.concurrency(1);
sharp.cache(false);

async function openPicture(path: string): Promise<Picture> {
  const read = sharp(path, { limitInputPixels: false }).removeAlpha().toColourspace("srgb");
  const shown = read.resize(1024, 1024, { fit: "inside", withoutEnlargement: true });
  const { data: rgb, info } = await shown.raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const rgba = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .ensureAlpha()
    .raw()
    .toBuffer();
  return { rgb, rgba: new Uint8ClampedArray(rgba), width, height };
}

const kernel = new Kernel(compileKernelModules(), 64 << 20);

/** As the service does: planes become YCbCr, and go to the encoder 16 rows at a time. */
async function encodeOurs({ rgb, width, height }: Picture, quality: number): Promise<Uint8Array> {
  kernel.reset(64 << 20);
  const quantiser = quantiserOf(quality);
  const encoder = createVp8Encoder(kernel, {
    width,
    height,
    model: "ycbcr",
    quantiser,
    filterLevel: filterLevelOf(quantiser),
    keptMaximum: 4 * width * height + 4096,
  });
  const plane = (rows: number, columns = width) => kernel.allocatePlane(columns, rows);
  const source: ThreePlanes = [plane(16), plane(16), plane(16)];
  const [chromaWidth, y] = [Math.ceil(width / 2), plane(16)];
  const chroma = [plane(8, chromaWidth), plane(8, chromaWidth)] as const;
  for (let first = 0; first < height; first += 16) {
    const rows = Math.min(16, height - first);
    const { bytes } = kernel;
    for (let row = 0; row < rows; row++) {
      const from = 3 * width * (first + row);
      for (const [sample, { pointer, stride }] of source.entries()) {
        const to = pointer + row * stride;
        for (let x = 0; x < width; x++) bytes[to + x] = rgb[from + 3 * x + sample] ?? 0;
      }
    }
    const part = source.map((rest) => ({ ...rest, height: rows })) as unknown as ThreePlanes;
    rgbToYcbcrHalved(kernel, { source: part, destination: [y, ...chroma] });
    encoder.write({ planes: [y, ...chroma], rows });
  }
  return riff(await encoder.finish());
}

function riff(frame: readonly Uint8Array[]): Uint8Array {
  const data = Buffer.concat(frame);
  const head = Buffer.alloc(20);
  head.write("RIFF    WEBPVP8 ", "latin1");
  head.writeUInt32LE(12 + data.byteLength + (data.byteLength % 2), 4);
  head.writeUInt32LE(data.byteLength, 16);
  return Buffer.concat([head, data, Buffer.alloc(data.byteLength % 2)]);
}

function jsquash(isSimd: boolean, method: number): Encoder {
  const file = require.resolve(`@jsquash/webp/codec/enc/webp_enc${isSimd ? "_simd" : ""}.wasm`);
  const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;
  const module = new Module(readFileSync(file));
  const create = isSimd ? createSimdEncoder : createEncoder;
  const encode = async ({ rgba, width, height }: Picture, quality: number): Promise<Uint8Array> => {
    const encoder = await create({
      noInitialRun: true,
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        const instance = new WebAssembly.Instance(module, imports);
        done(instance);
        return instance.exports;
      },
    });
    const encoded = encoder.encode(rgba, width, height, { ...defaultOptions, quality, method });
    if (encoded === null) throw new Error("libwebp refused the picture");
    return encoded;
  };
  return { name: `@jsquash/webp${isSimd ? "" : " without SIMD"}, method ${method}`, encode };
}

function native(effort: number): Encoder {
  return {
    name: `sharp, effort ${effort}`,
    encode: ({ rgb, width, height }, quality) =>
      sharp(rgb, { raw: { width, height, channels: 3 } })
        .webp({ quality, effort })
        .toBuffer(),
  };
}

const reference = native(2);
const encoders: readonly Encoder[] = [
  reference,
  { name: "ours", encode: encodeOurs },
  ...[0, 1, 2, 3, 4].map((method) => jsquash(true, method)),
  jsquash(false, 2),
  native(0),
  native(4),
];

/** Peak signal to noise ratio of red, green and blue in decibels. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}

/** Mean structural similarity of luma over windows of 8 by 8, as decibels of what it lacks. */
function ssim(a: Uint8Array, b: Uint8Array, width: number, height: number): number {
  const luma = (rgb: Uint8Array, at: number): number =>
    0.299 * (rgb[3 * at] ?? 0) + 0.587 * (rgb[3 * at + 1] ?? 0) + 0.114 * (rgb[3 * at + 2] ?? 0);
  let total = 0;
  let count = 0;
  for (let top = 0; top + 8 <= height; top += 4) {
    for (let left = 0; left + 8 <= width; left += 4) {
      let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
      for (let y = top; y < top + 8; y++) {
        for (let x = left; x < left + 8; x++) {
          const [p, q] = [luma(a, y * width + x), luma(b, y * width + x)];
          sa += p;
          sb += q;
          saa += p * p;
          sbb += q * q;
          sab += p * q;
        }
      }
      const [ma, mb] = [sa / 64, sb / 64];
      const [va, vb, cov] = [saa / 64 - ma * ma, sbb / 64 - mb * mb, sab / 64 - ma * mb];
      total += ((2 * ma * mb + 6.5025) * (2 * cov + 58.5225)) / ((ma * ma + mb * mb + 6.5025) * (va + vb + 58.5225));
      count++;
    }
  }
  return -10 * Math.log10(1 - total / count);
}

interface Point {
  readonly bytes: number;
  readonly psnr: number;
  readonly ssim: number;
}

/** The bytes of a curve at a value of `measure`, by the logarithm between its points, or beyond the last two. */
function bytesAt(points: readonly Point[], measure: "psnr" | "ssim", value: number): number {
  const at = points.findIndex((point) => point[measure] >= value);
  const upper = Math.max(1, at < 0 ? points.length - 1 : at);
  const [a, b] = [points[upper - 1], points[upper]];
  if (a === undefined || b === undefined) throw new Error("a curve of fewer than two points");
  const part = (value - a[measure]) / (b[measure] - a[measure]);
  return Math.exp(Math.log(a.bytes) + part * (Math.log(b.bytes) - Math.log(a.bytes)));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const files = process.argv.length > 2 ? process.argv.slice(2) : sources.slice(0, 6).map(pathOf);
const found = new Map(
  encoders.map(({ name }) => [name, { ms: [] as number[], least: [] as number[], curves: [] as Point[][] }]),
);
for (const file of files) {
  const picture = await openPicture(file);
  for (const encoder of encoders) {
    const curve: Point[] = [];
    for (const quality of qualities) {
      const encoded = await encoder.encode(picture, quality);
      const shown = await sharp(encoded).removeAlpha().raw().toBuffer();
      const { rgb, width, height } = picture;
      curve.push({ bytes: encoded.byteLength, psnr: psnr(rgb, shown), ssim: ssim(rgb, shown, width, height) });
    }
    found.get(encoder.name)?.curves.push(curve);
  }
  const times = new Map(encoders.map(({ name }) => [name, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    for (const encoder of encoders) {
      const start = process.cpuUsage();
      await encoder.encode(picture, 80);
      const { user, system } = process.cpuUsage(start);
      times.get(encoder.name)?.push((user + system) / 1000);
    }
  }
  for (const [name, list] of times) {
    const megapixels = (picture.width * picture.height) / 1e6;
    found.get(name)?.ms.push(spreadOf(list).median / megapixels);
    found.get(name)?.least.push(Math.min(...list) / megapixels);
  }
}

const base = found.get(reference.name);
const rows = encoders.map(({ name }) => {
  const { ms = [], least = [], curves = [] } = found.get(name) ?? {};
  const ratio = (measure: "psnr" | "ssim"): number =>
    mean(
      curves.flatMap((curve, picture) =>
        (base?.curves[picture] ?? []).slice(0, 3).map((point) => bytesAt(curve, measure, point[measure]) / point.bytes),
      ),
    );
  const at80 = curves.map((curve) => curve[2]);
  return [
    name,
    mean(ms).toFixed(1),
    mean(least).toFixed(1),
    (mean(at80.map((point) => point?.bytes ?? 0)) / 1000).toFixed(1),
    mean(at80.map((point) => point?.psnr ?? 0)).toFixed(2),
    mean(at80.map((point) => point?.ssim ?? 0)).toFixed(2),
    ratio("psnr").toFixed(3),
    ratio("ssim").toFixed(3),
  ];
});
console.log(
  formatTable([
    ["encoder", "ms a megapixel", "least", "KB at 80", "PSNR", "SSIM, dB", "bytes at equal PSNR", "at equal SSIM"],
    ...rows,
  ]),
);
