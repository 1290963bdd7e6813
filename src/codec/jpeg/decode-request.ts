import type { Area, Size } from "../../geometry.ts";
import type { Kernel } from "../../raster/kernel.ts";
import type { Plane } from "../../raster/raster.ts";
import type { JpegSampling } from "./header.ts";

/** A request to the JPEG kernels, as in `wasm/jpeg/request.ts`; pointers are byte offsets into kernel memory. */
export interface DecodeRequest {
  /** A block of tables; 0 for none. */
  readonly tables: number;
  readonly stream: { readonly pointer: number; readonly byteLength: number };
  readonly workspace: number;
  /** Of the frame, in pixels before reduction. */
  readonly frame: Size;
  readonly minimumHeight: number;
  readonly reduction: 1 | 2 | 4 | 8;
  /** The pixels that are needed, before reduction. */
  readonly window: Area;
  readonly standardTables: { readonly pointer: number; readonly byteLength: number };
  /** Whether red, green and blue are written as luma and halved chroma. */
  readonly convertsColors?: boolean | undefined;
  /** The `Recoder` that takes the coefficients; 0 for none. */
  readonly recoder?: number | undefined;
  readonly planes: readonly Plane[];
  /** How each component must be sampled; undefined for any. */
  readonly samplingOf: (component: number) => JpegSampling | undefined;
}

/** The 32-bit words of `DecodeRequest` and of `PlaneRequest` in `wasm/jpeg/request.ts`. */
const requestWords = 19;
const planeWords = 6;

/** The first of the two words that provide room for coefficients: there is none at first. */
export const roomWord = 12;

/** Returns the size of a request for so many planes, in bytes. */
export function requestBytes(planes: number): number {
  return (4 * (requestWords + planeWords * planes) + 15) & ~15;
}

/** Writes a request to kernel memory, where there are `requestBytes` at `pointer`. */
export function writeRequest(kernel: Kernel, pointer: number, request: DecodeRequest): void {
  const { stream, frame, window, standardTables, planes } = request;
  const words = new Uint32Array(kernel.exports.memory.buffer, pointer, requestBytes(planes.length) / 4);
  words[0] = request.tables;
  words[1] = stream.pointer;
  words[2] = stream.byteLength;
  words[3] = request.workspace;
  words[4] = frame.width;
  words[5] = frame.height;
  words[6] = request.minimumHeight;
  words[7] = Math.log2(request.reduction);
  words[8] = Math.max(0, window.x);
  words[9] = Math.max(0, window.y);
  words[10] = Math.max(0, window.x + window.width);
  words[11] = Math.max(0, window.y + window.height);
  words[roomWord] = 0;
  words[roomWord + 1] = 0;
  words[14] = standardTables.pointer;
  words[15] = standardTables.byteLength;
  words[16] = request.convertsColors === true ? 1 : 0;
  words[17] = request.recoder ?? 0;
  words[18] = planes.length;
  planes.forEach((plane, index) => {
    const at = requestWords + planeWords * index;
    const sampling = request.samplingOf(index);
    words[at] = plane.pointer;
    words[at + 1] = plane.stride;
    words[at + 2] = plane.width;
    words[at + 3] = plane.height;
    words[at + 4] = sampling?.x ?? 0;
    words[at + 5] = sampling?.y ?? 0;
  });
}
