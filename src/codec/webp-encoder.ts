import createEncoder from "@jsquash/webp/codec/enc/webp_enc_simd.js";
import { defaultOptions } from "@jsquash/webp/meta.js";
import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";

/**
 * Encodes RGBA, 4 bytes per pixel without padding, as WebP. `module` is libwebp's SIMD build; each call has its own
 * instance, whose memory is freed with it. Throws `internal`. Source: RFC 9649.
 */
export async function encodeWebp(
  rgba: Uint8Array,
  size: Size,
  { module, quality }: { readonly module: WebAssembly.Module; readonly quality: number },
): Promise<Uint8Array> {
  const encoder = await createEncoder({
    noInitialRun: true,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
  const clamped = new Uint8ClampedArray(rgba.buffer as ArrayBuffer, rgba.byteOffset, rgba.byteLength);
  const encoded = encoder.encode(clamped, size.width, size.height, { ...defaultOptions, quality, method: webpMethod });
  if (encoded === null) throw new ImageError("internal", "The image could not be encoded as WebP.");
  return encoded;
}

/** libwebp's effort, 0 to 6: 2 is three times as fast as its default of 4, for files a few per cent larger. */
const webpMethod = 2;
