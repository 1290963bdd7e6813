import { keptLimits } from "../../src/budget/isolate-memory.ts";
import { ImageError } from "../../src/error.ts";
import { Kernel, type KernelModules } from "../../src/raster/kernel.ts";
import { Kernels } from "../../src/render/kernels.ts";
import { Violation } from "./target.ts";

const guardBytes = 64;
const guardValue = 0xa5;

interface Block {
  /** Where the guard in front starts. */
  readonly start: number;
  readonly pointer: number;
  /** Where the guard behind starts. */
  readonly end: number;
}

/** A kernel whose blocks have foreign bytes in front and behind; what writes there is a Violation. */
export class GuardedKernel extends Kernel {
  readonly #blocks: Block[] = [];
  #heldBytes: number;
  #mayHoldBytes: number;

  /** Instantiates the kernels; `limitBytes` is the most that blocks and what is there from the start may take. */
  constructor(modules: KernelModules, limitBytes: number) {
    super(modules, Number.POSITIVE_INFINITY);
    this.#heldBytes = super.mark();
    this.#mayHoldBytes = limitBytes;
  }

  override reset(limitBytes: number): void {
    this.release(0);
    super.reset(Number.POSITIVE_INFINITY);
    this.#mayHoldBytes = limitBytes;
  }

  override allocate(byteLength: number): number {
    const aligned = Math.ceil(byteLength / 16) * 16;
    if (!Number.isSafeInteger(byteLength) || byteLength < 0) throw new Violation(`a block of ${byteLength} bytes`);
    if (this.#heldBytes + byteLength > this.#mayHoldBytes) throw new ImageError("render-memory", "No memory is left.");
    const start = super.allocate(aligned + 2 * guardBytes);
    const pointer = start + guardBytes;
    const end = pointer + aligned;
    const bytes = this.bytes;
    bytes.fill(guardValue, start, pointer);
    bytes.fill(guardValue, end, end + guardBytes);
    this.#blocks.push({ start, pointer, end });
    this.#heldBytes += aligned;
    return pointer;
  }

  override release(mark: number): void {
    const bytes = this.bytes;
    let to = mark;
    for (let block = this.#blocks.at(-1); block !== undefined && block.pointer >= mark; block = this.#blocks.at(-1)) {
      this.#blocks.pop();
      checkGuards(bytes, block);
      this.#heldBytes -= block.end - block.pointer;
      to = Math.min(to, block.start);
    }
    if (mark !== 0) super.release(to);
  }

  /** Throws a Violation where a guard of a block that is held was written to. */
  checkBlocks(): void {
    const bytes = this.bytes;
    for (const block of this.#blocks) checkGuards(bytes, block);
  }
}

function checkGuards(bytes: Uint8Array, { start, pointer, end }: Block): void {
  for (let at = 0; at < guardBytes; at += 1) {
    const isChanged = bytes[start + at] !== guardValue || bytes[end + at] !== guardValue;
    if (isChanged) throw new Violation(`a block of ${end - pointer} bytes was left ${at} bytes from its edge`);
  }
}

/** Hands out guarded kernels, and checks what was done to them when they come back. */
export class GuardedKernels extends Kernels {
  readonly #modules: KernelModules;
  #idle: GuardedKernel | undefined;
  #given: GuardedKernel | undefined;

  constructor(modules: KernelModules) {
    super(modules);
    this.#modules = modules;
  }

  override take(bytes: number): Kernel {
    const kernel = this.#idle ?? new GuardedKernel(this.#modules, bytes);
    this.#idle = undefined;
    this.#given = kernel;
    kernel.reset(bytes);
    return kernel;
  }

  override giveBack(kernel: Kernel): void {
    this.checkGiven();
    const isKept = kernel === this.#given && kernel.memoryBytes <= keptLimits.idleKernels;
    this.#idle = isKept ? this.#given : undefined;
  }

  /** Checks the kernel that was handed out last, also where its render failed. Throws a Violation. */
  checkGiven(): void {
    this.#given?.checkBlocks();
  }
}
