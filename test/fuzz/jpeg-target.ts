import sharp from "sharp";
import { decodeJpegInto, loadJpegTables } from "../../src/codec/jpeg/decoder.ts";
import { readJpegHeader } from "../../src/codec/jpeg/header.ts";
import { openJpegRows } from "../../src/codec/jpeg/row-reader.ts";
import { readJpegRowsHead } from "../../src/codec/jpeg/rows-head.ts";
import { readJpegSegments } from "../../src/codec/jpeg/segments.ts";
import type { MissingRows } from "../../src/codec/missing-rows.ts";
import { ImageError } from "../../src/error.ts";
import type { Area } from "../../src/geometry.ts";
import type { Subsampling } from "../../src/raster/raster.ts";
import { memorySource } from "../../src/source/memory.ts";
import { writeProgressiveJpeg } from "../support/jpeg-progressive-writer.ts";
import { partJpeg } from "../support/jpeg-tables.ts";
import { writeJpeg } from "../support/jpeg-writer.ts";
import { kernelModules } from "../support/kernel.ts";
import { allocateGuarded, type GuardedPlane, readPlane } from "../support/planes.ts";
import type { Random } from "../support/random.ts";
import { GuardedKernel } from "./guarded-kernel.ts";
import { mutateBytes } from "./mutation.ts";
import { type FuzzTarget, Violation } from "./target.ts";

/** How a stream is decoded. */
export interface JpegForm {
  readonly width: number;
  readonly height: number;
  /** How many components are told of. */
  readonly planes: number;
  readonly minimumHeight: number;
  readonly reduction: 1 | 2 | 4 | 8;
  readonly window?: Area;
  readonly subsampling?: Subsampling;
  /** A stream of tables, in base64. */
  readonly tables?: string;
  /** How many bytes are read at a time where the file is decoded by rows as well: it has to come out the same. */
  readonly readBytes?: number;
}

interface JpegSeed {
  readonly bytes: Uint8Array;
  readonly tables?: Uint8Array;
  readonly planes: number;
}

const width = 44;
const height = 29;
const limitBytes = 8 << 20;

/** Returns the target of the JPEG kernel: tables, windows, reductions, sequential and progressive frames, rows. */
export async function jpegTarget(): Promise<FuzzTarget<JpegForm>> {
  const seeds = await buildSeeds();
  const others = seeds.map(({ bytes }) => bytes);
  let kept: GuardedKernel | undefined;
  return {
    name: "jpeg",
    extension: "jpg",
    makeCase: (random) => {
      const seed = random.pick(seeds);
      const bytes = random.next() < 0.95 ? mutateBytes(random, seed.bytes, { others, headBytes: 700 }) : seed.bytes;
      const tables = seed.tables && (random.next() < 0.4 ? mutateBytes(random, seed.tables) : seed.tables);
      const form = { ...pickForm(random, seed), ...(tables && { tables: Buffer.from(tables).toString("base64") }) };
      return { bytes, form };
    },
    async run({ bytes, form }) {
      const kernel = kept ?? new GuardedKernel(kernelModules, limitBytes);
      kept = undefined;
      kernel.reset(limitBytes);
      try {
        if (form.readBytes === undefined) decode(kernel, bytes, form);
        else await compareRows(kernel, bytes, { ...form, readBytes: form.readBytes });
      } finally {
        kernel.checkBlocks();
        if (kernel.memoryBytes <= limitBytes) kept = kernel;
      }
    },
  };
}

function decode(kernel: GuardedKernel, bytes: Uint8Array, form: JpegForm): void {
  const { width, height, reduction } = form;
  const guarded = Array.from({ length: form.planes }, () =>
    allocateGuarded(kernel, Math.ceil(width / reduction), Math.ceil(height / reduction)),
  );
  const planes = guarded.map(({ plane }) => plane);
  const tables = form.tables === undefined ? undefined : Buffer.from(form.tables, "base64");
  try {
    decodeJpegInto(kernel, { ...form, bytes, planes, tables: loadJpegTables(kernel, tables) });
    readJpegHeader(bytes);
    readJpegSegments(bytes);
  } finally {
    for (const plane of guarded) checkGuards(plane);
  }
}

