import { writeLzw } from "./lzw-writer.ts";
import { writePackBits } from "./pack-bits-writer.ts";
import type { Picture } from "./picture.ts";

/** Samples of one tile or strip before compression. */
export type Chunk = Picture;

/** Encodes a tile or strip as one JPEG stream; called with 8-bit samples, RGB also where the file says YCbCr. */
export type JpegEncoder = (chunk: Chunk) => Uint8Array | Promise<Uint8Array>;

/** How the samples of a chunk are stored. */
export interface ChunkForm {
  readonly compression: "none" | "deflate" | "lzw" | "packbits";
  readonly predictor: 1 | 2;
  readonly byteOrder: "big" | "little";
}

/**
 * Cuts `width` x `height` pixels at `left`, `top` out of a picture. Beyond its edges stand copies of the nearest pixel
 * (`edge`) or samples of 170 that no picture should show (`loud`). Never throws.
 */
export function cutChunk(
  picture: Picture,
  window: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  padding: "edge" | "loud",
): Chunk {
  const { samplesPerPixel, samples } = picture;
  const { left, top, width, height } = window;
  const cut = new (samples instanceof Uint8Array ? Uint8Array : Uint16Array)(width * height * samplesPerPixel);
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

/** Picks one channel of a chunk, for planar files. Never throws. */
export function pickChannel(chunk: Chunk, channel: number): Chunk {
  const { samplesPerPixel } = chunk;
  const samples = chunk.samples.filter((_, index) => index % samplesPerPixel === channel);
  return { width: chunk.width, height: chunk.height, samplesPerPixel: 1, samples };
}

/** Predicts, orders and compresses a chunk. Never throws. */
export async function encodeChunk(chunk: Chunk, form: ChunkForm): Promise<Uint8Array> {
  const bytes = orderBytes(form.predictor === 2 ? predict(chunk) : chunk, form.byteOrder);
  if (form.compression === "lzw") return writeLzw(bytes);
  if (form.compression === "packbits") return writePackBits(bytes, bytes.length / chunk.height);
  if (form.compression === "deflate") return deflate(bytes);
  return bytes;
}

/** Replaces every sample by its difference from the one to its left. Source: TIFF 6.0 section 14. */
function predict(chunk: Chunk): Chunk {
  const { width, samplesPerPixel } = chunk;
  const rowLength = width * samplesPerPixel;
  const samples = chunk.samples.map((value, index) =>
    index % rowLength < samplesPerPixel ? value : value - chunk.samples[index - samplesPerPixel]!,
  );
  return { ...chunk, samples };
}

function orderBytes(chunk: Chunk, byteOrder: "big" | "little"): Uint8Array<ArrayBuffer> {
  const { samples } = chunk;
  if (samples instanceof Uint8Array) return samples;
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of samples.entries()) view.setUint16(index * 2, value, byteOrder === "little");
  return bytes;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
