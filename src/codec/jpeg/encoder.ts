import { ImageError } from "../../error.ts";
import type { Kernel } from "../../raster/kernel.ts";
import type { Plane } from "../../raster/raster.ts";
import { encoderWords, type JpegEncodeOptions, openJpegCoder, planeWords } from "./coder.ts";

/** The next rows of the picture: `rows` of luma, `ceil(rows / subsampling.y)` of chroma. */
export interface JpegRows {
  readonly planes: readonly Pick<Plane, "pointer" | "stride">[];
  readonly rows: number;
}

/** A picture being encoded as baseline JPEG; its kernel memory is returned with the arena. */
export interface JpegEncoder {
  /** Every call except the last must bring a multiple of this many rows. */
  readonly rowGroup: number;
  /**
   * Encodes the next rows, all the remaining ones or a multiple of `rowGroup`, and returns a copy of the bytes that are
   * ready, starting with the header. Throws `internal` for any other number of rows.
   */
  write(rows: JpegRows): Uint8Array[];
  /** Returns the last bytes. Throws `internal` while rows are missing. */
  finish(): Uint8Array;
  /** Lays the picture aside and begins another one of the same form. */
  layAside(): JpegUnderWay;
  /** Goes on with a picture that was laid aside; one that is under way is given up. */
  takeUp(picture: JpegUnderWay): void;
}

/** Where the encoding of a picture is. */
export interface JpegUnderWay {
  readonly rowsDone: number;
  /** Bits that do not fill a byte yet, and what the next coefficients are told from. */
  readonly state: readonly number[];
}

/** The words of the state: bits and their count, and the last of each `SourcePlane`. */
const stateWords = [5, 6, 7, 15, 23, 31] as const;

/**
 * Begins a baseline JPEG with the standard Huffman tables. Its 100 KB of kernel memory are allocated here, so begin
 * before marking the arena for temporary memory of each band. Throws `internal` for a picture that JPEG can't hold and
 * `render-memory`. Source: ITU-T T.81, JFIF 1.02.
 */
export function createJpegEncoder(kernel: Kernel, options: JpegEncodeOptions): JpegEncoder {
  const { height } = options;
  const coder = openJpegCoder(kernel, options);
  const { componentCount, mcusAcross, subsampling } = coder;
  const rowGroup = 8 * subsampling.y;
  let rowsDone = 0;

  /** Says where the next rows are, and returns how many MCUs they make. */
  const placeRows = (words: Uint32Array, { planes, rows }: JpegRows): number => {
    const mcuCount = mcusAcross * Math.ceil(rows / rowGroup);
    words[2] = mcuCount;
    words[3] = 0;
    for (let index = 0; index < componentCount; index++) {
      const { pointer, stride } = planes[index]!;
      const at = encoderWords + planeWords * index;
      words[at] = pointer;
      words[at + 1] = stride;
      words[at + 3] = Math.ceil(rows / (index === 0 ? 1 : subsampling.y));
    }
    return mcuCount;
  };

  return {
    rowGroup,
    write(rows) {
      const left = height - rowsDone;
      const isLast = rows.rows === left;
      if (rows.rows > left || rows.rows <= 0 || (!isLast && rows.rows % rowGroup !== 0)) {
        throw new ImageError("internal", "The rows do not fit the JPEG.", { detail: `${rows.rows} rows of ${left}` });
      }
      if (rows.planes.length !== componentCount) throw new ImageError("internal", "The planes do not fit the JPEG.");
      const chunks = rowsDone === 0 ? [coder.header] : [];
      const state = coder.words();
      const mcuCount = placeRows(state, rows);
      do chunks.push(coder.take(kernel.exports.encodeJpeg(coder.pointer)));
      while (state[3]! < mcuCount);
      rowsDone += rows.rows;
      return chunks;
    },
    finish() {
      if (rowsDone < height) throw new ImageError("internal", "Rows of the JPEG are missing.");
      return coder.lastBytes();
    },
    layAside() {
      const words = new Uint32Array(kernel.exports.memory.buffer, coder.pointer, encoderWords + 3 * planeWords);
      const picture = { rowsDone, state: stateWords.map((word) => words[word] ?? 0) };
      for (const word of stateWords) words[word] = 0;
      rowsDone = 0;
      return picture;
    },
    takeUp(picture) {
      const words = new Uint32Array(kernel.exports.memory.buffer, coder.pointer, encoderWords + 3 * planeWords);
      for (const [index, word] of stateWords.entries()) words[word] = picture.state[index] ?? 0;
      rowsDone = picture.rowsDone;
    },
  };
}
