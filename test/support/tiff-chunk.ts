import { type CcittWriting, writeCcitt } from "./ccitt-writer.ts";
import { writeLzw } from "./lzw-writer.ts";
import { writePackBits } from "./pack-bits-writer.ts";
import { type Picture, type SampleDepth, samplesLike } from "./picture.ts";
import { type PredictedForm, writeFloatPredictor, writeHorizontalPredictor } from "./predictor-writer.ts";
import { packPicture, reverseBits } from "./tiff-samples.ts";

/** Samples of one tile or strip before compression. */
export type Chunk = Picture;

/** Encodes a tile or strip as one picture of another format; for JPEG, RGB also where the file says YCbCr. */
export type ChunkEncoder = (chunk: Chunk) => Uint8Array | Promise<Uint8Array>;

/** A chunk encoder that writes JPEG. */
export type JpegEncoder = ChunkEncoder;

/** Compresses packed samples. */
export type Compressor = (bytes: Uint8Array) => Uint8Array;

/** Compressions that take packed samples. */
export type ByteCompression = "none" | "deflate" | "lzw" | "packbits" | "zstd" | CcittCompression;

/** Compressions of bilevel samples. */
export type CcittCompression = `ccitt-${CcittWriting["scheme"]}`;

/** How the samples of a chunk are stored. */
export interface ChunkForm extends SampleDepth {
  readonly compression: ByteCompression;
  readonly predictor: 1 | 2 | 3;
  readonly byteOrder: "big" | "little";
  readonly fillOrder: 1 | 2;
  /** Of `ccitt-g3`: its two-dimensional coding. */
  readonly isTwoDimensional: boolean;
  /** Compresses for `zstd`, which not every platform can. */
  readonly compress: Compressor | undefined;
}

/**
 * Cuts `width` x `height` pixels at `left`, `top` out of a picture. Beyond its edges stand copies of the nearest pixel
 * (`edge`) or samples of 170 that no picture should show (`loud`).
 */
export function cutChunk(
  picture: Picture,
  window: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  padding: "edge" | "loud",
): Chunk {
  const { samplesPerPixel, samples } = picture;
  const { left, top, width, height } = window;
  const cut = samplesLike(samples, width * height * samplesPerPixel);
  if (padding === "loud") cut.fill(170);
  const right = padding === "loud" ? Math.min(width, picture.width - left) : width;
  const bottom = padding === "loud" ? Math.min(height, picture.height - top) : height;
  for (let y = 0; y < bottom; y += 1) {
    const row = Math.min(top + y, picture.height - 1) * picture.width;
    for (let x = 0; x < right; x += 1) {
      const source = (row + Math.min(left + x, picture.width - 1)) * samplesPerPixel;
      const target = (y * width + x) * samplesPerPixel;
      for (let channel = 0; channel < samplesPerPixel; channel += 1) cut[target + channel] = samples[source + channel]!;
    }
  }
  return { width, height, samplesPerPixel, samples: cut };
}

/** Picks one channel of a chunk, for planar files. */
export function pickChannel(chunk: Chunk, channel: number): Chunk {
  const { samplesPerPixel, width, height } = chunk;
  const samples = samplesLike(chunk.samples, width * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    samples[pixel] = chunk.samples[pixel * samplesPerPixel + channel]!;
  }
  return { width, height, samplesPerPixel: 1, samples };
}

/** Predicts, packs and compresses a chunk. Throws an Error for `zstd` without a compressor. */
export async function encodeChunk(chunk: Chunk, form: ChunkForm): Promise<Uint8Array> {
  const { compression, fillOrder } = form;
  if (isCcitt(compression)) return encodeFax(chunk, compression, form);
  const { predictor, sampleFormat } = form;
  const isDifference = predictor === 2 && sampleFormat === "unsigned";
  const packed = packPicture(isDifference ? predictSamples(chunk) : chunk, form);
  const bytes = predictor === 1 || isDifference ? packed : predictBytes(packed, chunk, form);
  const compressed = await compressBytes(bytes, chunk, form);
  return fillOrder === 2 ? reverseBits(compressed) : compressed;
}

async function compressBytes(
  bytes: Uint8Array<ArrayBuffer>,
  { height }: Chunk,
  { compression, compress }: ChunkForm,
): Promise<Uint8Array> {
  if (compression === "lzw") return writeLzw(bytes);
  if (compression === "packbits") return writePackBits(bytes, bytes.length / height);
  if (compression === "deflate") return deflate(bytes);
  if (compression !== "zstd") return bytes;
  if (compress === undefined) throw new Error("Compression zstd needs compress.");
  return compress(bytes);
}

/** Replaces every sample by its difference from the one to its left. Source: TIFF 6.0 section 14. */
function predictSamples(chunk: Chunk): Chunk {
  const { width, samplesPerPixel, samples } = chunk;
  const rowLength = width * samplesPerPixel;
  const predicted = samplesLike(samples, samples.length);
  for (const [index, value] of samples.entries()) {
    predicted[index] = index % rowLength < samplesPerPixel ? value : value - samples[index - samplesPerPixel]!;
  }
  return { ...chunk, samples: predicted };
}

function predictBytes(
  bytes: Uint8Array<ArrayBuffer>,
  { width, samplesPerPixel }: Chunk,
  { predictor, bitsPerSample, byteOrder }: ChunkForm,
): Uint8Array<ArrayBuffer> {
  const bits = bitsPerSample as PredictedForm["bits"];
  const form: PredictedForm = { width, samplesPerPixel, bits, isLittleEndian: byteOrder === "little" };
  return Uint8Array.from(predictor === 2 ? writeHorizontalPredictor(bytes, form) : writeFloatPredictor(bytes, form));
}

/** Returns whether a compression is one of fax machines. */
export function isCcitt(compression: string): compression is CcittCompression {
  return compression.startsWith("ccitt-");
}

function encodeFax(
  { width, height, samples }: Chunk,
  compression: CcittCompression,
  { fillOrder, isTwoDimensional }: ChunkForm,
): Uint8Array {
  const rows = Array.from({ length: height }, (_, row) =>
    Array.from(samples.subarray(row * width, (row + 1) * width), (sample) => sample & 1).join(""),
  );
  const scheme = compression.slice("ccitt-".length) as CcittWriting["scheme"];
  return writeCcitt(rows, { scheme, k: isTwoDimensional ? 4 : 0, isBitReversed: fillOrder === 2 });
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
