import { compileModule } from "../../src/node/compiled-modules.ts";
import { Kernel } from "../../src/raster/kernel.ts";

/** The kernels as `npm run build` left them. */
export const kernelModule = compileModule("kernel");

/** Returns a fresh kernel that may hold `limitBytes`. */
export function openTestKernel(limitBytes: number = 512 << 20): Kernel {
  return new Kernel(kernelModule, limitBytes);
}
