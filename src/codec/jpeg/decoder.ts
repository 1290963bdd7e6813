import { ImageError } from "../../error.ts";
import type { Area } from "../../geometry.ts";
import type { Kernel } from "../../raster/kernel.ts";
import { type Plane, planeSlackBytes, type Subsampling } from "../../raster/raster.ts";
import { type AskedRows, findMissing, type MissingRows } from "../missing-rows.ts";
import { requestBytes, roomWord, writeRequest } from "./decode-request.ts";
import type { JpegFrame, JpegSampling } from "./header.ts";
import { standardHuffmanTables } from "./standard-tables.ts";
import { checkJpegStatus, statusProgressive, statusScanSeparate } from "./status.ts";

/** Tables that abbreviated streams use, in kernel memory until the arena is released below them. */
export interface JpegTables {
  readonly pointer: number;
}

/** What to decode, and where to write it. */
export interface JpegDecodeOptions {
  readonly tables?: JpegTables | undefined;
  /** One stream, starting with SOI. */
  readonly bytes: Uint8Array;
  /**
   * One plane per component, 1 to 4 of them, clipped to what may be written; `pointer` is where the frame's first
   * sample goes, even if `window` leaves it out.
   */
  readonly planes: readonly Plane[];
  /** The required dimensions of the frame, in pixels, before reduction. */
  readonly width: number;
  readonly height: number;
  /** The fewest rows the frame may have; if absent, it must have `height`. Missing rows are left unchanged. */
  readonly minimumHeight?: number | undefined;
  /**
   * The required chroma sampling of the frame, which is that of its second and third component of three or four; if
   * absent, any supported one is accepted. The other components must not be subsampled.
   */
  readonly subsampling?: Subsampling | undefined;
  /** Instead, the sampling of each component, `undefined` for any supported one. */
  readonly samplings?: readonly (JpegSampling | undefined)[] | undefined;
  /**
   * The pixels of the frame that are needed, before reduction; if absent, all. Only samples that cover one of them are
   * written, and anything after the last of them is ignored, including faults.
   */
  readonly window?: Area | undefined;
  /** The rows whose damage counts; those of the window if absent. */
  readonly asked?: AskedRows | undefined;
  /** Each sample becomes the rounded mean of a square with this side. */
  readonly reduction?: 1 | 2 | 4 | 8;
  /**
   * The most memory that the coefficients of a progressive frame may take, as given by `coefficientBytes`; if absent,
   * as much as the arena has left.
   */
  readonly coefficientLimitBytes?: number | undefined;
}

/** The kernel's status for a frame that lacks some rows, as in `wasm/jpeg/status.ts`. */
const statusDamaged = 1;

const planesMaximum = 4;

/**
 * Parses the stream of tables that a TIFF level stores in tag 347, once for all its tiles, unless the render
 * before has done so; `undefined` if the tiles are complete streams. Throws `source-malformed` and `render-memory`. Source: TIFF Technical Note 2.
 */
export function loadJpegTables(kernel: Kernel, bytes: Uint8Array | undefined): JpegTables | undefined {
  if (bytes === undefined) return undefined;
  const pointer = kernel.allocateFilled(textOf(bytes), kernel.exports.jpegTablesBytes.value, (tables) => {
    const copy = kernel.store(bytes);
    const status = kernel.exports.loadJpegTables(tables, copy, bytes.byteLength);
    kernel.release(copy);
    checkJpegStatus(status);
  });
  return { pointer };
}

/** Has a character for each byte: other bytes make another text. */
const oneByte = new TextDecoder("latin1");

/** Made once for each level, so that the texts of two renders of it are the same one. */
const texts = new WeakMap<Uint8Array, string>();

function textOf(bytes: Uint8Array): string {
  const text = texts.get(bytes) ?? oneByte.decode(bytes);
  texts.set(bytes, text);
  return text;
}

/**
 * Decodes one sequential or progressive 8-bit Huffman-coded stream directly into planes, without colour conversion,
 * with the standard Huffman tables where a sequential one has none, using scratch memory that it returns. Returns which
 * rows of the frame damage took: they are grey from there to the next restart interval, or lack the detail of a later
 * scan. Throws `source-malformed` for a stream without a frame and a
 * scan, `source-unsupported` and `render-memory`. Source: ITU-T T.81.
 */
export function decodeJpegInto(kernel: Kernel, options: JpegDecodeOptions): MissingRows | undefined {
  return missingOf(kernel, options, decode(kernel, options, "components"));
}

/**
 * Decodes a stream of red, green and blue like that, into planes of luma and of Cb and Cr halved on both axes, as
 * `rgbToYcbcrHalved` would within a level or two: the window begins and ends at even pixels. Returns undefined, and has
 * written nothing, where the blocks of the three do not come together: in several scans, or progressively.
 */
export function decodeRgbHalved(
  kernel: Kernel,
  options: JpegDecodeOptions,
): { readonly missing: MissingRows | undefined } | undefined {
  const status = decode(kernel, options, "ycbcr");
  return status === statusScanSeparate ? undefined : { missing: missingOf(kernel, options, status) };
}

/**
 * Reads a stream into the `Recoder` at `recoder` in kernel memory rather than into planes, of which only the sizes count.
 * Returns undefined, and has done nothing, where the blocks of all components do not come together as they have to.
 */
