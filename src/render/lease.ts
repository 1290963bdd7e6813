import { ImageError } from "../error.ts";
import { Kernel } from "../raster/kernel.ts";

/** How many renders may wait for memory, holding no more than their plans; one more is refused. */
export const queueLimit = 2048;

/** Memory of instances kept for the next renders, of each and of all together, in bytes: what is above is let go. */
const idleLimits = { instanceBytes: 4 << 20, totalBytes: 16 << 20 } as const;

/** How a render ended. What failed may have left anything behind, a trap above all: its instance is not used again. */
export type Outcome = "done" | "failed";

/** A kernel on loan. */
export interface Loan {
  readonly kernel: Kernel;
  /** Gives the kernel back; a second call does nothing. */
  readonly release: (outcome: Outcome) => void;
}

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/**
 * Lends kernels to renders. Each render has an instance to itself for as long as it runs; small ones are used again, for
 * a new one costs a thumbnail half of its time. How many run at once is bounded by what their plans say they take, the
 * others wait in the order they came.
 */
export class KernelLender {
  readonly #module: WebAssembly.Module;
  readonly #budgetBytes: number;
  readonly #queue: Waiting[] = [];
  readonly #idle: Kernel[] = [];
  #lentBytes = 0;

  /** Makes a lender of instances of `module` that together may take `budgetBytes`. */
  constructor(module: WebAssembly.Module, budgetBytes: number) {
    this.#module = module;
    this.#budgetBytes = budgetBytes;
  }

  /** How many bytes are lent now. */
  get lentBytes(): number {
    return this.#lentBytes;
  }

  /**
   * Returns a kernel that may take `bytes`, at once or when others have given theirs back. Call `release` when done with
   * it, whatever happened. Throws `render-busy` when too many wait already.
   */
  async borrow(bytes: number): Promise<Loan> {
    await this.#admit(bytes);
    const kernel = this.#idle.pop() ?? new Kernel(this.#module, bytes);
    kernel.reset(bytes);
    let isOut = true;
    const release = (outcome: Outcome): void => {
      if (!isOut) return;
      isOut = false;
      if (outcome === "done" && this.#isKept(kernel)) this.#idle.push(kernel);
      this.#lentBytes -= bytes;
      this.#startWaiting();
    };
    return { kernel, release };
  }

  #isKept({ memoryBytes }: Kernel): boolean {
    const idleBytes = this.#idle.reduce((sum, kernel) => sum + kernel.memoryBytes, 0);
    return memoryBytes <= idleLimits.instanceBytes && idleBytes + memoryBytes <= idleLimits.totalBytes;
  }

  async #admit(bytes: number): Promise<void> {
    if (this.#queue.length === 0 && this.#fits(bytes)) {
      this.#lentBytes += bytes;
      return;
    }
    if (this.#queue.length >= queueLimit) {
      throw new ImageError("render-busy", "The service is busy with other images. Ask again in a moment.");
    }
    await new Promise<void>((start) => this.#queue.push({ bytes, start }));
  }

  #startWaiting(): void {
    for (let next = this.#queue[0]; next !== undefined && this.#fits(next.bytes); next = this.#queue[0]) {
      this.#queue.shift();
      this.#lentBytes += next.bytes;
      next.start();
    }
  }

  /** What alone is above the budget still runs, but alone. */
  #fits(bytes: number): boolean {
    return this.#lentBytes === 0 || this.#lentBytes + bytes <= this.#budgetBytes;
  }
}
