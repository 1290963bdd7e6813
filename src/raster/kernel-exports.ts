/** The exports of `wasm/index.ts`, with its names and in its order. Pointers are byte offsets into `memory`. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  /** Returns a 16-byte aligned block, or 0 if memory can't grow that far. */
  allocate(byteLength: number): number;
  /** Returns the arena's top. */
  mark(): number;
  /** Sets the arena's top back to `mark`. */
  release(mark: number): void;
  /** Decodes fax compression, changes its source and marks how each row was read; returns a status. */
  decodeCcitt(
    source: number,
    byteLength: number,
    coding: number,
    target: number,
    width: number,
    rows: number,
    work: number,
    marks: number,
  ): number;
  /** Returns the size of the workspace for rows of this width. */
  ccittWorkBytes(width: number): number;
  /** Begins to inflate a stream in `inflateWorkBytes` at this pointer; a kernel inflates one at a time. */
  openInflate(work: number): void;
  /** Returns where the next piece of the stream is to be written. */
  inflateRoom(): number;
  /** Feeds the bytes that were written there. */
  feedInflate(byteLength: number, isLast: boolean): void;
  /** Inflates until it has given as much as it may at once, or needs another piece; returns a status. */
  inflate(): number;
  /** Where the bytes are that it gave last, until it is called again. */
  readonly inflatedFrom: WebAssembly.Global;
  readonly inflatedEnd: WebAssembly.Global;
  /** The most bytes that are fed at once. */
  readonly inflatePieceBytes: WebAssembly.Global;
  /** Size of the workspace. */
  readonly inflateWorkBytes: WebAssembly.Global;
  /** Joins rows of tiles that were recoded, as the `Joining` at this pointer says; returns the bytes in its encoder's output. */
  joinJpegRows(joining: number): number;
  /** Decodes one JPEG according to the request at this pointer; returns a status. */
  decodeJpeg(request: number): number;
  /** Where a decode leaves a mark for each `jpegMarkRows` rows of the frame, 0 for those that are whole. */
  readonly jpegMarks: WebAssembly.Global;
  readonly jpegMarkRows: WebAssembly.Global;
  /** Encodes the planes of the encoder of the `Recoder` at this pointer as a tile; returns a status. */
  recodeJpegPlanes(recoder: number): number;
  /** Room that a `Recoder` takes for each eight pixels of width where colours are converted. */
  readonly jpegHeldBytes: WebAssembly.Global;
  /** Size of what is kept of each row of MCUs of a tile. */
  readonly jpegRowBitsBytes: WebAssembly.Global;
  /** Decodes rows of one JPEG from a window of its bytes, from the state at `state` on; returns how far it came. */
  decodeJpegRows(request: number, state: number): number;
  /** Bytes of workspace for it. */
  readonly jpegRowsBytes: WebAssembly.Global;
  /** Reads a JPEG's header into the tables of the request, and sets the state to its first row; returns a status. */
  openJpegRows(request: number, state: number): number;
  /** Bytes of workspace for one decode besides a block of tables and the length of the stream. */
  readonly jpegPaddingBytes: WebAssembly.Global;
  /** Size of a block of tables. */
  readonly jpegTablesBytes: WebAssembly.Global;
  /** Encodes more MCUs of what the encoder at this pointer was given; returns the number of bytes in its output. */
  encodeJpeg(encoder: number): number;
  /** Size of an encoder. */
  readonly jpegEncoderBytes: WebAssembly.Global;
  /** Where the quantisation and Huffman tables are in an encoder. */
  readonly jpegEncoderDefinitions: WebAssembly.Global;
  /** The most bytes that an MCU takes before they are stuffed, and what may be written behind it. */
  readonly jpegMcuBytes: WebAssembly.Global;
  /** Builds an encoder's tables from its definitions and resets it. */
  openJpegEncoder(encoder: number): void;
  /** Reads a stream of tables into a block for any number of decodes; returns a status. */
  loadJpegTables(tables: number, bytes: number, byteLength: number): number;
  /** Decodes TIFF LZW as far as it goes; returns the bytes written, at most `capacity`, or -1 for a stream that ends early. */
  lzwDecode(source: number, byteLength: number, target: number, capacity: number): number;
  /** Feeds a stream of LZW the bytes that are at `source`, once those before are used up. */
  feedLzw(source: number, byteLength: number): void;
  /** Whether nothing more comes of it. */
  readonly lzwEnded: WebAssembly.Global;
  /** Size of the workspace. */
  readonly lzwWorkBytes: WebAssembly.Global;
  /** Begins a stream in `lzwWorkBytes` at this pointer; a kernel decodes one at a time. */
  openLzw(work: number): void;
  /** Writes the next bytes of it; returns how many, fewer than `capacity` when all that was fed is used up. */
  takeLzw(target: number, capacity: number): number;
  /** Decodes PackBits; returns the bytes written, at most `capacity`. */
  packBitsDecode(source: number, byteLength: number, target: number, capacity: number): number;
  /** The same of a stream of PackBits. */
  feedPackBits(source: number, byteLength: number): void;
  openPackBits(): void;
  takePackBits(target: number, capacity: number): number;
  /** Takes rows until a chunk's data is full and returns its size, or until none are left and returns 0. */
  encodePng(encoder: number): number;
  /** Ends the stream; returns the size of the last data. */
  finishPng(encoder: number): number;
  /** Resets an encoder by its first four words. */
  openPngEncoder(encoder: number): void;
  /** Returns the size of an encoder. */
  pngEncoderBytes(width: number, samples: number, bitDepth: number): number;
  /** Interleaves or packs rows one after another; `g`, `b` and `a` are 0 where there is no such plane. */
  layOutRows(
    r: number,
    g: number,
    b: number,
    a: number,
    rStride: number,
    gStride: number,
    bStride: number,
    aStride: number,
    target: number,
    width: number,
    bitDepth: number,
    rows: number,
  ): void;
  /** Undoes the filters of rows of a PNG in place; returns how many rows were done. */
  unfilterPngRows(rows: number, rowBytes: number, pixelBytes: number, count: number): number;
  /** Writes the length before a chunk and the CRC after it. */
  sealPngChunk(encoder: number, byteLength: number): void;
  /** Ends a partition of the VP8 encoder at this pointer. */
  closeVp8Partition(encoder: number): void;
  /** Writes the bits of levels, or of modes, that are in the encoder, until all are taken or its output is full. */
  codeVp8Levels(encoder: number): void;
  codeVp8Modes(encoder: number): void;
  /** Encodes macroblocks of a row until it is complete or the buffer is full. */
  encodeVp8(encoder: number): void;
  /** Resets an encoder whose first words and definitions of modes are set. */
  openVp8Encoder(encoder: number): void;
  /** Begins a partition. */
  openVp8Partition(encoder: number): void;
  /** Writes a bit of the header. */
  putVp8Bit(encoder: number, bit: number, probability: number): void;
  /** Where the counts of the bits of tokens are in an encoder. */
  readonly vp8Counts: WebAssembly.Global;
  /** Where probabilities and costs are in an encoder. */
  readonly vp8Definitions: WebAssembly.Global;
  /** Returns the size of an encoder for so many macroblocks in a row. */
  vp8EncoderBytes(across: number): number;
  /** Adds up to 256 rows of samples to the sums of the row of boxes they lie in. */
  addToBoxes(
    source: number,
    stride: number,
    width: number,
    height: number,
    sums: number,
    boxWidth: number,
    firstWidth: number,
    columns: number,
  ): void;
  /** Writes the rounded means of a row of boxes and sets their sums to 0. */
  takeBoxMeans(sums: number, count: number, samples: number, lastSamples: number, target: number): void;
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
  /** Interleaves one row, opaque if `a` is 0; writes whole groups of 16 pixels. */
  interleaveRgbaRow(r: number, g: number, b: number, a: number, target: number, width: number): void;
  /** Writes the luma of one row. */
  rgbToGrayRow(r: number, g: number, b: number, gray: number, width: number): void;
  /** Writes the chroma of the means of 2 x 2 pixels, from a row and the row one stride further. */
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
  /** Converts one row of RGB by curves and a matrix. */
  convertRgbRow: ConvertRow;
  /** Converts one row of CIELAB. */
  convertLabRow: ConvertRow;
  /** Converts one row of three channels, or of four if `k` is not 0, by a grid. */
  interpolateRow(
    grid: number,
    a: number,
    b: number,
    c: number,
    k: number,
    red: number,
    green: number,
    blue: number,
    width: number,
  ): void;
  /** Replaces samples of one row by a table of 256 levels. */
  lookUpRow(levels: number, source: number, target: number, width: number): void;
  /** Composites one row on white by its alpha. */
  composeOnWhiteRow(samples: number, alpha: number, width: number): void;
  /** Composites premultiplied samples on white. */
  composePremultipliedOnWhiteRows: WeighRows;
  /** Multiplies samples by their alpha. */
  premultiplyRows: WeighRows;
  /** Divides samples by their alpha. */
  unpremultiplyRows: WeighRows;
  /** Reverses the bits of each byte. */
  reverseBits(pointer: number, byteLength: number): void;
  /** Writes the colours of indexes to three planes; `palette` is 3 x 256 bytes. */
  applyPaletteRows(
    indexes: number,
    stride: number,
    palette: number,
    r: number,
    rStride: number,
    g: number,
    gStride: number,
    b: number,
    bStride: number,
    width: number,
    height: number,
  ): void;
  /** Joins the bytes of samples whose rows store them by significance; `scratch` has room for a row. */
  joinByteRows(
    pointer: number,
    stride: number,
    count: number,
    height: number,
    sampleBytes: number,
    isLittleEndian: boolean,
    scratch: number,
  ): void;
  /** Makes each sample of 1, 2 or 4 bytes the sum of those before it in its row, a pixel apart. */
  undoDifferenceRows(
    pointer: number,
    stride: number,
    rowBytes: number,
    height: number,
    pixelBytes: number,
    sampleBytes: number,
    isLittleEndian: boolean,
  ): void;
  /** Unpacks samples of 1, 2 or 4 bits; a value of v becomes v times `step`. */
  unpackBitRows(
    source: number,
    sourceStride: number,
    target: number,
    targetStride: number,
    count: number,
    height: number,
    bits: number,
    step: number,
  ): void;
  /** Unpacks floats of 64 bits; a value of v becomes (v - least) * scale. */
  unpackDoubleRows(
    source: number,
    sourceStride: number,
    target: number,
    targetStride: number,
    count: number,
    height: number,
    isLittleEndian: boolean,
    least: number,
    scale: number,
  ): void;
  /** Unpacks samples of 10 to 32 bits, floats if `exponentBits` is not 0; a value of v becomes (v - least) * scale. */
  unpackScaledRows(
    source: number,
    sourceStride: number,
    target: number,
    targetStride: number,
    count: number,
    height: number,
    bits: number,
    exponentBits: number,
    isLittleEndian: boolean,
    least: number,
    scale: number,
  ): void;
  /** Unpacks unsigned samples of 16 bits. */
  unpackWordRows(
    source: number,
    sourceStride: number,
    target: number,
    targetStride: number,
    count: number,
    height: number,
    isLittleEndian: boolean,
  ): void;
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
  /** Adds rows of a plane to the rings that hold its columns. */
  addToRings(
    source: number,
    sourceStride: number,
    width: number,
    rows: number,
    firstRow: number,
    rings: number,
    ringCount: number,
    line: number,
  ): void;
  /** Blends rows of an oblique canvas with its ground by how much of each sample the plane covers. */
  coverRotated(
    target: number,
    stride: number,
    width: number,
    height: number,
    planeWidth: number,
    planeHeight: number,
    across: number,
    down: number,
    acrossColumn: number,
    downColumn: number,
    acrossRow: number,
    downRow: number,
    ground: number,
  ): void;
  /** Copies rows backwards; strides may be negative. */
  mirrorRows: MoveRows;
  /** Resamples a plane that is held in rings on rows of an oblique canvas. */
  rotateRows(
    rings: number,
    windowsWide: number,
    windowsHigh: number,
    target: number,
    targetStride: number,
    width: number,
    height: number,
    across: number,
    down: number,
    acrossColumn: number,
    downColumn: number,
    acrossRow: number,
    downRow: number,
    phases: number,
    ground: number,
  ): void;
  /** Copies rows to columns; strides may be negative. */
  transposeRows: MoveRows;
  /** Copies rows; strides may be negative. */
  copyRows: MoveRows;
  /** Writes means of 2 by 2 samples; width and height are the target's. */
  halveRows: MoveRows;
  /** Writes means of 2 by 2 samples weighed by their alpha; width and height are the target's. */
  halveWeighedRows(
    source: number,
    sourceStride: number,
    alpha: number,
    alphaStride: number,
    target: number,
    targetStride: number,
    width: number,
    height: number,
  ): void;
  /** Sets all samples to one value. */
  fillRows(target: number, stride: number, width: number, height: number, value: number): void;
  /** Adds 128 to signed samples, or subtracts it. */
  flipSignRows(pointer: number, stride: number, width: number, height: number): void;
  /** Replaces samples by 255 minus their value. */
  invertRows(pointer: number, stride: number, width: number, height: number): void;
  /** Makes samples at or above `threshold` white and the others black. */
  thresholdRows(pointer: number, stride: number, width: number, height: number, threshold: number): void;
}

/** Changes `width` x `height` samples in place by their alpha. */
export type WeighRows = (
  samples: number,
  stride: number,
  alpha: number,
  alphaStride: number,
  width: number,
  height: number,
) => void;

/** Moves `width` x `height` samples of the source to the target. */
export type MoveRows = (
  source: number,
  sourceStride: number,
  target: number,
  targetStride: number,
  width: number,
  height: number,
) => void;

/** Converts one row of three channels by the block of a table. */
export type ConvertRow = (
  block: number,
  a: number,
  b: number,
  c: number,
  red: number,
  green: number,
  blue: number,
  width: number,
) => void;
