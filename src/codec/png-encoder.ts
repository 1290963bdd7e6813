import { encode, initSync } from "@jsquash/png/codec/pkg/squoosh_png.js";
import type { Size } from "../geometry.ts";

/**
 * Encodes RGBA, 4 bytes a pixel without padding, as PNG. `module` is the encoder's build, instantiated on the first
 * call. Never throws. Source: W3C PNG specification, third edition.
 */
export function encodePng(rgba: Uint8Array, size: Size, module: WebAssembly.Module): Uint8Array {
  initSync(module);
  return encode(rgba, size.width, size.height, 8);
}
