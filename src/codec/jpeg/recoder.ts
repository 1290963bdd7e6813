import { ImageError } from "../../error.ts";
import type { Area, Size } from "../../geometry.ts";
import type { Kernel } from "../../raster/kernel.ts";
import type { Plane, Subsampling } from "../../raster/raster.ts";
import type { MissingRows } from "../missing-rows.ts";
import { encoderWords, type JpegCoder, type JpegEncodeOptions, openJpegCoder, planeWords } from "./coder.ts";
import { decodeForRecoder, type JpegTables } from "./decoder.ts";
import { checkJpegStatus } from "./status.ts";

/** A JPEG that is made of the coefficients of JPEG tiles. */
export interface JpegRecoderOptions extends Omit<JpegEncodeOptions, "model" | "subsampling" | "tables"> {
  /** Of the tiles: `rgb` becomes `ycbcr`. Chroma is halved on both axes, in tiles of `ycbcr` already. */
  readonly model: "gray" | "rgb" | "ycbcr";
  /** Size of a tile in pixels, multiples of 16, and how many lie side by side at the most. */
  readonly tile: Size;
  readonly columns: number;
}

/** A tile, and the part of it that the picture shows. */
export interface RecodedTile {
  readonly tables: JpegTables | undefined;
  readonly bytes: Uint8Array;
  /** In pixels; begins at a multiple of 16. */
  readonly shown: Area;
}

/** A picture being made of tiles; its kernel memory is returned with the arena. */
export interface JpegRecoder {
  /**
   * Adds the next tile to the right. Returns undefined, and has added nothing, where the tile is progressive, of several
   * scans, or has other MCUs. Throws what decoding it throws, and `render-memory`.
   */
  addTile(tile: RecodedTile): { readonly missing: MissingRows | undefined } | undefined;
  /** Adds a tile by the samples of what is shown of it: of luma, and of halved chroma. Throws `render-memory`. */
  addPlanes(planes: readonly Plane[], shown: Size): void;
  /** Joins the tiles that were added, and returns a copy of the bytes that are ready, starting with the header. */
  endRow(): Generator<Uint8Array, void, undefined>;
  /** Returns the last bytes. */
  finish(): Uint8Array;
}

/** The 32-bit words of `Recoder` and of `Joining` in `wasm/jpeg`. */
const recoderWords = 9;
const joiningWords = 6;

/**
 * Bytes that a sample takes at the most once it is encoded, up to a quality and above it: what black and white at random
 * takes with the standard tables.
 */
const sampleBytes = { usual: 1.2, usualQuality: 90, most: 2 } as const;

/** What may be read beyond the bits, and written beyond what is held. */
const slackBytes = 64;

/** At least the kernel's bytes of a row of MCUs of a tile, and of eight pixels of what is held of colours. */
const mostKept = { row: 1024, held: 512 } as const;

/** Returns the most kernel memory that a recoder takes next to its encoder, in bytes, whatever the quality. */
export function jpegRecoderBytes({
  model,
  tile,
  columns,
}: Pick<JpegRecoderOptions, "model" | "tile" | "columns">): number {
  const rows = columns * Math.ceil(tile.height / mcuSideOf(model)) * mostKept.row;
  const bits = columns * samplesOf(model, tile) * sampleBytes.most;
  return rows + bits + Math.ceil(tile.width / 8) * mostKept.held;
}

function mcuSideOf(model: JpegRecoderOptions["model"]): number {
  return model === "gray" ? 8 : 16;
}

/** Returns how many samples of a tile are encoded. */
function samplesOf(model: JpegRecoderOptions["model"], { width, height }: Size): number {
  return width * height * (model === "gray" ? 1 : 1.5);
}

/**
 * Begins a baseline JPEG of tiles, which has the bits of a row of tiles in kernel memory. Throws `internal` for a picture
 * that JPEG can't hold and `render-memory`. Source: ITU-T T.81.
 */
