// Measures the byte decoders of TIFF tiles (LZW, Deflate, PackBits) next to those of the geotiff package, in one run.
// Run: npm run build && TESSERA_CORPUS=FOLDER npx -c "node bench/kernels-bytes.ts"
import { existsSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { getDecoder } from "geotiff";
import sharp from "sharp";
import { type ByteCompression, decompressInto } from "../src/codec/decompress.ts";
import { fileEncoding } from "../src/files/image-file.ts";
import { openTestKernel } from "../test/support/kernel.ts";
import { writeLzw } from "../test/support/lzw-writer.ts";
import { writePackBits } from "../test/support/pack-bits-writer.ts";

const side = 256;
const byteLength = side * side * 3;
const rounds = 41;

/** A tile of a photograph where a folder of images is named, else of a drawn one. */
async function tileSamples(): Promise<Uint8Array> {
  const photograph = join(process.env.TESSERA_CORPUS ?? "", "gallery", "photo-pier-20mpx.jpg");
  if (existsSync(photograph)) {
    return sharp(photograph).resize(2048).extract({ left: 700, top: 500, width: side, height: side }).raw().toBuffer();
  }
  return Uint8Array.from(
    { length: byteLength },
    (_, index) => 128 + 90 * Math.sin(index / 700) + ((index * 7919) % 13),
  );
}

/** Horizontal differences, as writers make them before LZW and Deflate. */
function difference(samples: Uint8Array): Uint8Array {
  return samples.map((sample, index) => (index % (side * 3) < 3 ? sample : sample - (samples[index - 3] ?? 0)));
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

const samples = await tileSamples();
const contests: readonly { readonly compression: ByteCompression; readonly tag: number; readonly bytes: Uint8Array }[] =
  [
    { compression: "lzw", tag: 5, bytes: writeLzw(difference(samples)) },
    { compression: "deflate", tag: 8, bytes: deflateSync(difference(samples)) },
    { compression: "packbits", tag: 32773, bytes: writePackBits(samples, side * 3) },
  ];

const encoding = fileEncoding({ compression: "none", model: "rgb", bits: 8, samplesPerPixel: 3 });
const kernel = openTestKernel(64 << 20);
const target = kernel.allocate(byteLength + 64);
console.log("| decoder | bytes in | ours, µs | geotiff, µs | ratio |\n|---|---|---|---|---|");
for (const { compression, tag, bytes } of contests) {
  const decoder = await getDecoder(tag, {
    tileWidth: side,
    tileHeight: side,
    predictor: 1,
    bitsPerSample: [8, 8, 8],
    planarConfiguration: 1,
  } as never);
  const contestants = {
    ours: () => decompressInto(kernel, { compression, bytes, target, byteLength, width: side, rows: side, encoding }),
    geotiff: async () => decoder.decode(bytes.slice().buffer as ArrayBuffer),
  };
  const times = { ours: [] as number[], geotiff: [] as number[] };
  for (let round = -5; round < rounds; round += 1) {
    for (const name of ["ours", "geotiff"] as const) {
      const began = performance.now();
      await contestants[name]();
      if (round >= 0) times[name].push((performance.now() - began) * 1000);
    }
  }
  const [ours, theirs] = [median(times.ours), median(times.geotiff)];
  console.log(
    `| ${compression} | ${bytes.length} | ${ours.toFixed(0)} | ${theirs.toFixed(0)} | ${(ours / theirs).toFixed(2)} |`,
  );
}
