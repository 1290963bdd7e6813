import { compileKernelModules } from "../../src/node/compiled-modules.ts";
import { Kernel } from "../../src/raster/kernel.ts";

/** All that pictures are drawn by, as `npm run build` left it. */
export const kernelModules = compileKernelModules();

/** Returns a fresh kernel that may hold `limitBytes`. */
export function openTestKernel(limitBytes: number = 512 << 20): Kernel {
  return new Kernel(kernelModules, limitBytes);
}
