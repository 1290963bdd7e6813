import { createHash } from "node:crypto";
import sharp from "sharp";
import { IsolateCache } from "../../src/cache/isolate.ts";
import type { ColorTable } from "../../src/color/table.ts";
import { Kernel } from "../../src/raster/kernel.ts";
import { openSource } from "../../src/remake/opened-source.ts";
import { planRemake } from "../../src/remake/plan.ts";
import { type RemadeMaster, type Remake, type RemakePorts, runRemake } from "../../src/remake/run.ts";
import type { Spill } from "../../src/remake/spill.ts";
import type { MasterMarks, Target } from "../../src/remake/target.ts";
import type { RemakeSettings } from "../../src/remake/treatment.ts";
import { Kernels } from "../../src/render/kernels.ts";
import type { ByteSource } from "../../src/source/byte-source.ts";
import { memorySource } from "../../src/source/memory.ts";
import { kernelModules } from "./kernel.ts";
import { lcmsModule } from "./lcms.ts";

/** A spill in memory that tells what was put into it. */
export class MemorySpill implements Spill {
  readonly objects = new Map<string, Uint8Array>();
  /** The names that were written, in order. */
  readonly puts: string[] = [];

  async put(name: string, bytes: Uint8Array): Promise<void> {
    this.puts.push(name);
    this.objects.set(name, bytes.slice());
  }

  async get(name: string, range?: { readonly offset: number; readonly length: number }) {
    const bytes = this.objects.get(name);
    return bytes && range ? bytes.slice(range.offset, range.offset + range.length) : bytes?.slice();
  }

  /** How often each block was made to its end, by its name. */
  blocksMade(): readonly number[] {
    const made = this.puts.filter((name) => /block-\d+\.json$/.test(name));
    return [...new Set(made)].map((name) => made.filter((other) => other === name).length);
  }
}

/** A target in memory that shows what could be seen there, and holds uploads to the rules of R2. */
export class MemoryTarget implements Target {
  readonly name = "target";
  /** What is to be seen. */
  file: Uint8Array | undefined;
  /** What was written on the last file that was begun. */
  marks: MasterMarks | undefined;
  /** Sizes of the parts that the file was made of; none for one that was put at once. */
  partSizes: readonly number[] = [];
  /** Uploads that are under way. */
  readonly uploads = new Map<string, Uint8Array[]>();
  #begun = 0;

  async put(bytes: Uint8Array, marks: MasterMarks): Promise<void> {
    this.marks = marks;
    this.file = bytes.slice();
  }

  async begin(marks: MasterMarks): Promise<string> {
    this.marks = marks;
    this.#begun += 1;
    const upload = `upload-${this.#begun}`;
    this.uploads.set(upload, []);
    return upload;
  }

  async part(upload: string, number: number, bytes: Uint8Array) {
    const parts = this.uploads.get(upload);
    if (parts === undefined) throw new Error(`no upload ${upload}`);
    parts[number - 1] = bytes.slice();
    return { number, tag: `${upload}-${number}` };
  }

  async complete(upload: string, parts: readonly { readonly number: number }[]): Promise<void> {
    const held = this.uploads.get(upload) ?? [];
    if (parts.length !== held.length) throw new Error("parts are missing");
    this.partSizes = held.map(({ byteLength }) => byteLength);
    this.file = Buffer.concat(held);
    this.uploads.delete(upload);
  }

  async abort(upload: string): Promise<void> {
    this.uploads.delete(upload);
  }
}

/** Gives each that asks a kernel of its own, and tells how much was asked for and what each has grown to. */
export class FreshKernels extends Kernels {
  readonly taken: { readonly bytes: number; readonly kernel: Kernel }[] = [];

  constructor() {
    super(kernelModules);
  }

  override take(bytes: number): Kernel {
    const kernel = new Kernel(kernelModules, bytes);
    this.taken.push({ bytes, kernel });
    return kernel;
  }

  override giveBack(): void {}
}

const kernels = new Kernels(kernelModules);
const colorTables = { kept: new IsolateCache<ColorTable>(1 << 22), module: lcmsModule };

/** JPEG of quality 89 in tiles of 256. */
export const usualSettings: RemakeSettings = { compression: "jpeg", quality: 89, tileSize: 256 };

/** Deflate in tiles of 256. */
export const losslessSettings: RemakeSettings = { compression: "deflate", quality: 89, tileSize: 256 };

/** Returns what a conversion in a test works with; all in memory but what is given. */
export function openPorts<Given extends Partial<RemakePorts>>(given: Given) {
  const ports = {
    tools: { kernels, colorTables },
    spill: new MemorySpill(),
    target: new MemoryTarget(),
    digest: () => {
      const hash = createHash("sha256");
      return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest("hex") };
    },
    now: () => performance.now(),
  };
  return { ...ports, ...given } as Omit<typeof ports, keyof Given> & Given;
}

