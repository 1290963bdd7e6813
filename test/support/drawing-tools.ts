import { IsolateCache } from "../../src/cache/isolate.ts";
import type { ColorTable } from "../../src/color/table.ts";
import type { DrawingTools } from "../../src/picture.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { Kernels } from "../../src/render/kernels.ts";
import { kernelModules } from "./kernel.ts";
import { lcmsModule } from "./lcms.ts";

/** Opens what pictures are drawn with, which tells what a drawing took. */
export function openMeasuringTools(): { readonly tools: DrawingTools; readonly kernels: MeasuringKernels } {
  const kernels = new MeasuringKernels(kernelModules);
  const colorTables = { kept: new IsolateCache<ColorTable>(1 << 22), module: lcmsModule };
  return { tools: { kernels, colorTables }, kernels };
}

/** Remembers the kernel that was handed out, for what it took. */
export class MeasuringKernels extends Kernels {
  #kernel: Kernel | undefined;

  /** What the memory of the kernel handed out last has grown to, in bytes; 0 if nothing was drawn. */
  get kernelBytes(): number {
    return this.#kernel?.memoryBytes ?? 0;
  }

  override take(bytes: number): Kernel {
    this.#kernel = super.take(bytes);
    return this.#kernel;
  }
}
