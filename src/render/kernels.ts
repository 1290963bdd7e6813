import { keptLimits } from "../budget/isolate-memory.ts";
import { Kernel } from "../raster/kernel.ts";

/**
 * Hands out kernels. A render has an instance to itself for as long as it runs; small ones are used again, for a new one
 * costs a thumbnail half of its time.
 */
export class Kernels {
  readonly #module: WebAssembly.Module;
  readonly #idle: Kernel[] = [];

  /** Hands out instances of `module`. */
  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** Memory of the instances that nobody uses, in bytes. */
  get idleBytes(): number {
    return this.#idle.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  }

  /** Returns an empty kernel that may hold `bytes`. */
  take(bytes: number): Kernel {
    const kernel = this.#idle.pop() ?? new Kernel(this.#module, bytes);
    kernel.reset(bytes);
    return kernel;
  }

  /**
   * Takes back the kernel of a render that is done. That of one that failed is dropped instead: a trap may have left
   * anything in it.
   */
  giveBack(kernel: Kernel): void {
    const { memoryBytes } = kernel;
    if (this.idleBytes + memoryBytes <= keptLimits.idleKernels) this.#idle.push(kernel);
  }
}
