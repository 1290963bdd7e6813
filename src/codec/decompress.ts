import { ImageError } from "../error.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Compression } from "../tiff/tile-encoding.ts";

/** The compressions that give the samples of a tile as they are, one after another. */
export type ByteCompression = Exclude<Compression, "jpeg">;

/**
 * Decompresses a tile into `byteLength` bytes of kernel memory at `target`, never more, whatever the tile claims. Throws
 * `source-malformed` when it holds fewer bytes or breaks its own format.
 */
export async function decompressInto(
  kernel: Kernel,
  compression: ByteCompression,
  tile: { readonly bytes: Uint8Array; readonly target: number; readonly byteLength: number },
): Promise<void> {
  const written = compression === "deflate" ? await inflateInto(kernel, tile) : unpackInto(kernel, compression, tile);
  if (written < tile.byteLength) throw damaged(`${written} of ${tile.byteLength} bytes from ${compression}`);
}

interface ByteTile {
  readonly bytes: Uint8Array;
  readonly target: number;
  readonly byteLength: number;
}

function unpackInto(kernel: Kernel, compression: "none" | "lzw" | "packbits", tile: ByteTile): number {
  const { bytes, target, byteLength } = tile;
  if (compression === "none") {
    const copied = bytes.subarray(0, byteLength);
    kernel.bytes.set(copied, target);
    return copied.byteLength;
  }
  const mark = kernel.mark();
  const source = kernel.store(bytes);
  const { lzwDecode, packBitsDecode } = kernel.exports;
  const decode = compression === "lzw" ? lzwDecode : packBitsDecode;
  const written = decode(source, bytes.byteLength, target, byteLength);
  kernel.release(mark);
  return written;
}

/** Inflates no further than needed: a stream that goes on for gigabytes is dropped at the tile's own size. */
async function inflateInto(kernel: Kernel, { bytes, target, byteLength }: ByteTile): Promise<number> {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const fed = writer
    .write(bytes)
    .then(() => writer.close())
    // What is wrong with the stream shows on the reading side.
    .catch(() => undefined);
  let written = 0;
  try {
    while (written < byteLength) {
      const { done, value } = await reader.read();
      if (done) break;
      const chunk = (value as Uint8Array).subarray(0, byteLength - written);
      kernel.bytes.set(chunk, target + written);
      written += chunk.byteLength;
    }
  } catch (cause) {
    throw damaged("a Deflate stream", cause);
  }
  if (written === byteLength) await reader.cancel().catch(() => undefined);
  await fed;
  return written;
}

function damaged(detail: string, cause?: unknown): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: one of its tiles can't be decoded.", {
    detail,
    cause,
  });
}
