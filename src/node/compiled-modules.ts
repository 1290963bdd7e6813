import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import type { EncoderSettings } from "../render/output.ts";

/** Node compiles bytes, workerd does not: the project's types follow workerd and leave the constructor out. */
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

const require = createRequire(import.meta.url);
const built = (name: string) => (): string => resolve(import.meta.dirname, "../../build", name);
const installed = (specifier: string) => (): string => require.resolve(specifier);

/** Paths of the modules that `worker.ts` imports: those that `npm run build:kernel` writes, and those of packages. */
const paths = {
  kernel: built("kernel.wasm"),
  jpeg2000Decoder: built("openjpeg.wasm"),
  webpDecoder: installed("@jsquash/webp/codec/dec/webp_dec.wasm"),
  webpEncoder: installed("@jsquash/webp/codec/enc/webp_enc_simd.wasm"),
  lcms: installed("lcms-wasm/dist/lcms.wasm"),
} as const;

/** Compiles a module of the service outside of workerd. Throws when the file can't be read. */
export function compileModule(name: keyof typeof paths): WebAssembly.Module {
  return new Module(readFileSync(paths[name]()));
}

/** Returns the settings of the encoders with the modules they need. Throws when a file can't be read. */
export function compileSettings(qualities: Pick<EncoderSettings, "jpegQuality" | "webpQuality">): EncoderSettings {
  return {
    ...qualities,
    webpModule: compileModule("webpEncoder"),
    modules: { webpDecoder: compileModule("webpDecoder"), jpeg2000Decoder: compileModule("jpeg2000Decoder") },
  };
}
