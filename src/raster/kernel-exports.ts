/** The exports of `wasm/index.ts`, by the names and the order they have there. Pointers are byte offsets into `memory`. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  /** Returns a 16-byte aligned block, or 0 when memory cannot grow that far. */
  allocate(byteLength: number): number;
  /** Returns the arena's top. */
  mark(): number;
  /** Sets the arena's top back to `mark`. */
  release(mark: number): void;
  /** Decodes one JPEG as the request at this pointer says; returns a status. */
  decodeJpeg(request: number): number;
  /** Bytes of workspace for one decode beside a block of tables and the length of the stream. */
  readonly jpegPaddingBytes: WebAssembly.Global;
  /** Size of a block of tables. */
  readonly jpegTablesBytes: WebAssembly.Global;
  /** Reads a stream of tables into a block for any number of decodes; returns a status. */
  loadJpegTables(tables: number, bytes: number, byteLength: number): number;
  /** Decodes TIFF LZW; returns the bytes written, at most `capacity`, or a negative status. */
  lzwDecode(source: number, byteLength: number, target: number, capacity: number): number;
  /** Decodes PackBits; returns the bytes written, at most `capacity`. */
  packBitsDecode(source: number, byteLength: number, target: number, capacity: number): number;
}
