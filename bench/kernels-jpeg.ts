// Decodes and encodes 256 x 256 tiles, 4:2:0 at quality 85, with the JPEG kernels, with libjpeg-turbo (through sharp, on
// one thread) and with @jsquash/jpeg. Prints microseconds a tile: medians over rounds, the candidates in turn in each.
// Tiles are cut from the photographs in $TESSERA_CORPUS/gallery, or from a drawn picture without that.
import { existsSync, readdirSync } from "node:fs";
import decodeMozjpeg, { init as initDecoder } from "@jsquash/jpeg/decode.js";
import encodeMozjpeg, { init as initEncoder } from "@jsquash/jpeg/encode.js";
import sharp from "sharp";
import { decodeJpegInto, loadJpegTables } from "../src/codec/jpeg/decoder.ts";
import { createJpegEncoder } from "../src/codec/jpeg/encoder.ts";
import type { Plane } from "../src/raster/raster.ts";
import { partJpeg } from "../test/support/jpeg-tables.ts";
import { openTestKernel } from "../test/support/kernel.ts";
import { compileModule, StoredImage } from "./jsquash.ts";

const side = 256;
/** Tiles on each side of the picture. */
const across = 6;
const quality = 85;
const budgetSeconds = 6;

sharp.concurrency(1);
sharp.cache(false);
await initDecoder(compileModule("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"));
await initEncoder(compileModule("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm"));

const picture = await takePicture(side * across);
const raw = { width: side * across, height: side * across, channels: 3 } as const;
const jpegOptions = { quality, chromaSubsampling: "4:2:0", optimizeCoding: false } as const;
const whole = await sharp(picture, { raw }).jpeg(jpegOptions).toBuffer();
const tiles: Uint8Array[] = [];
const pixels: Buffer[] = [];
for (let index = 0; index < across * across; index++) {
  const left = (index % across) * side;
  const top = Math.floor(index / across) * side;
  const tile = sharp(picture, { raw }).extract({ left, top, width: side, height: side });
  pixels.push(await tile.clone().raw().toBuffer());
  tiles.push(await tile.jpeg(jpegOptions).toBuffer());
}
const bytes = tiles.reduce((sum, tile) => sum + tile.length, 0);
console.log(`${tiles.length} tiles of ${Math.round(bytes / tiles.length)} bytes on average`);

const kernel = openTestKernel();
const planes: Plane[] = [
  kernel.allocatePlane(side, side),
  kernel.allocatePlane(side / 2, side / 2),
  kernel.allocatePlane(side / 2, side / 2),
];
const tables = loadJpegTables(kernel, partJpeg(tiles[0]!).tables);
const abbreviated = tiles.map((tile) => partJpeg(tile).abbreviated);

await compare("decode", {
  "kernel, to planes": () => {
    for (const tile of abbreviated) decodeJpegInto(kernel, { tables, bytes: tile, planes, width: side, height: side });
  },
  "kernel, to planes of half the size": () => {
    for (const tile of abbreviated) {
      decodeJpegInto(kernel, { tables, bytes: tile, planes, width: side, height: side, reduction: 2 });
    }
  },
  "sharp, to RGB, tile by tile": async () => {
    for (const tile of tiles) await sharp(tile).raw().toBuffer();
  },
  "sharp, to RGB, as one picture": async () => {
    await sharp(whole).raw().toBuffer();
  },
  "@jsquash/jpeg, to RGBA": async () => {
    for (const tile of tiles) await decodeMozjpeg(exactBuffer(tile));
  },
});

const tilePlanes = tiles.map((tile) => {
  const copy = [0, 1, 1].map((shift) => kernel.allocatePlane(side >> shift, side >> shift));
  decodeJpegInto(kernel, { bytes: tile, planes: copy, width: side, height: side });
  return copy;
});
const rgba = pixels.map((rgb) => {
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let pixel = 0; pixel < side * side; pixel++) data.set(rgb.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  return new StoredImage(data, side, side);
});
await compare("encode", {
  "kernel, from planes": () => {
    for (const source of tilePlanes) {
      const mark = kernel.mark();
      const encoder = createJpegEncoder(kernel, {
        width: side,
        height: side,
        model: "ycbcr",
        subsampling: { x: 2, y: 2 },
        quality,
      });
      encoder.write({ planes: source, rows: side });
      encoder.finish();
      kernel.release(mark);
    }
  },
  "sharp, from RGB, tile by tile": async () => {
    for (const rgb of pixels) {
      await sharp(rgb, { raw: { ...raw, width: side, height: side } })
        .jpeg(jpegOptions)
        .toBuffer();
    }
  },
  "sharp, from RGB, as one picture": async () => {
    await sharp(picture, { raw }).jpeg(jpegOptions).toBuffer();
  },
  "@jsquash/jpeg, from RGBA, baseline": async () => {
    for (const image of rgba.slice(0, 4)) {
      await encodeMozjpeg(image, { quality, baseline: true, progressive: false, optimize_coding: false });
    }
  },
});

/** Runs the candidates in turn until the time is up and prints the median of each, a tile. */
async function compare(title: string, candidates: Readonly<Record<string, () => void | Promise<void>>>): Promise<void> {
  const times = new Map<string, number[]>();
  const end = performance.now() + 1000 * budgetSeconds;
  for (let round = 0; round < 3 || performance.now() < end; round++) {
    for (const [name, run] of Object.entries(candidates)) {
      const start = performance.now();
      await run();
      const count = name.startsWith("@jsquash/jpeg, from") ? 4 : tiles.length;
      const list = times.get(name) ?? [];
      list.push((1000 * (performance.now() - start)) / count);
      times.set(name, list);
    }
  }
  for (const [name, list] of times) {
    const sorted = list.toSorted((a, b) => a - b);
    console.log(
      `${title}  ${name.padEnd(36)} median ${sorted[sorted.length >> 1]!.toFixed(0).padStart(6)} µs   best ${sorted[0]!.toFixed(0).padStart(6)} µs   rounds ${list.length}`,
    );
  }
}

/** Takes a square picture made of as many photographs as there are, four at most, or draws one. */
async function takePicture(length: number): Promise<Buffer> {
  const folder = `${process.env.TESSERA_CORPUS ?? ""}/gallery`;
  const half = length / 2;
  const parts: { input: Buffer; left: number; top: number }[] = [];
  const photographs = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("photo-")) : [];
  for (const [index, name] of photographs.slice(0, 4).entries()) {
    const input = await sharp(`${folder}/${name}`).resize(half, half, { fit: "cover" }).png().toBuffer();
    parts.push({ input, left: (index % 2) * half, top: (index >> 1) * half });
  }
  const drawn = Buffer.alloc(length * length * 3);
  for (let at = 0; at < drawn.length; at++) {
    const x = Math.floor(at / 3) % length;
    const y = Math.floor(at / 3 / length);
    drawn[at] = 128 + 60 * Math.sin(x / (3 + (y >> 7))) * Math.cos(y / 11) + ((Math.imul(at, 2654435761) >>> 27) - 16);
  }
  return sharp(drawn, { raw: { width: length, height: length, channels: 3 } })
    .composite(parts)
    .removeAlpha()
    .raw()
    .toBuffer();
}

function exactBuffer(view: Uint8Array): ArrayBuffer {
  return view.slice().buffer as ArrayBuffer;
}
