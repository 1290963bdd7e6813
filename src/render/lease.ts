import { ImageError } from "../error.ts";
import { Kernel } from "../raster/kernel.ts";

/** How many renders may wait for memory; one more is refused. */
const queueLimit = 64;

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/**
 * Lends kernels to renders. Each render has an instance to itself, whose memory goes with it; how many run at once is
 * bounded by what their plans say they take, the others wait in the order they came.
 */
export class KernelLender {
  readonly #module: WebAssembly.Module;
  readonly #budgetBytes: number;
  readonly #queue: Waiting[] = [];
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
  async borrow(bytes: number): Promise<{ readonly kernel: Kernel; readonly release: () => void }> {
    await this.#admit(bytes);
    let isOut = true;
    const release = (): void => {
      if (!isOut) return;
      isOut = false;
      this.#lentBytes -= bytes;
      this.#startWaiting();
    };
    return { kernel: new Kernel(this.#module, bytes), release };
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
