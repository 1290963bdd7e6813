import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Kernel } from "../../src/raster/kernel.ts";

/** Node compiles bytes, workerd does not: its types, which hold for all of the project, leave the constructor out. */
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/** The kernels as `npm run build` left them. */
export const kernelModule = new Module(readFileSync(resolve(import.meta.dirname, "../../build/kernel.wasm")));

/** Returns a fresh kernel that may hold `limitBytes`. */
export function openTestKernel(limitBytes: number = 512 << 20): Kernel {
  return new Kernel(kernelModule, limitBytes);
}
