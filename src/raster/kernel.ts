import { ImageError } from "../error.ts";
import { keepsNoWeights, type WeightsStore } from "./kept-weights.ts";
import { type Plane, planeSlackBytes, strideAlignment } from "./raster.ts";

/** The functions that `wasm/index.ts` exports; the only place where JavaScript knows their types. */
export type { KernelExports } from "./kernel-exports.ts";

import type { KernelExports } from "./kernel-exports.ts";

/** Codecs from elsewhere, compiled. Each use of one has an instance of its own. */
export interface CodecModules {
  readonly webpDecoder: WebAssembly.Module;
  /** libwebp's, for tiles that are stored: the Worker that serves pictures does without. */
  readonly webpEncoder?: WebAssembly.Module | undefined;
  readonly jpeg2000Decoder: WebAssembly.Module;
}

/** All that pictures are drawn by, compiled. */
export interface KernelModules extends CodecModules {
  readonly kernel: WebAssembly.Module;
}

/**
 * One instance of the WebAssembly kernels with its own memory, used by one render at a time. Memory is a bump arena:
 * `allocate` takes memory, `mark` and `release` give back everything taken since.
 */
export class Kernel {
  readonly exports: KernelExports;
  /** What decodes and encodes the formats that the kernels themselves do not. */
  readonly codecs: CodecModules;
  /** Weights that other renders have planned. */
  readonly weights: WeightsStore;
  readonly #empty: number;
  #limitBytes: number;
  #bytes = new Uint8Array(0);
  /** What the first block of the arena holds, if it was filled for renders to come. */
  #firstBlock: string | undefined;

  /** Instantiates the kernels synchronously; `limitBytes` is the most the arena may hold. */
  constructor({ kernel, ...codecs }: KernelModules, limitBytes: number, weights: WeightsStore = keepsNoWeights) {
    this.codecs = codecs;
    this.weights = weights;
    this.exports = new WebAssembly.Instance(kernel, {}).exports as unknown as KernelExports;
    this.#empty = this.exports.mark();
    this.#limitBytes = limitBytes;
  }

  /** How much memory the instance has grown to, in bytes; it never shrinks. */
  get memoryBytes(): number {
    return this.exports.memory.buffer.byteLength;
  }

  /** Empties the arena for another render, which may use `limitBytes`. */
  reset(limitBytes: number): void {
    this.exports.release(this.#empty);
    this.#limitBytes = limitBytes;
  }

  /** All of kernel memory as bytes. Get it again after every `allocate`: growing memory detaches older views. */
  get bytes(): Uint8Array {
    const { buffer } = this.exports.memory;
    if (this.#bytes.buffer !== buffer) this.#bytes = new Uint8Array(buffer);
    return this.#bytes;
  }

  /** Returns a 16-byte aligned block of `byteLength` bytes, not cleared. Throws `render-memory`. */
  allocate(byteLength: number): number {
    const start = this.exports.mark();
    if (start === this.#empty) this.#firstBlock = undefined;
    const pointer = start + byteLength <= this.#limitBytes ? this.exports.allocate(byteLength) : 0;
    if (pointer === 0) {
      throw new ImageError("render-memory", "This rendering needs more memory than one rendering may use.", {
        detail: `${byteLength} more bytes over ${this.#limitBytes}`,
      });
    }
    return pointer;
  }

  /** Returns a plane with rows aligned to `strideAlignment` and slack after it. Throws `render-memory`. */
  allocatePlane(width: number, height: number): Plane {
    const stride = alignUp(width, strideAlignment);
    return { pointer: this.allocate(stride * height + planeSlackBytes), stride, width, height };
  }

  /**
   * Returns a block that `fill` has written: the one that is there already where the render before began with one of the
   * same content, which nobody else writes to. Throws `render-memory` and what `fill` throws.
   */
  allocateFilled(content: string, byteLength: number, fill: (pointer: number) => void): number {
    const isFirst = this.exports.mark() === this.#empty;
    const isThere = isFirst && this.#firstBlock === content;
    const pointer = this.allocate(byteLength);
    if (!isThere) fill(pointer);
    if (isFirst) this.#firstBlock = content;
    return pointer;
  }

  /** Copies `bytes` into a new block and returns where it starts. Throws `render-memory`. */
  store(bytes: Uint8Array): number {
    const pointer = this.allocate(bytes.byteLength + planeSlackBytes);
    this.bytes.set(bytes, pointer);
    return pointer;
  }

  /** Returns a mark of the arena for `release`. */
  mark(): number {
    return this.exports.mark();
  }

  /** Gives back everything allocated since `mark`. */
  release(mark: number): void {
    this.exports.release(mark);
  }
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
