// What JPEG_QUALITY costs and achieves: pictures of 1,024 pixels drawn from the sources of bench/make-sources.ts,
// encoded at several qualities by our kernel and by libjpeg-turbo (sharp) from the same pixels. Run: npm run
// bench:quality.
import { existsSync, readFileSync } from "node:fs";
import sharp from "sharp";
import { memorySource } from "../src/source/memory.ts";
import { openPyramid } from "../src/tiff/open.ts";
import { drawPlanned, openTools, planPath } from "./engine.ts";
import { benchFolder } from "./sources.ts";
import { formatTable } from "./statistics.ts";

const qualities = [70, 75, 80, 85, 90, 95];
const sources = ["8mp-rgb-444", "40mp-rgb-444", "123mp-rgb-444"].map((name) => `${benchFolder}/sources/${name}.tif`);
const shown = "full/1024,/0/default";

/** Luma and chroma as a viewer sees them: red, green and blue. */
async function pixelsOf(encoded: Uint8Array): Promise<Uint8Array> {
  return sharp(encoded).removeAlpha().raw().toBuffer();
}

/** Returns the peak signal to noise ratio in decibels. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  const sum = a.reduce((total, sample, index) => total + (sample - (b[index] ?? 0)) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}

interface Sums {
  bytes: number;
  decibels: number;
}

const totals = qualities.map(() => ({ ours: { bytes: 0, decibels: 0 }, turbo: { bytes: 0, decibels: 0 } }));
const present = sources.filter((path) => existsSync(path));
for (const path of present) {
  const source = memorySource(new Uint8Array(readFileSync(path)));
  const pyramid = await openPyramid(source);
  const draw = async (format: string, jpegQuality: number): Promise<Uint8Array> => {
    const picture = planPath(`${shown}.${format}`, pyramid, source);
    const { bytes } = await drawPlanned(openTools(), {
      ...picture,
      qualities: { ...picture.qualities, jpeg: jpegQuality },
    });
    return Buffer.concat(bytes);
  };
  const truth = await draw("png", 85);
  const pixels = await pixelsOf(truth);
  const add = async (sums: Sums, encoded: Uint8Array): Promise<void> => {
    sums.bytes += encoded.byteLength;
    sums.decibels += psnr(await pixelsOf(encoded), pixels);
  };
  for (const [index, quality] of qualities.entries()) {
    const total = totals[index];
    if (total === undefined) continue;
    await add(total.ours, await draw("jpg", quality));
    await add(total.turbo, await sharp(truth).jpeg({ quality, optimiseCoding: false }).toBuffer());
  }
}
const row = (sums: Sums): string[] => [
  (sums.bytes / present.length / 1000).toFixed(0),
  (sums.decibels / present.length).toFixed(2),
];
console.log(
  formatTable([
    ["quality", "ours, KB", "ours, dB", "libjpeg-turbo, KB", "libjpeg-turbo, dB"],
    ...qualities.map((quality, index) => {
      const total = totals[index];
      return [String(quality), ...(total === undefined ? [] : [...row(total.ours), ...row(total.turbo)])];
    }),
  ]),
);
