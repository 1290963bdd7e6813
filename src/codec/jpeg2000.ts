import { ImageError } from "../error.ts";
import { isSameSize, type Size } from "../geometry.ts";
import { maxCodecBytes, maxJpeg2000Tiles } from "../limits.ts";
import { EmscriptenInstance, type EmscriptenNames } from "./emscripten-instance.ts";
import { type Jpeg2000Header, readJpeg2000Header } from "./jpeg2000-header.ts";

/** A decoded picture. */
export interface Jpeg2000Picture extends Size {
  readonly components: 1 | 3;
  /** 8 bits per sample, whatever the depth was: interleaved, rows without padding. */
  readonly samples: Uint8Array;
  /**
   * Whether subsampled chroma, or a picture that the file calls sYCC, has been converted to RGB; otherwise the samples
   * are as stored.
   */
  readonly isConvertedToRgb: boolean;
}

/** What a picture must be, and how much of it is wanted. */
export interface Jpeg2000DecodeOptions {
  /** The required dimensions of the codestream, in pixels, before reduction. */
  readonly size: Size;
  /** How many times to halve the picture, at most the header's `halvings`: sides are rounded up. */
  readonly halvings?: number;
}

/** Decodes any number of JPEG 2000 pictures, one after another. */
export interface Jpeg2000Decoder {
  /**
   * Decodes one codestream or JP2 file. Throws `source-malformed`, also for unexpected dimensions; `source-unsupported`
   * for anything other than one or three components, for three components of more than 8 bits, signed samples and
   * palettes; `render-too-costly` and `render-memory` for what needs more than `maxCodecBytes`.
   */
  decode(bytes: Uint8Array, options: Jpeg2000DecodeOptions): Jpeg2000Picture;
}

/**
 * The import and export names of openjpegwasm_decode.wasm of @cornerstonejs/codec-openjpeg 1.3.6, from its
 * openjpegwasm_decode.js.
 */
const names: EmscriptenNames = {
  imports: {
    a: "ignore", // _embind_register_memory_view
    b: "registerMethod",
    c: "ignore", // _embind_register_value_object_field
    d: "ignore", // _embind_register_integer
    e: "throwException",
    f: "ignore", // _embind_finalize_value_object
    g: "ignore", // _embind_register_value_object
    h: "ignore", // _embind_register_std_wstring
    i: "writeText",
    j: "ignore", // _embind_register_float
    k: "returnZero", // _emval_get_method_caller
    l: "takeView",
    m: "registerConstructor",
    n: "registerClass",
    o: "returnZero", // fd_seek
    p: "ignore", // _embind_register_bigint
    q: "abort",
    r: "growMemory",
    s: "returnZero", // emscripten_get_heap_max
    t: "returnZero", // environ_get
    u: "returnZero", // environ_sizes_get
    v: "returnZero", // fd_close
    w: "copyMemory",
    x: "ignore", // _embind_register_emval
    y: "ignore", // _embind_register_std_string
    z: "ignore", // _embind_register_bool
    A: "ignore", // _embind_register_void
    B: "ignore", // _emval_run_destructors
    C: "viewByCall",
    D: "ignore", // _emval_decref
    E: "returnZero", // _emval_get_global
  },
  memory: "F",
  table: "I",
  initialise: "G",
  malloc: "J",
  free: "K",
};

/** The initial memory of an instance, in bytes. */
const initialBytes = 4 << 20;

/**
 * Returns the most bytes that decoding a picture takes besides the kernel's memory: its instance, its file while it is
 * passed in, and its samples twice.
 */
export function jpeg2000DecoderBytes({ width, height }: Size, byteLength: number): number {
  const samples = 3 * width * height;
  return Math.max(initialBytes, 5 * samples + byteLength) + byteLength + 2 * samples;
}

/**
 * Returns a decoder that makes instances of `module`, OpenJPEG's decoder, as needed: one for many tiles, a new one
 * after a fault. Source: ITU-T T.800.
 */
export function createJpeg2000Decoder(module: WebAssembly.Module): Jpeg2000Decoder {
  let kept: EmscriptenInstance | undefined;
  return {
    decode(bytes, { size, halvings = 0 }) {
      const header = readJpeg2000Header(bytes);
      checkHeader(header, size, halvings);
      const instance = kept ?? new EmscriptenInstance(module, names, maxCodecBytes);
      // An instance that threw can't be trusted any more.
      kept = undefined;
      const picture = decodeWith(instance, bytes, { header, halvings });
      kept = instance;
      return picture;
    },
  };
}