/** Returns a bound of memory under which an image is divided into blocks of this shape, written "WIDTHxHEIGHT". */
export async function memoryFor(file: Uint8Array, settings: RemakeSettings, shape: string): Promise<number> {
  const source = await openSource({ source: memorySource(file) }, settings);
  for (let memoryBytes = 40 << 20; memoryBytes > 0; memoryBytes -= 1 << 16) {
    const plan = planRemake(source, { settings, memoryBytes });
    if (`${plan.shape.width}x${plan.shape.height}` === shape) return memoryBytes;
  }
  throw new Error(`no bound gives blocks of ${shape}`);
}

/** Converts a file and returns the master; every tile of it is verified. */
export async function remakeFile(
  file: Uint8Array | ByteSource,
  settings: Partial<Remake> & { readonly settings: RemakeSettings },
): Promise<{ readonly file: Uint8Array; readonly master: RemadeMaster; readonly spill: MemorySpill }> {
  const target = new MemoryTarget();
  const spill = new MemorySpill();
  const source = file instanceof Uint8Array ? memorySource(file) : file;
  const master = await runRemake({ source, verify: "all", ...settings }, openPorts({ target, spill }));
  if (target.file === undefined) throw new Error("nothing was written");
  return { file: target.file, master, spill };
}

/** Samples of 8 bits, interleaved. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Buffer;
}

/** Reads the levels of a pyramid by libvips. */
export async function readLevels(file: Uint8Array): Promise<readonly Samples[]> {
  const { pages = 1 } = await sharp(file).metadata();
  return Promise.all(
    Array.from({ length: pages }, async (_, page) => {
      const { data, info } = await sharp(file, { page }).raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, channels: info.channels as Samples["channels"], data };
    }),
  );
}

/** Writes a pyramid by libvips as the ingest does. */
export function writeByLibvips(picture: Samples, settings: RemakeSettings): Promise<Buffer> {
  const { compression, quality, tileSize } = settings;
  return asImage(picture)
    .tiff({
      ...{ compression, quality, predictor: "horizontal", pyramid: true, bigtiff: true },
      ...{ tile: true, tileWidth: tileSize, tileHeight: tileSize },
    })
    .toBuffer();
}

/** Returns samples as libvips takes them. */
export function asImage({ data, ...raw }: Samples) {
  const image = sharp(data, { raw });
  return raw.channels < 3 ? image.toColourspace("b-w") : image;
}

/** Makes a picture of slopes and arcs in which no two places are alike. */
export function makePattern(width: number, height: number, channels: Samples["channels"] = 3): Samples {
  const data = Buffer.alloc(width * height * channels);
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < channels; channel += 1, at += 1) {
        data[at] = 3 * x + 5 * y + ((x * y) >> 5) + 80 * channel;
      }
    }
  }
  return { width, height, channels, data };
}

/** Writes a picture as a TIFF in strips without loss. */
export function inStrips(picture: Samples): Promise<Buffer> {
  return asImage(picture).tiff({ compression: "lzw", predictor: "horizontal" }).toBuffer();
}

/**
 * Makes a picture that is like a photograph: shapes of all sizes, the smaller the weaker, with edges and a little noise.
 * The same each time.
 */
export async function makePhotograph(width: number, height: number, channels: 1 | 3 | 4 = 3): Promise<Samples> {
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed / 2 ** 32;
  };
  const sums = new Float32Array(width * height * channels).fill(128);
  for (let side = 4; side <= 256; side *= 2) {
    const small = Buffer.from(Array.from({ length: side * side * channels }, () => random() * 256));
    const enlarged = await sharp(small, { raw: { width: side, height: side, channels } })
      .resize(width, height, { fit: "fill", kernel: side < 32 ? "cubic" : "nearest" })
      .raw()
      .toBuffer();
    const weight = 1.4 / Math.sqrt(side);
    for (let index = 0; index < sums.length; index += 1) {
      sums[index] = (sums[index] ?? 0) + ((enlarged[index] ?? 0) - 128) * weight;
    }
  }
  const data = Buffer.from(Uint8ClampedArray.from(sums, (sum) => sum + (random() - 0.5) * 6));
  return { width, height, channels, data };
}

/** Returns the peak signal-to-noise ratio of samples in decibels; infinite for equal ones. */
export function psnr(samples: Uint8Array, reference: Uint8Array): number {
  if (samples.length !== reference.length) throw new Error(`${samples.length} samples and ${reference.length}`);
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index]! - reference[index]!) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / samples.length));
}
