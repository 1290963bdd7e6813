import { ImageError } from "../../error.ts";
import type { Kernel } from "../../raster/kernel.ts";
import { type Plane, planeSlackBytes, type Subsampling } from "../../raster/raster.ts";
import { checkJpegStatus } from "./status.ts";

/** Tables that abbreviated streams rely on, in kernel memory until the arena is released below them. */
export interface JpegTables {
  readonly pointer: number;
}

/** What to decode, and where to. */
export interface JpegDecodeOptions {
  readonly tables?: JpegTables | undefined;
  /** One stream, from SOI. */
  readonly bytes: Uint8Array;
  /** One plane a component, clipped to what may be written; `pointer` is where the frame's first sample goes. */
  readonly planes: readonly Plane[];
  /** Dimensions the frame must have, in pixels, before reduction. */
  readonly width: number;
  readonly height: number;
  /** The chroma sampling the frame must have; absent, any that is read is taken. */
  readonly subsampling?: Subsampling | undefined;
  /** Each sample becomes the rounded mean of this many squared. */
  readonly reduction?: 1 | 2 | 4 | 8;
}

/** Words of `DecodeRequest` and of `PlaneRequest` in `wasm/jpeg/request.ts`. */
const requestWords = 8;
const planeWords = 6;

/**
 * Parses the stream of tables that a TIFF level keeps in tag 347, once for all its tiles; `undefined` when the tiles
 * are complete streams. Throws `source-malformed` and `render-memory`. Source: TIFF Technical Note 2.
 */
export function loadJpegTables(kernel: Kernel, bytes: Uint8Array | undefined): JpegTables | undefined {
  if (bytes === undefined) return undefined;
  const pointer = kernel.allocate(kernel.exports.jpegTablesBytes.value);
  const copy = kernel.store(bytes);
  const status = kernel.exports.loadJpegTables(pointer, copy, bytes.byteLength);
  kernel.release(copy);
  checkJpegStatus(status);
  return { pointer };
}

/**
 * Decodes one sequential 8-bit Huffman-coded stream straight into planes, without colour conversion, using scratch
 * memory that it gives back. What was decoded before a fault stays in the planes. Throws `source-malformed`,
 * `source-unsupported` and `render-memory`. Source: ITU-T T.81.
 */
export function decodeJpegInto(kernel: Kernel, options: JpegDecodeOptions): void {
  const { bytes, planes, width, height, subsampling } = options;
  if (planes.length !== 1 && planes.length !== 3) throw new ImageError("internal", "A JPEG has one or three planes.");
  const { jpegTablesBytes, jpegPaddingBytes } = kernel.exports;
  const requestBytes = (4 * (requestWords + planeWords * planes.length) + 15) & ~15;
  const streamBytes = (bytes.byteLength + planeSlackBytes + 15) & ~15;
  const workspaceBytes = jpegTablesBytes.value + jpegPaddingBytes.value + bytes.byteLength;
  // Blocks are aligned, so the block's start is the arena's mark before it.
  const request = kernel.allocate(requestBytes + streamBytes + workspaceBytes);
  const stream = request + requestBytes;
  const buffer = kernel.exports.memory.buffer;
  new Uint8Array(buffer, stream, bytes.byteLength).set(bytes);
  const words = new Uint32Array(buffer, request, requestBytes / 4);
  words[0] = options.tables?.pointer ?? 0;
  words[1] = stream;
  words[2] = bytes.byteLength;
  words[3] = stream + streamBytes;
  words[4] = width;
  words[5] = height;
  words[6] = Math.log2(options.reduction ?? 1);
  words[7] = planes.length;
  planes.forEach((plane, index) => {
    const at = requestWords + planeWords * index;
    words[at] = plane.pointer;
    words[at + 1] = plane.stride;
    words[at + 2] = plane.width;
    words[at + 3] = plane.height;
    words[at + 4] = index === 0 ? 1 : (subsampling?.x ?? 0);
    words[at + 5] = index === 0 ? 1 : (subsampling?.y ?? 0);
  });
  const status = kernel.exports.decodeJpeg(request);
  kernel.release(request);
  checkJpegStatus(status);
}
