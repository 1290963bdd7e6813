import { ImageError } from "../error.ts";
import { isSameSize, type Size } from "../geometry.ts";
import { maxCodecBytes } from "../limits.ts";
import { damagedWebp } from "../webp/chunks.ts";
import { readWebpHeader } from "../webp/header.ts";
import { EmscriptenInstance, type EmscriptenNames } from "./emscripten-instance.ts";

/** Decodes any number of WebP pictures, one after another. */
export interface WebpDecoder {
  /**
   * Decodes a whole picture, which must have `size`, and passes its pixels to `take`: RGBA, 4 bytes each, not
   * premultiplied, rows without padding. They are invalid after `take` returns. Throws `source-malformed`,
   * `source-unsupported` for an animation, `render-too-costly` and `render-memory` for a picture that needs more than
   * `maxCodecBytes`, and what `take` throws.
   */
  decode(bytes: Uint8Array, size: Size, take: (rgba: Uint8Array) => void): void;
}

/** The import and export names of webp_dec.wasm of @jsquash/webp 1.5.0, from its webp_dec.js. */
const names: EmscriptenNames = {
  imports: {
    a: "ignore", // _embind_register_memory_view
    b: "ignore", // _embind_register_integer
    c: "registerFunction",
    d: "ignore", // _emval_decref
    e: "returnZero", // _emval_get_global
    f: "ignore", // _embind_register_std_wstring
    g: "ignore", // _embind_register_std_string
    h: "viewByConstructor", // _emval_new
    i: "ignore", // _emval_incref
    j: "abort",
    k: "ignore", // _embind_register_float
    l: "ignore", // _embind_register_bool
    m: "ignore", // _embind_register_void
    n: "throwException",
    o: "ignore", // _embind_register_bigint
    p: "growMemory",
    q: "copyMemory",
    r: "ignore", // _embind_register_emval
  },
  memory: "s",
  table: "y",
  initialise: "t",
  malloc: "u",
  free: "v",
};

/** The initial memory of an instance. */
const initialBytes = 16 << 20;

/** An instance that has grown beyond this is not kept for the next picture, because memory never shrinks. */
const keptBytes = 24 << 20;

/**
 * Returns the most bytes that decoding a picture takes besides the kernel's memory: its pixels, twice if they are
 * lossless, and its file, twice while it is passed in.
 */
export function webpDecoderBytes({ width, height }: Size, byteLength: number): number {
  return Math.min(maxCodecBytes, initialBytes + 8 * width * height + byteLength) + byteLength;
}

/**
 * Returns a decoder that makes instances of `module`, libwebp's decoder, as needed: one for many tiles, a new one after
 * a fault. Source: RFC 9649.
 */
export function createWebpDecoder(module: WebAssembly.Module): WebpDecoder {
  let kept: EmscriptenInstance | undefined;
  return {
    decode(bytes, size, take) {
      checkHeader(bytes, size);
      const instance = kept ?? new EmscriptenInstance(module, names, maxCodecBytes);
      // An instance that threw can't be trusted any more.
      kept = undefined;
      decodeWith(instance, bytes, (rgba) => {
        if (rgba.byteLength !== 4 * size.width * size.height)
          throw damagedWebp("dimensions that differ from its header");
        take(rgba);
      });
      if (instance.bytes.byteLength <= keptBytes) kept = instance;
    },
  };
}

function checkHeader(bytes: Uint8Array, size: Size): void {
  const header = readWebpHeader(bytes);
  if (header.isAnimated) throw new ImageError("source-unsupported", "An animated WebP is not supported.");
  if (!isSameSize(header, size)) {
    throw damagedWebp(`${header.width} by ${header.height} pixels instead of ${size.width} by ${size.height}`);
  }
  if (4 * size.width * size.height + bytes.byteLength > maxCodecBytes) {
    throw new ImageError("render-too-costly", "The WebP picture is too large to decode.", {
      detail: `${size.width} by ${size.height} pixels`,
    });
  }
}

function decodeWith(instance: EmscriptenInstance, bytes: Uint8Array, take: (rgba: Uint8Array) => void): void {
  let isDecoded = false;
  let fault: { readonly error: unknown } | undefined;
  try {
    // A std::string is passed as its length and its bytes.
    const text = instance.malloc(bytes.byteLength + 4);
    if (text !== 0) {
      new DataView(instance.bytes.buffer).setUint32(text, bytes.byteLength, true);
      instance.bytes.set(bytes, text + 4);
      instance.call("decode", [text], (view) => {
        isDecoded = true;
        try {
          take(view);
        } catch (error) {
          fault = { error };
        }
      });
      instance.free(text);
    }
  } catch (cause) {
    throw refusal(instance, cause);
  }
  if (!isDecoded) throw refusal(instance);
  if (fault !== undefined) throw fault.error;
}

function refusal({ wasRefusedMemory }: EmscriptenInstance, cause?: unknown): ImageError {
  return wasRefusedMemory
    ? new ImageError("render-memory", "The WebP picture needs more memory than one rendering may use.", { cause })
    : damagedWebp("the picture can't be decoded", cause);
}
