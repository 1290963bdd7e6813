import { ImageError } from "../../error.ts";
import type { Kernel } from "../../raster/kernel.ts";
import type { Plane } from "../../raster/raster.ts";
import type { ByteSource } from "../../source/byte-source.ts";
import { type AskedRows, findMissing, type MissingRows } from "../missing-rows.ts";
import { checkCheckpoint, type JpegCheckpoint } from "./checkpoint.ts";
import { writeRequest } from "./decode-request.ts";
import { type JpegHeader, type JpegSampling, mcuSize, samplingsOf } from "./header.ts";
import { countRestarts } from "./restart-count.ts";
import type { JpegRowsHead } from "./rows-head.ts";
import { type ReaderMemory, takeReaderMemory } from "./rows-memory.ts";
import { type RowsState, readState, writeState } from "./rows-state.ts";
import { SlidingWindow } from "./sliding-window.ts";
import { checkJpegStatus } from "./status.ts";

/** What rows are read of, and how. */
export interface JpegRowsRequest {
  readonly source: ByteSource;
  /** What `readJpegRowsHead` read of this source. */
  readonly head: JpegRowsHead;
  /** Where to go on; from the first row if it is left out. */
  readonly from?: JpegCheckpoint | undefined;
  /** Each sample becomes the rounded mean of a square with this side. */
  readonly reduction?: 1 | 2 | 4 | 8 | undefined;
  /** The columns that are needed, in pixels of the frame; all if it is left out. */
  readonly columns?: { readonly x: number; readonly width: number } | undefined;
  /** How much is read at a time, in bytes. */
  readonly readBytes?: number | undefined;
}

/** How rows are read, with nothing left out. */
interface RowsForm {
  readonly reduction: 1 | 2 | 4 | 8;
  readonly columns: { readonly x: number; readonly width: number };
  readonly readBytes: number;
}

/** A read takes some ten milliseconds wherever it is from, and its bytes as long to decode. */
export const usualReadBytes = 1 << 21;

/** What a reader that reads so much at a time takes at most, in bytes: its memory in the kernel, and two reads. */
export const rowReaderBytes = (1 << 19) + 2 * usualReadBytes;

/** What `decodeJpegRows` returns when it needs more bytes, and when it needs the restart markers counted. */
const rowsMore = 2;
const rowsCount = 3;

const noPlane: Plane = { pointer: 0, stride: 0, width: 0, height: 0 };

/**
 * Returns a reader of the rows of a JPEG file. Its memory is taken out of the kernel's arena: less than half a megabyte,
 * whatever the size of the file. Throws `source-malformed`, `source-unsupported`, `source-changed`, `render-memory`.
 */
export function openJpegRows(kernel: Kernel, request: JpegRowsRequest): JpegRowReader {
  return new JpegRowReader(kernel, request);
}

/**
 * Decodes a sequential JPEG file from the top down, the same samples as `decodeJpegInto`. Holds a window of its bytes, two
 * reads at most, and a few numbers: `checkpoint` says where it has come to, and another reader goes on from there.
 */
export class JpegRowReader {
  /** Rows are read in multiples of this, in pixels of the frame: 8, 16, 24 or 32. */
  readonly mcuHeight: number;
  /** How each component is sampled. */
  readonly samplings: readonly JpegSampling[];
  readonly #kernel: Kernel;
  readonly #source: ByteSource;
  readonly #header: JpegHeader;
  readonly #form: RowsForm;
  readonly #mcusAcross: number;
  readonly #memory: ReaderMemory;
  readonly #window: SlidingWindow;
  /** A mark of each `jpegMarkRows` rows: 0 for those that are whole. */
  readonly #marks: Uint8Array;
  #row: number;
  #state: RowsState;
  #isReading = false;

  /** As `openJpegRows`. */
  constructor(kernel: Kernel, request: JpegRowsRequest) {
    const { source, head, from, reduction = 1, readBytes = usualReadBytes } = request;
    const { width, height } = head.header;
    const { columns = { x: 0, width } } = request;
    const samplings = samplingsOf(head.header);
    if (samplings === undefined) {
      throw new ImageError("source-unsupported", "The stored image has a JPEG chroma sampling that is not supported.");
    }
    const mcu = mcuSize(head.header);
    this.mcuHeight = mcu.height;
    this.#mcusAcross = Math.ceil(width / mcu.width);
    this.samplings = samplings;
    this.#kernel = kernel;
    this.#source = source;
    this.#header = head.header;
    this.#form = { reduction, columns, readBytes };
    this.#memory = takeReaderMemory(kernel, head);
    this.#marks = new Uint8Array(Math.ceil(height / kernel.exports.jpegMarkRows.value));
    const first = this.#open(head);
    if (from !== undefined) this.#check(from, head);
    this.#row = from?.row ?? 0;
    this.#state = from === undefined ? first : { ...from, mcu: this.#mcuOf(from.row) };
    this.#window = new SlidingWindow(kernel, { source, offset: this.#state.offset, held: head.held, readBytes });
  }

  /** The next row, in pixels of the frame. */
  get row(): number {
    return this.#row;
  }

