import { keptLimits } from "../budget/isolate-memory.ts";
import { keepsNoWeights, type WeightsStore } from "../raster/kept-weights.ts";
import { Kernel, type KernelModules } from "../raster/kernel.ts";

/**
 * Hands out kernels. A render has an instance to itself for as long as it runs; small ones are used again, for a new one
 * costs a thumbnail half of its time.
 */
export class Kernels {
  readonly #modules: KernelModules;
  readonly #weights: WeightsStore;
  readonly #idle: Kernel[] = [];

  /** Hands out instances of the compiled kernels, which share the weights that are kept. */
  constructor(modules: KernelModules, weights: WeightsStore = keepsNoWeights) {
    this.#modules = modules;
    this.#weights = weights;
  }

  /** Memory of the instances that nobody uses, in bytes. */
  get idleBytes(): number {
    return this.#idle.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  }

  /** Returns an empty kernel that may hold `bytes`. */
  take(bytes: number): Kernel {
    const kernel = this.#idle.pop() ?? new Kernel(this.#modules, bytes, this.#weights);
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
