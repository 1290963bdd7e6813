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
  /** Encodes more MCUs of what the encoder at this pointer was given; returns the bytes in its output. */
  encodeJpeg(encoder: number): number;
  /** Size of an encoder. */
  readonly jpegEncoderBytes: WebAssembly.Global;
  /** Where in an encoder its quantisation and Huffman tables are put. */
  readonly jpegEncoderDefinitions: WebAssembly.Global;
  /** Builds an encoder's tables from its definitions and resets it. */
  openJpegEncoder(encoder: number): void;
  /** Reads a stream of tables into a block for any number of decodes; returns a status. */
  loadJpegTables(tables: number, bytes: number, byteLength: number): number;
  /** Decodes TIFF LZW; returns the bytes written, at most `capacity`, or a negative status. */
  lzwDecode(source: number, byteLength: number, target: number, capacity: number): number;
  /** Decodes PackBits; returns the bytes written, at most `capacity`. */
  packBitsDecode(source: number, byteLength: number, target: number, capacity: number): number;
  /** Takes rows until a chunk's data is full, whose size it returns, or until none are left: then 0. */
  encodePng(encoder: number): number;
  /** Ends the stream; returns the size of the last data. */
  finishPng(encoder: number): number;
  /** Resets an encoder by its first three words. */
  openPngEncoder(encoder: number): void;
  /** Returns the size of an encoder. */
  pngEncoderBytes(width: number, samples: number, bitDepth: number): number;
  /** Puts the length in front of a chunk and the CRC behind it. */
  sealPngChunk(encoder: number, byteLength: number): void;
  /** Makes each sample the sum of those before it in its row: 1 to 4 samples a pixel. */
  undoPredictorRows(pointer: number, stride: number, width: number, height: number, samplesPerPixel: number): void;
  /** Copies one sample of every pixel to rows of its own. */
  takeSample(
    source: number,
    sourceStride: number,
    samplesPerPixel: number,
    sample: number,
    target: number,
    targetStride: number,
    width: number,
    height: number,
  ): void;
  /** Lays one row over white by its alpha. */
  composeOnWhiteRow(samples: number, alpha: number, width: number): void;
  /** Interleaves one row, opaque where `a` is 0; writes whole groups of 16 pixels. */
  interleaveRgbaRow(r: number, g: number, b: number, a: number, target: number, width: number): void;
  /** Writes the luma of one row. */
  rgbToGrayRow(r: number, g: number, b: number, gray: number, width: number): void;
  /** Writes the chroma of the means of 2 x 2 pixels of a row and the one a stride on. */
  rgbToHalvedChromaRow(
    r: number,
    rStride: number,
    g: number,
    gStride: number,
    b: number,
    bStride: number,
    cb: number,
    cr: number,
    width: number,
  ): void;
  /** Converts one row. */
  rgbToYcbcrRow(r: number, g: number, b: number, y: number, cb: number, cr: number, width: number): void;
  /** Converts one row. */
  ycbcrToRgbRow(y: number, cb: number, cr: number, r: number, g: number, b: number, width: number): void;
  /** Makes output rows of a plane from a band of its source by a `ResamplePlan`. */
  resample(
    plan: number,
    source: number,
    sourceStride: number,
    sourceFirst: number,
    destination: number,
    destinationStride: number,
    outputFirst: number,
    outputCount: number,
  ): void;
  /** Multiplies the alpha of a turned canvas by how much of each pixel the source covers. */
  coverRotated(
    alpha: number,
    stride: number,
    width: number,
    height: number,
    sourceWidth: number,
    sourceHeight: number,
    cosine: number,
    sine: number,
  ): void;
  /** Copies rows backwards; strides may be negative. */
  mirrorRows: MoveRows;
  /** Samples a plane anew on a canvas turned around the common centre. */
  rotateRows(
    source: number,
    sourceStride: number,
    sourceWidth: number,
    sourceHeight: number,
    target: number,
    targetStride: number,
    width: number,
    height: number,
    cosine: number,
    sine: number,
    phases: number,
  ): void;
  /** Copies rows to columns; strides may be negative. */
  transposeRows: MoveRows;
  /** Copies rows; strides may be negative. */
  copyRows: MoveRows;
  /** Repeats the last filled column and row up to the whole size. */
  extendEdges(
    target: number,
    stride: number,
    width: number,
    height: number,
    filledWidth: number,
    filledHeight: number,
  ): void;
  /** Sets all samples to one value. */
  fillRows(target: number, stride: number, width: number, height: number, value: number): void;
  /** Replaces samples by 255 less their value. */
  invertRows(pointer: number, stride: number, width: number, height: number): void;
  /** Makes samples at or above `threshold` white and the others black. */
  thresholdRows(pointer: number, stride: number, width: number, height: number, threshold: number): void;
}

/** Moves `width` x `height` samples of the source to the target. */
export type MoveRows = (
  source: number,
  sourceStride: number,
  target: number,
  targetStride: number,
  width: number,
  height: number,
) => void;