  /**
   * Returns where decoding has come to: plain values, for `from` of another reader of the same file. Throws RangeError
   * while rows are being read, and after reading failed.
   */
  checkpoint(): JpegCheckpoint {
    this.#refuseWhileReading();
    const { mcu: _, ...reached } = this.#state;
    return { version: this.#source.version, row: this.#row, ...reached };
  }

  /**
   * Decodes the next `rows` of the frame, before reduction: a multiple of `mcuHeight`, or all that are left. Planes are
   * one for each component and begin with the first of these rows, at the left edge of the frame; what is outside of the
   * columns is left as it is. Returns what damage took of them, counted from the frame's first row. Throws
   * `source-unsupported`, what the source throws, and RangeError for other rows. After a failure it reads no more.
   */
  async next(planes: readonly Plane[], rows: number): Promise<MissingRows | undefined> {
    if (planes.length !== this.samplings.length) throw new RangeError(`${planes.length} planes`);
    const first = this.#row;
    await this.#advance(planes, rows);
    return this.missingOf({ y: first, height: rows });
  }

  /** Passes over the next rows, which takes about half as long. Throws the same as `next`. */
  async skip(rows: number): Promise<void> {
    await this.#advance([], rows);
  }

  /** Returns what damage took of rows that this reader has decoded, counted from the frame's first row. */
  missingOf(asked: AskedRows): MissingRows | undefined {
    return findMissing(this.#marks, asked, this.#markRows);
  }

  async #advance(planes: readonly Plane[], rows: number): Promise<void> {
    const { height } = this.#header;
    const end = this.#row + rows;
    const isWhole = Number.isInteger(rows) && (rows % this.mcuHeight === 0 ? end <= height : end === height);
    if (rows <= 0 || !isWhole) throw new RangeError(`rows ${this.#row} to ${end} of ${height}`);
    this.#refuseWhileReading();
    this.#isReading = true;
    const goal = this.#mcuOf(end);
    while (this.#state.mcu < goal) {
      const outcome = this.#decode(planes, { rows, goal });
      if (outcome === rowsMore) await this.#window.moveTo(this.#state.offset);
      else if (outcome === rowsCount) await this.#countRestarts();
    }
    this.#row = end;
    this.#isReading = false;
  }

  get #markRows(): number {
    return this.#kernel.exports.jpegMarkRows.value;
  }

  /** Decodes as far as the window reaches. */
  #decode(planes: readonly Plane[], { rows, goal }: { readonly rows: number; readonly goal: number }): number {
    const kernel = this.#kernel;
    const { pointer, from, end, isLast } = this.#window;
    const base = pointer - from;
    this.#writeRequest(planes, rows);
    writeState(kernel, this.#memory.state, { ...this.#state, base, end, isLast, goal });
    const status = kernel.exports.decodeJpegRows(this.#memory.request, this.#memory.state);
    checkJpegStatus(status);
    this.#state = readState(kernel, this.#memory.state, base);
    this.#takeMarks(rows);
    return status;
  }

  /** The kernel forgets its marks with the next decode. */
  #takeMarks(rows: number): void {
    const at = this.#kernel.exports.jpegMarks.value;
    const marks = this.#kernel.bytes.subarray(at, at + this.#marks.length);
    for (let index = this.#row / this.#markRows; index * this.#markRows < this.#row + rows; index += 1) {
      this.#marks[index] ||= marks[index] ?? 0;
    }
  }

  /** Markers may be numbered wrongly and all be there: then their numbers mean nothing. Happens once a file. */
  async #countRestarts(): Promise<void> {
    const { height, restartInterval } = this.#header;
    const left = Math.ceil((this.#mcuOf(height) - this.#state.mcu) / restartInterval);
    const count = await countRestarts(this.#source, this.#state.offset, this.#form.readBytes);
    this.#state = { ...this.#state, restartNumbers: count === left ? "meaningless" : "meant" };
  }

  /** Has the kernel read the header; returns the state at its first row. */
  #open({ dataOffset }: JpegRowsHead): RowsState {
    this.#row = 0;
    this.#writeRequest([], 0);
    checkJpegStatus(this.#kernel.exports.openJpegRows(this.#memory.request, this.#memory.state));
    return { ...readState(this.#kernel, this.#memory.state, 0), offset: dataOffset };
  }

  #check(checkpoint: JpegCheckpoint, { dataOffset }: JpegRowsHead): void {
    const { version, size } = this.#source;
    checkCheckpoint(checkpoint, {
      version,
      size,
      dataOffset,
      height: this.#header.height,
      mcuHeight: this.mcuHeight,
      mcusAcross: this.#mcusAcross,
    });
  }

  #writeRequest(planes: readonly Plane[], rows: number): void {
    const { reduction, columns } = this.#form;
    const { width, height } = this.#header;
    const { request: pointer, ...memory } = this.#memory;
    const row = this.#row;
    writeRequest(this.#kernel, pointer, {
      ...memory,
      frame: { width, height },
      minimumHeight: height,
      reduction,
      window: { ...columns, y: row, height: rows },
      // The kernel counts rows from the first of the frame. Nothing is written to what has no rows.
      planes: this.samplings.map(({ y }, index) => {
        const { pointer, stride, width, height } = planes[index] ?? noPlane;
        const above = row / (y * reduction);
        return { pointer: pointer - above * stride, stride, width, height: above + height };
      }),
      samplingOf: () => undefined,
    });
  }

  #mcuOf(row: number): number {
    return this.#mcusAcross * Math.ceil(row / this.mcuHeight);
  }

  #refuseWhileReading(): void {
    if (this.#isReading) throw new RangeError("rows are being read, or reading them has failed");
  }
}