export function decodeForRecoder(
  kernel: Kernel,
  options: JpegDecodeOptions,
  { recoder, to }: { readonly recoder: number; readonly to: "components" | "ycbcr" },
): { readonly missing: MissingRows | undefined } | undefined {
  const status = decode(kernel, options, to, recoder);
  return status === statusScanSeparate ? undefined : { missing: missingOf(kernel, options, status) };
}

function missingOf(kernel: Kernel, options: JpegDecodeOptions, status: number): MissingRows | undefined {
  checkJpegStatus(status);
  return status === statusDamaged ? missingRows(kernel, options) : undefined;
}

/** Decodes to planes of the components, or of what they are converted to; returns the kernel's status. */
function decode(kernel: Kernel, options: JpegDecodeOptions, to: "components" | "ycbcr", recoder = 0): number {
  const { bytes, planes, width, height } = options;
  if (planes.length === 0 || planes.length > planesMaximum) {
    throw new ImageError("internal", "A JPEG has one to four planes.");
  }
  const window = options.window ?? { x: 0, y: 0, width, height };
  const { jpegTablesBytes, jpegPaddingBytes } = kernel.exports;
  const headBytes = requestBytes(planes.length);
  const standardBytes = (standardHuffmanTables.byteLength + 15) & ~15;
  const streamBytes = (bytes.byteLength + planeSlackBytes + 15) & ~15;
  const workspaceBytes = jpegTablesBytes.value + jpegPaddingBytes.value + bytes.byteLength;
  // Blocks are aligned, so the block's start is the arena's mark before it.
  const request = kernel.allocate(headBytes + standardBytes + streamBytes + workspaceBytes);
  const standard = request + headBytes;
  const stream = standard + standardBytes;
  const buffer = kernel.exports.memory.buffer;
  new Uint8Array(buffer, standard, standardBytes).set(standardHuffmanTables);
  new Uint8Array(buffer, stream, bytes.byteLength).set(bytes);
  writeRequest(kernel, request, {
    tables: options.tables?.pointer ?? 0,
    stream: { pointer: stream, byteLength: bytes.byteLength },
    workspace: stream + streamBytes,
    frame: { width, height },
    minimumHeight: options.minimumHeight ?? height,
    reduction: options.reduction ?? 1,
    window,
    standardTables: { pointer: standard, byteLength: standardHuffmanTables.byteLength },
    convertsColors: to === "ycbcr",
    recoder,
    planes,
    samplingOf: (component) => expectedSampling(options, component),
  });
  let status = kernel.exports.decodeJpeg(request);
  try {
    if (status === statusProgressive) status = decodeProgressive(kernel, request, options.coefficientLimitBytes);
  } finally {
    kernel.release(request);
  }
  return status;
}

function missingRows(kernel: Kernel, options: JpegDecodeOptions): MissingRows | undefined {
  const { window, height, minimumHeight = height, asked = window ?? { y: 0, height: minimumHeight } } = options;
  const { jpegMarks, jpegMarkRows } = kernel.exports;
  const markRows: number = jpegMarkRows.value;
  const marks = kernel.bytes.subarray(jpegMarks.value, jpegMarks.value + Math.ceil(height / markRows));
  return findMissing(marks, asked, markRows);
}

/** Decodes again, with the room that the kernel asked for. */
function decodeProgressive(kernel: Kernel, request: number, limitBytes = Number.POSITIVE_INFINITY): number {
  const [byteLength = 0] = new Uint32Array(kernel.exports.memory.buffer, request + 4 * (roomWord + 1), 1);
  if (byteLength > limitBytes) {
    throw new ImageError("render-memory", "This progressive JPEG needs more memory than one rendering may use.", {
      detail: `${byteLength} bytes of coefficients over ${limitBytes}`,
    });
  }
  const room = kernel.allocate(byteLength);
  new Uint32Array(kernel.exports.memory.buffer, request + 4 * roomWord, 2).set([room, byteLength]);
  return kernel.exports.decodeJpeg(request);
}

function expectedSampling({ planes, subsampling, samplings }: JpegDecodeOptions, index: number) {
  if (samplings !== undefined) return samplings[index];
  const isChroma = planes.length > 2 && (index === 1 || index === 2);
  return isChroma ? subsampling : fullSampling;
}

const fullSampling: Subsampling = { x: 1, y: 1 };

/**
 * Returns the memory that decoding a whole frame takes besides its bytes and planes: if it is progressive 2 bytes a
 * coefficient and a bit, for as many blocks as cover each component, and nothing otherwise.
 */
export function coefficientBytes({ process, width, height, components }: JpegFrame): number {
  if (process !== "progressive") return 0;
  const across = Math.max(...components.map((item) => item.horizontal));
  const down = Math.max(...components.map((item) => item.vertical));
  const blocksOf = (side: number, factor: number): number => Math.ceil(Math.ceil(side / factor) / 8);
  return components.reduce((sum, { horizontal, vertical }) => {
    const blocks = blocksOf(width, across / horizontal) * blocksOf(height, down / vertical);
    return sum + 128 * blocks + ((8 * blocks + 15) & ~15);
  }, 0);
}
