import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** Node compiles bytes, workerd does not: its types, which hold for all of the project, leave the constructor out. */
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

function compile(path: string): WebAssembly.Module {
  return new Module(readFileSync(resolve(import.meta.dirname, "../../node_modules", path)));
}

/** Returns libwebp's decoder. */
export function webpDecoderModule(): WebAssembly.Module {
  return compile("@jsquash/webp/codec/dec/webp_dec.wasm");
}

/** Returns OpenJPEG's decoder. */
export function jpeg2000DecoderModule(): WebAssembly.Module {
  return compile("../build/openjpeg.wasm");
}
