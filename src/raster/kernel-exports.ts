/** The exports of `wasm/index.ts`, by the names and the order they have there. Pointers are byte offsets into `memory`. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  /** Returns a 16-byte aligned block, or 0 when memory cannot grow that far. */
  allocate(byteLength: number): number;
  /** Returns the arena's top. */
  mark(): number;
  /** Sets the arena's top back to `mark`. */
  release(mark: number): void;
}