export function createJpegRecoder(kernel: Kernel, options: JpegRecoderOptions): JpegRecoder {
  const { tile, columns, quality } = options;
  const model = options.model === "gray" ? "gray" : "ycbcr";
  const to = options.model === "rgb" ? "ycbcr" : "components";
  const coder = openJpegCoder(kernel, { ...options, model, subsampling: { x: 2, y: 2 } });
  const mcuSide = mcuSideOf(model);
  const { jpegHeldBytes, jpegMcuBytes, jpegRowBitsBytes } = kernel.exports;
  const tileRows = Math.ceil(tile.height / mcuSide) * jpegRowBitsBytes.value;
  const eachBytes = quality > sampleBytes.usualQuality ? sampleBytes.most : sampleBytes.usual;
  const bitsBytes = Math.ceil(columns * samplesOf(model, tile) * eachBytes) + jpegMcuBytes.value;

  const rows = kernel.allocate(columns * tileRows);
  const bottom = kernel.allocate(bitsBytes + 2 * slackBytes) + slackBytes;
  const held = kernel.allocate(to === "ycbcr" ? Math.ceil(tile.width / 8) * jpegHeldBytes.value + slackBytes : 0);
  const recoder = kernel.allocate(4 * recoderWords);
  const joining = kernel.allocate(4 * (joiningWords + columns));
  const top = bottom + bitsBytes - 1;
  // All tiles have the same frame.
  const frame = { ...tile, planes: planesOf(options.model, tile), subsampling: samplingOf(options.model) };
  let cursor = top;
  let rowCount = 0;
  let added = 0;
  let isBegun = false;

  const wordsAt = (pointer: number, count: number): Uint32Array =>
    new Uint32Array(kernel.exports.memory.buffer, pointer, count);

  const begin = ({ x, y, width, height }: Area): void => {
    if (added === columns) throw new ImageError("internal", "A row of the JPEG has too many tiles.");
    rowCount = Math.ceil(height / mcuSide);
    wordsAt(recoder, recoderWords).set([
      ...[coder.pointer, rows + added * tileRows, cursor, bottom],
      ...[x, y, width, height, held],
    ]);
  };
  const end = (): void => {
    cursor = wordsAt(recoder, recoderWords)[2]!;
    added += 1;
  };

  return {
    addTile({ tables, bytes, shown }) {
      begin(shown);
      const decoded = decodeForRecoder(kernel, { ...frame, tables, bytes, window: shown }, { recoder, to });
      if (decoded !== undefined) end();
      return decoded;
    },
    addPlanes(planes, shown) {
      const { width, height } = shown;
      begin({ x: 0, y: 0, width, height });
      placePlanes(coder, planes, shown);
      checkJpegStatus(kernel.exports.recodeJpegPlanes(recoder));
      end();
    },
    *endRow() {
      if (added === 0) throw new ImageError("internal", "A row of the JPEG has no tiles.");
      if (!isBegun) yield coder.header;
      isBegun = true;
      const tiles = Array.from({ length: added }, (_, index) => rows + index * tileRows);
      wordsAt(joining, joiningWords + added).set([coder.pointer, added, rowCount, 0, 0, -1, ...tiles]);
      do yield coder.take(kernel.exports.joinJpegRows(joining));
      while (wordsAt(joining, joiningWords)[3]! < rowCount);
      cursor = top;
      added = 0;
    },
    finish: () => coder.lastBytes(),
  };
}

/** Planes that nothing is written to, for what decoding compares. */
function planesOf(model: JpegRecoderOptions["model"], { width, height }: Size): readonly Plane[] {
  const plane = { pointer: 0, stride: 0, width, height };
  if (model === "gray") return [plane];
  const halved = { ...plane, width: width / 2, height: height / 2 };
  return [plane, halved, halved];
}

function samplingOf(model: JpegRecoderOptions["model"]): Subsampling {
  return model === "ycbcr" ? { x: 2, y: 2 } : { x: 1, y: 1 };
}

function placePlanes(coder: JpegCoder, planes: readonly Plane[], shown: Size): void {
  if (planes.length !== coder.componentCount) throw new ImageError("internal", "The planes do not fit the JPEG.");
  const words = coder.words();
  for (const [index, { pointer, stride }] of planes.entries()) {
    const at = encoderWords + planeWords * index;
    const factor = index === 0 ? 1 : 2;
    words[at] = pointer;
    words[at + 1] = stride;
    words[at + 2] = Math.ceil(shown.width / factor);
    words[at + 3] = Math.ceil(shown.height / factor);
  }
}
