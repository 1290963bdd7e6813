import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { IsolateCache } from "../cache/isolate.ts";
import type { ColorTable } from "../color/table.ts";
import { type DrawingTools, openKernels } from "../picture.ts";
import type { KernelModules } from "../raster/kernel.ts";

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

/** Compiles all that pictures are drawn by. Throws what reading the files throws. */
export function compileKernelModules(): KernelModules {
  return {
    kernel: compileModule("kernel"),
    webpDecoder: compileModule("webpDecoder"),
    webpEncoder: compileModule("webpEncoder"),
    jpeg2000Decoder: compileModule("jpeg2000Decoder"),
  };
}

/** Memory of colour tables, in bytes: some ten profiles. */
const colorTableBytes = 4 << 20;

/** Opens what the Worker draws pictures with, in Node. Throws what reading the files throws. */
export function openDrawingTools(): DrawingTools {
  const colorTables = { kept: new IsolateCache<ColorTable>(colorTableBytes), module: compileModule("lcms") };
  return { kernels: openKernels(compileKernelModules()), colorTables };
}
