import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Kernel } from "../../src/raster/kernel.ts";

/** The kernels as `npm run build` left them. */
export const kernelModule = new WebAssembly.Module(
  readFileSync(resolve(import.meta.dirname, "../../build/kernel.wasm")),
);

/** Returns a fresh kernel that may hold `limitBytes`. */
export function openTestKernel(limitBytes: number = 512 << 20): Kernel {
  return new Kernel(kernelModule, limitBytes);
}
