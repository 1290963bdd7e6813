// Decodes a large JPEG file to planes: at once, in bands that are gone to from the beginning of the file each time, and by
// rows from a sliding window. Prints milliseconds of CPU a megapixel and kernel memory: medians over rounds, the candidates
// in turn in each. The file is $TESSERA_CORPUS/gallery/photo-nuthatch-20mpx.jpg enlarged, or drawn without that.
import { existsSync } from "node:fs";
import sharp from "sharp";
import { decodeJpegInto } from "../src/codec/jpeg/decoder.ts";
import { openJpegRows } from "../src/codec/jpeg/row-reader.ts";
import { readJpegRowsHead } from "../src/codec/jpeg/rows-head.ts";
import type { Kernel } from "../src/raster/kernel.ts";
import type { Plane } from "../src/raster/raster.ts";
import { memorySource } from "../src/source/memory.ts";
import { openTestKernel } from "../test/support/kernel.ts";
import { quantile } from "./statistics.ts";

const [width, height] = [8000, 6000];
const megapixels = (width * height) / 1e6;
const bandRows = 512;
const rounds = 9;

const bytes = await takePicture();
console.log(`${megapixels} megapixels, ${(bytes.length / 2 ** 20).toFixed(1)} MiB`);

/** Each leaves the picture in planes of `kernel`; returns how much memory that has grown to. */
const candidates: Readonly<Record<string, (kernel: Kernel) => void | Promise<void>>> = {
  "at once": (kernel) => {
    decodeJpegInto(kernel, { bytes, planes: allocate(kernel, height), width, height, samplings: [] });
  },
  [`${bandRows} rows at a time, from the beginning each time`]: (kernel) => {
    const planes = allocate(kernel, bandRows);
    for (let y = 0; y < height; y += bandRows) {
      const rows = Math.min(bandRows, height - y);
      const placed = planes.map((plane, index) => {
        const above = index === 0 ? y : y / 2;
        return { ...plane, pointer: plane.pointer - above * plane.stride, height: above + plane.height };
      });
      const window = { x: 0, y, width, height: rows };
      decodeJpegInto(kernel, { bytes, planes: placed, width, height, samplings: [], window });
    }
  },
  [`${bandRows} rows at a time, from a window`]: (kernel) => readRows(kernel, bandRows),
  "16 rows at a time, from a window": (kernel) => readRows(kernel, 16),
};

const times = new Map<string, number[]>();
const memory = new Map<string, number>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, run] of Object.entries(candidates)) {
    const kernel = openTestKernel();
    const before = process.cpuUsage();
    await run(kernel);
    const { user, system } = process.cpuUsage(before);
    times.set(name, [...(times.get(name) ?? []), (user + system) / 1000 / megapixels]);
    memory.set(name, kernel.memoryBytes);
  }
}
for (const [name, list] of times) {
  const kernelMiB = ((memory.get(name) ?? 0) / 2 ** 20).toFixed(1);
  const figures = `median ${quantile(list, 0.5).toFixed(2)} ms/Mpx   best ${Math.min(...list).toFixed(2)} ms/Mpx`;
  console.log(`${name.padEnd(52)} ${figures}   ${kernelMiB.padStart(6)} MiB`);
}

async function readRows(kernel: Kernel, rows: number): Promise<void> {
  const source = memorySource(bytes);
  const reader = openJpegRows(kernel, { source, head: await readJpegRowsHead(source) });
  const planes = allocate(kernel, rows);
  while (reader.row < height) await reader.next(planes, Math.min(rows, height - reader.row));
}

function allocate(kernel: Kernel, rows: number): Plane[] {
  return [1, 2, 2].map((factor) => kernel.allocatePlane(width / factor, Math.ceil(rows / factor)));
}

async function takePicture(): Promise<Uint8Array> {
  const path = `${process.env.TESSERA_CORPUS ?? ""}/gallery/photo-nuthatch-20mpx.jpg`;
  const options = { quality: 90, chromaSubsampling: "4:2:0" } as const;
  if (existsSync(path)) return sharp(path).resize(width, height, { fit: "fill" }).jpeg(options).toBuffer();
  const drawn = Buffer.alloc(width * height * 3);
  for (let at = 0; at < drawn.length; at += 1) {
    const x = Math.floor(at / 3) % width;
    const y = Math.floor(at / 3 / width);
    drawn[at] = 128 + 60 * Math.sin(x / (3 + (y >> 7))) * Math.cos(y / 11) + ((Math.imul(at, 2654435761) >>> 27) - 16);
  }
  return sharp(drawn, { raw: { width, height, channels: 3 } })
    .jpeg(options)
    .toBuffer();
}
