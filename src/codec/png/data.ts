import type { Kernel } from "../../raster/kernel.ts";
import { type InflateEnd, inflate } from "../inflate.ts";

/** The image data of a PNG, inflated as far as it is asked for. */
export class PngData {
  readonly #kernel: Kernel;
  readonly #inflating: Generator<Uint8Array, InflateEnd>;
  /** Places rather than a view: memory may grow while the bytes are used. */
  #from = 0;
  #to = 0;
  #isEnded = false;

  /** Takes no memory before the first bytes are asked for. */
  constructor(kernel: Kernel, parts: Iterable<Uint8Array>) {
    this.#kernel = kernel;
    this.#inflating = inflate(kernel, parts);
  }

  /** Copies the next `length` bytes to `target`, or what there is; returns how many. Throws what `inflate` throws. */
  take(target: number, length: number): number {
    for (let taken = 0; ; ) {
      const count = Math.min(this.#to - this.#from, length - taken);
      this.#kernel.bytes.copyWithin(target + taken, this.#from, this.#from + count);
      this.#from += count;
      taken += count;
      if (taken === length || this.#isEnded) return taken;
      const { done, value } = this.#inflating.next();
      if (done) this.#isEnded = true;
      else [this.#from, this.#to] = [value.byteOffset, value.byteOffset + value.byteLength];
    }
  }

  /** Gives the memory back. */
  close(): void {
    this.#inflating.return("whole");
  }
}
