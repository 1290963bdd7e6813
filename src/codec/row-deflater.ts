import { ImageError } from "../error.ts";
import type { Kernel } from "../raster/kernel.ts";
import { planeWords, type RowForm, type SampleRows, samplesOfForm } from "./sample-rows.ts";

/** How rows are made to compress better: PNG's filters, or TIFF's predictors by the value of their tag. */
export const rowPredictors = { png: 0, none: 1, horizontal: 2 } as const;

/** The 32-bit words of `Encoder` in `wasm/png/encode.ts` that are written or read here, and where some of them are. */
const encoderWords = 14;
const rowsWord = 4;
const dataWord = 13;

/** Memory of a deflater besides its rows, and room to align each row. */
const fixedBytes = 430 << 10;

/** Returns the most kernel memory that a deflater takes, in bytes: it holds three rows. */
export function rowDeflaterBytes({ width, samples }: { readonly width: number; readonly samples: number }): number {
  return fixedBytes + 3 * width * samples;
}

/** Rows that are laid out, predicted and deflated to a zlib stream; its kernel memory is returned with the arena. */
export class RowDeflater {
  readonly #kernel: Kernel;
  readonly #form: RowForm;
  readonly #predictor: number;
  readonly #encoder: number;

  /** Takes 430 KiB and three rows of kernel memory, whatever the height. Throws `render-memory`. */
  constructor(kernel: Kernel, form: RowForm, predictor: keyof typeof rowPredictors) {
    this.#kernel = kernel;
    this.#form = form;
    this.#predictor = rowPredictors[predictor];
    const { width, bitDepth } = form;
    this.#encoder = kernel.allocate(kernel.exports.pngEncoderBytes(width, samplesOfForm(form), bitDepth));
    this.restart();
  }

  /** Begins another stream. */
  restart(): void {
    const { width, bitDepth } = this.#form;
    this.#words().set([width, bitDepth, samplesOfForm(this.#form), this.#predictor]);
    this.#kernel.exports.openPngEncoder(this.#encoder);
  }

  /** Where the data is that `write` and `finish` tell the lengths of: the 8 bytes before and the 4 after it are free. */
  get data(): number {
    return this.#words()[dataWord]!;
  }

  /** Takes rows and yields the length of the data whenever there is some. Throws `internal` for planes that do not fit. */
  *write(rows: SampleRows): Generator<number, void, undefined> {
    const { model, hasAlpha } = this.#form;
    if (rows.planes.length !== (model === "gray" ? 1 : 3) || (rows.alpha !== undefined) !== hasAlpha) {
      throw new ImageError("internal", "The planes do not fit the picture.");
    }
    this.#words().set([rows.rows, ...planeWords(rows)], rowsWord);
    const { encodePng } = this.#kernel.exports;
    for (let size = encodePng(this.#encoder); size > 0; size = encodePng(this.#encoder)) yield size;
  }

  /** Ends the stream of at least one row and returns the length of its last data. */
  finish(): number {
    return this.#kernel.exports.finishPng(this.#encoder);
  }

  /** Writes the length before a chunk of PNG, whose type is in place, and its CRC after it. */
  sealChunk(byteLength: number): void {
    this.#kernel.exports.sealPngChunk(this.#encoder, byteLength);
  }

  #words(): Uint32Array {
    return new Uint32Array(this.#kernel.exports.memory.buffer, this.#encoder, encoderWords);
  }
}
