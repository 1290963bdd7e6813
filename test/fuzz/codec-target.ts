import { deflateSync, zstdCompressSync } from "node:zlib";
import { decompressInto, type PackedTile } from "../../src/codec/decompress.ts";
import { isStreamed, openPackedStream, type StreamForm } from "../../src/codec/packed-stream.ts";
import { fileEncoding } from "../../src/files/image-file.ts";
import { planeSlackBytes } from "../../src/raster/raster.ts";
import { makePage } from "../support/ccitt-decoding.ts";
import { writeCcitt } from "../support/ccitt-writer.ts";
import { kernelModules } from "../support/kernel.ts";
import { writeLzw } from "../support/lzw-writer.ts";
import { writePackBits } from "../support/pack-bits-writer.ts";
import { openRandom, type Random } from "../support/random.ts";
import { GuardedKernel } from "./guarded-kernel.ts";
import { mutateBytes } from "./mutation.ts";
import type { FuzzTarget } from "./target.ts";

/** How a tile is decompressed. */
export interface CodecForm extends Pick<PackedTile, "byteLength" | "width" | "rows" | "compression"> {
  readonly isBitReversed: boolean;
  readonly isTwoDimensional: boolean;
  readonly isByteAligned: boolean;
}

type CodecName = "lzw" | "packbits" | "deflate" | "zstd" | "ccitt";

/** The compressions that have a target each. */
export const codecNames: readonly CodecName[] = ["lzw", "packbits", "deflate", "zstd", "ccitt"];

const limitBytes = 4 << 20;
const faxSchemes = ["rle", "g3", "g4"] as const;

/** Returns the target of tiles of a compression of bytes. */
export function codecTarget(name: CodecName): FuzzTarget<CodecForm> {
  const seeds = buildSeeds(name);
  let kept: GuardedKernel | undefined;
  return {
    name,
    extension: "bin",
    makeCase: (random) => {
      const { bytes, form } = random.pick(seeds);
      const mutated = mutateBytes(random, bytes, { headBytes: 40, others: seeds.map((seed) => seed.bytes) });
      return { bytes: mutated, form: name === "ccitt" ? pickFax(random, form) : pickForm(random, form) };
    },
    async run({ bytes, form }) {
      const kernel = kept ?? new GuardedKernel(kernelModules, limitBytes);
      kept = undefined;
      kernel.reset(limitBytes);
      try {
        await decompress(kernel, bytes, form);
      } finally {
        kernel.checkBlocks();
        kept = kernel;
      }
    },
  };
}

async function decompress(kernel: GuardedKernel, bytes: Uint8Array, form: CodecForm): Promise<void> {
  const { compression, byteLength, isBitReversed, isTwoDimensional, isByteAligned } = form;
  const plain = fileEncoding({ compression, model: "gray", bits: 8, samplesPerPixel: 1 });
  const layout = { ...plain.layout, isBitReversed };
  const encoding = { ...plain, layout, ccitt: { isTwoDimensional, isByteAligned } };
  const target = kernel.allocate(byteLength + planeSlackBytes);
  decompressInto(kernel, { ...form, bytes, target, encoding });
  if (isStreamed(compression)) compareParts(kernel, bytes, { compression, isBitReversed, byteLength, whole: target });
}

/** Decodes again in parts, which must come to the same. */
function compareParts(
  kernel: GuardedKernel,
  bytes: Uint8Array,
  { whole, byteLength, ...form }: StreamForm & { readonly whole: number; readonly byteLength: number },
): void {
  const stream = openPackedStream(kernel, form);
  const target = kernel.allocate(byteLength + planeSlackBytes);
  kernel.bytes.fill(0, target, target + byteLength);
  let fed = 0;
  for (let written = 0; written < byteLength; ) {
    const asked = Math.min(partBytes.taken, byteLength - written);
    const count = stream.take(target + written, asked);
    written += count;
    if (count === asked) continue;
    if (stream.isEnded) break;
    stream.feed(fed < bytes.length ? bytes.subarray(fed, fed + partBytes.fed) : undefined);
    fed += partBytes.fed;
  }
  const [one, other] = [whole, target].map((at) => kernel.bytes.subarray(at, at + byteLength));
  if (Buffer.compare(one ?? bytes, other ?? bytes) !== 0) throw new Error("decoded in parts it has other bytes");
}

const partBytes = { fed: 777, taken: 1000 } as const;

interface CodecSeed {
  readonly bytes: Uint8Array;
  readonly form: CodecForm;
}

function pickForm(random: Random, form: CodecForm): CodecForm {
  const byteLength = random.next() < 0.6 ? form.byteLength : random.integer(1, 3 * form.byteLength);
  return { ...form, byteLength, width: byteLength, isBitReversed: random.next() < 0.1 };
}

function pickFax(random: Random, form: CodecForm): CodecForm {
  const width = random.next() < 0.7 ? form.width : random.integer(1, 4000);
  const rows = random.next() < 0.7 ? form.rows : random.integer(1, 40);
  const compression = random.next() < 0.8 ? form.compression : (`ccitt-${random.pick(faxSchemes)}` as const);
  const flip = (value: boolean): boolean => (random.next() < 0.9 ? value : !value);
  return {
    ...{ compression, width, rows, byteLength: Math.ceil(width / 8) * rows },
    isBitReversed: flip(form.isBitReversed),
    isTwoDimensional: flip(form.isTwoDimensional),
    isByteAligned: flip(form.isByteAligned),
  };
}

function buildSeeds(name: CodecName): readonly CodecSeed[] {
  const random = openRandom(5);
  if (name === "ccitt") return faxSeeds(random);
  const raws = [
    Uint8Array.from({ length: 900 }, (_, at) => (at * at) >> 6),
    Uint8Array.from({ length: 700 }, () => random.integer(0, 255)),
    new Uint8Array(4000).fill(7),
    Uint8Array.from({ length: 12_000 }, (_, at) => (at % 97 < 50 ? at % 7 : random.integer(0, 3))),
  ];
  const compress = {
    lzw: writeLzw,
    packbits: (raw: Uint8Array) => writePackBits(raw, 100),
    deflate: deflateSync,
    zstd: zstdCompressSync,
  }[name];
  const fixed = { rows: 1, compression: name, isBitReversed: false, isTwoDimensional: false, isByteAligned: false };
  return raws.map((raw) => ({
    bytes: compress(raw),
    form: { ...fixed, width: raw.byteLength, byteLength: raw.byteLength },
  }));
}

function faxSeeds(random: Random): readonly CodecSeed[] {
  return faxSchemes.flatMap((scheme) =>
    [false, true].flatMap((isTwoDimensional) =>
      [33, 400, 1728].map((width): CodecSeed => {
        const page = makePage(random, width, 12);
        const isByteAligned = random.next() < 0.5;
        const bytes = writeCcitt(page, { scheme, k: isTwoDimensional ? 4 : 0, isByteAligned });
        const layout = { width, rows: 12, byteLength: Math.ceil(width / 8) * 12, isBitReversed: false };
        return { bytes, form: { ...layout, compression: `ccitt-${scheme}`, isTwoDimensional, isByteAligned } };
      }),
    ),
  );
}