/** Decodes a file at once and by rows. Throws a Violation where samples or what is missing differ, and what both throw. */
async function compareRows(
  kernel: GuardedKernel,
  bytes: Uint8Array,
  { reduction, readBytes }: JpegForm & { readonly readBytes: number },
): Promise<void> {
  const frame = readJpegHeader(bytes);
  const { width, height, components } = frame;
  if (width * height > comparedPixels) return;
  const [whole, parts] = [0, 1].map(() =>
    components.map(() => allocateGuarded(kernel, Math.ceil(width / reduction), Math.ceil(height / reduction))),
  );
  const once = outcomeOf(() => {
    const planes = whole!.map(({ plane }) => plane);
    return decodeJpegInto(kernel, { bytes, planes, width, height, samplings: [], reduction });
  });
  const rows = await outcomeOfAsync(async () => {
    const source = memorySource(bytes);
    const head = await readJpegRowsHead(source);
    const held = { ...head.held, bytes: head.held.bytes.subarray(0, readBytes) };
    const reader = openJpegRows(kernel, { source, head: { ...head, held }, readBytes, reduction });
    return reader.next(
      parts!.map(({ plane }) => plane),
      height,
    );
  });
  for (const plane of [...whole!, ...parts!]) checkGuards(plane);
  // Files of several scans are decoded at once alone.
  if (rows.code === "source-unsupported") return;
  // Of several faults either may find another first.
  const isRefused = rows.code !== undefined && once.code !== undefined;
  if (!isRefused && rows.code !== once.code) throw new Violation(`by rows ${rows.code}, at once ${once.code}`);
  if (isRefused) return;
  if (JSON.stringify(rows.missing) !== JSON.stringify(once.missing)) throw new Violation("other rows are missing");
  for (const [index, { plane }] of parts!.entries()) {
    const [found, expected] = [plane, whole![index]!.plane].map((each) => readPlane(kernel, each).values);
    if (Buffer.compare(found!, expected!) !== 0) throw new Violation(`component ${index} differs`);
  }
}

const comparedPixels = 1 << 16;

interface Outcome {
  readonly code?: string;
  readonly missing?: MissingRows | undefined;
}

function outcomeOf(run: () => MissingRows | undefined): Outcome {
  try {
    return { missing: run() };
  } catch (error) {
    return outcomeOfError(error);
  }
}

async function outcomeOfAsync(run: () => Promise<MissingRows | undefined>): Promise<Outcome> {
  try {
    return { missing: await run() };
  } catch (error) {
    return outcomeOfError(error);
  }
}

function outcomeOfError(error: unknown): Outcome {
  if (error instanceof ImageError) return { code: error.code };
  throw error;
}

function checkGuards({ countChangedGuards }: GuardedPlane): void {
  if (countChangedGuards() > 0) throw new Violation("samples were written outside of a plane");
}

function pickForm(random: Random, { planes }: JpegSeed): JpegForm {
  const isWhole = random.next() < 0.5;
  const isByRows = random.next() < 0.3;
  const window = {
    ...{ x: random.integer(0, width - 1), y: random.integer(0, height - 1) },
    ...{ width: random.integer(1, width), height: random.integer(1, height) },
  };
  return {
    width: random.next() < 0.97 ? width : random.integer(1, 70),
    height: random.next() < 0.9 ? height : random.integer(1, 70),
    planes: random.next() < 0.97 ? planes : random.integer(1, 4),
    minimumHeight: random.pick([1, height]),
    reduction: random.pick([1, 1, 2, 4, 8]),
    ...(isWhole ? {} : { window }),
    ...(isByRows ? { readBytes: random.pick([1, 5, 60, 1000]) } : {}),
    ...(random.next() < 0.3 ? { subsampling: random.pick([1, 2] as const) === 1 ? one : two } : {}),
  };
}

const one: Subsampling = { x: 1, y: 1 };
const two: Subsampling = { x: 2, y: 2 };

async function buildSeeds(): Promise<readonly JpegSeed[]> {
  const sampleAt = (x: number, y: number): number => (x * x + 3 * y * y + x * y) & 255;
  const full = { horizontal: 1, vertical: 1, sampleAt };
  const halved = [{ ...full, horizontal: 2, vertical: 2 }, full, full];
  const written = [
    writeJpeg({ width, height, components: halved, restartInterval: 2 }),
    writeJpeg({ width, height, components: [full, full, full], step: 1 }),
    writeJpeg({ width, height, components: [{ ...full, horizontal: 4 }, full, full], isSeparate: true, step: 300 }),
    writeJpeg({ width, height, components: [full], restartInterval: 1 }),
    writeJpeg({ width, height, components: [full, full, full, full], step: 20 }),
    writeProgressiveJpeg({ width, height, components: [{ ...full, vertical: 2 }, full, full], step: 30 }),
    writeProgressiveJpeg({ width, height, components: halved, step: 60, restartInterval: 3 }),
    writeProgressiveJpeg({ width, height, components: [full], step: 9 }),
  ];
  const samples = Uint8Array.from({ length: width * height * 3 }, (_, at) => sampleAt(at % 97, at >> 5));
  const picture = sharp(samples, { raw: { width, height, channels: 3 } });
  const encoded = [
    await picture.jpeg({ quality: 70 }).toBuffer(),
    await picture.jpeg({ quality: 95, chromaSubsampling: "4:4:4", optimiseCoding: true }).toBuffer(),
    await picture.jpeg({ quality: 60, progressive: true }).toBuffer(),
    await picture.jpeg({ quality: 40, mozjpeg: true }).toBuffer(),
    await picture.clone().grayscale().jpeg({ progressive: true }).toBuffer(),
  ];
  const whole = [...written, ...encoded].map((bytes) => ({ bytes, planes: readJpegHeader(bytes).components.length }));
  const parted = [written[0]!, written[1]!, written[3]!].map((bytes) => {
    const { tables, abbreviated } = partJpeg(bytes);
    return { bytes: abbreviated, tables, planes: readJpegHeader(bytes).components.length };
  });
  return [...whole, ...parted];
}