/** Refuses pictures that the decoder would return wrong samples for, before it allocates anything. */
function checkHeader(header: Jpeg2000Header, size: Size, halvings: number): void {
  if (!isSameSize(header, size)) {
    throw damaged(`${header.width} by ${header.height} pixels instead of ${size.width} by ${size.height}`);
  }
  const { components, origin, tiles } = header;
  const [first, second, third] = components;
  if (first === undefined || (components.length !== 1 && components.length !== 3)) {
    throw unsupported(`of ${components.length} components`);
  }
  if (components.some(({ isSigned }) => isSigned)) throw unsupported("of signed samples");
  if (components.some(({ depth }) => depth !== first.depth)) throw unsupported("of components of several depths");
  if (first.depth > (components.length === 1 ? 16 : 8)) {
    throw unsupported(`of ${components.length} components of ${first.depth} bits`);
  }
  if (header.hasPalette) throw unsupported("with a palette");
  if (origin.x !== 0 || origin.y !== 0) throw unsupported("that does not start at the origin of its grid");
  const isSampled = first.x === 1 && first.y === 1 && second?.x === third?.x && second?.y === third?.y;
  const sampling = second === undefined ? "1 1" : `${second.x} ${second.y}`;
  if (!isSampled || !["1 1", "2 1", "2 2"].includes(sampling)) throw unsupported("with this chroma sampling");
  if (halvings > header.halvings) throw damaged(`${header.halvings} decomposition levels where ${halvings} are used`);
  const sampleBytes = Math.ceil(first.depth / 8) * components.length;
  const leastBytes = (sampleBytes + 4 * components.length) * Math.ceil((size.width * size.height) / 4 ** halvings);
  if (tiles > maxJpeg2000Tiles || leastBytes > maxCodecBytes) {
    throw new ImageError("render-too-costly", "The JPEG 2000 picture is too large to decode.", {
      detail: `${size.width} by ${size.height} pixels in ${tiles} tiles`,
    });
  }
}

interface CheckedPicture {
  readonly header: Jpeg2000Header;
  readonly halvings: number;
}

function decodeWith(
  instance: EmscriptenInstance,
  bytes: Uint8Array,
  { header, halvings }: CheckedPicture,
): Jpeg2000Picture {
  const [first, second] = header.components;
  const components = second === undefined ? 1 : 3;
  const [width, height] = [header.width, header.height].map((side) => Math.ceil(side / 2 ** halvings)) as [
    number,
    number,
  ];
  let samples: Uint8Array | undefined;
  let thrown: unknown;
  try {
    const decoder = instance.call("construct", []);
    instance.call("getEncodedBuffer", [decoder, bytes.byteLength], (view) => view.set(bytes));
    // 0 means all quality layers.
    instance.call("decodeSubResolution", [decoder, halvings, 0]);
    instance.call("getDecodedBuffer", [decoder], (view) => {
      samples = eightBits(view, first!.depth);
    });
    instance.call("destroy", [decoder]);
  } catch (cause) {
    thrown = cause;
  }
  if (samples?.byteLength !== width * height * components) {
    if (instance.wasRefusedMemory) {
      throw new ImageError("render-memory", "The JPEG 2000 picture needs more memory than one rendering may use.", {
        cause: thrown,
      });
    }
    throw damaged(instance.text, thrown);
  }
  const isConvertedToRgb = second !== undefined && (second.x > 1 || rgbMaking.has(header.colorSpace ?? 0));
  return { width, height, components, samples, isConvertedToRgb };
}

/** The colour spaces of JP2 that callers of OpenJPEG convert to RGB: sYCC and e-sYCC. */
const rgbMaking: ReadonlySet<number> = new Set([18, 24]);

/** Copies samples of any depth, two bytes each above 8 bits, scaled to 8 bits. */
function eightBits(view: Uint8Array, depth: number): Uint8Array {
  if (depth === 8) return view.slice();
  const scale = 255 / (2 ** depth - 1);
  const words = depth < 8 ? view : new Uint16Array(view.buffer, view.byteOffset, view.byteLength / 2);
  return Uint8Array.from(words, (sample) => Math.round(sample * scale));
}

function unsupported(what: string): ImageError {
  return new ImageError("source-unsupported", `JPEG 2000 ${what} is not supported.`);
}

function damaged(detail: string, cause?: unknown): ImageError {
  return new ImageError("source-malformed", "The JPEG 2000 data is damaged.", {
    detail: `JPEG 2000: ${detail}`,
    cause,
  });
}
