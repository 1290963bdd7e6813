import { ImageError } from "../../error.ts";
import type { Kernel } from "../../raster/kernel.ts";
import type { Plane, Subsampling } from "../../raster/raster.ts";
import { type CodingSegments, formatCodingSegments, formatJpegHeader } from "./header-writer.ts";
import { scaleQuantisation, standardHuffmanTables } from "./standard-tables.ts";

/** How a picture is encoded. */
export interface JpegEncodeOptions {
  /** Pixels, 1 to 65535. */
  readonly width: number;
  readonly height: number;
  /** `rgb` only for tiles of a TIFF, which say so: a file of it would be taken for YCbCr. */
  readonly model: "gray" | "rgb" | "ycbcr";
  /** Subsampling of the chroma planes: 1 x 1, 2 x 1 or 2 x 2. Only used for `ycbcr`. */
  readonly subsampling?: Subsampling;
  /** 1 to 100, on libjpeg's scale. */
  readonly quality: number;
  readonly dotsPerInch?: number | undefined;
  /** Whole marker segments, starting with FF, that follow the JFIF segment. */
  readonly segments?: readonly Uint8Array[];
  /** `apart` leaves the tables of `formatJpegTables` and the JFIF segment out; `inside` by default. */
  readonly tables?: "inside" | "apart";
}

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

/** The 32-bit words of `Encoder` and of `SourcePlane` in `wasm/jpeg/encode.ts`. */
const encoderWords = 8;
const planeWords = 8;

/**
 * Begins a baseline JPEG with the standard Huffman tables. Its 100 KB of kernel memory are allocated here, so begin
 * before marking the arena for temporary memory of each band. Throws `internal` for a picture that JPEG can't hold and
 * `render-memory`. Source: ITU-T T.81, JFIF 1.02.
 */
export function createJpegEncoder(kernel: Kernel, options: JpegEncodeOptions): JpegEncoder {
  const { width, height, model, quality } = options;
  if (!isWithin(width, 65535) || !isWithin(height, 65535))
    throw new ImageError("internal", "A JPEG can't have this size.");
  if (!isWithin(quality, 100)) throw new ImageError("internal", "A JPEG can't have this quality.");
  const subsampling = model === "ycbcr" ? (options.subsampling ?? { x: 1, y: 1 }) : ({ x: 1, y: 1 } as const);
  if (subsampling.x > 2 || subsampling.y > subsampling.x)
    throw new ImageError("internal", "A JPEG can't have this chroma sampling.");
  const rowGroup = 8 * subsampling.y;
  const mcusAcross = Math.ceil(width / (8 * subsampling.x));
  const componentCount = model === "gray" ? 1 : 3;
  const { quantisation, segments } = codingOf({ model, subsampling, quality, tables: options.tables });

  const encoder = kernel.allocate(kernel.exports.jpegEncoderBytes.value);
  const definitions = encoder + kernel.exports.jpegEncoderDefinitions.value;
  kernel.bytes.set(quantisation[0], definitions);
  kernel.bytes.set(quantisation[1], definitions + 64);
  kernel.bytes.set(standardHuffmanTables, definitions + 128);
  kernel.exports.openJpegEncoder(encoder);

  const header = formatJpegHeader(segments, options);
  let rowsDone = 0;

  const wordsOf = (): Uint32Array =>
    new Uint32Array(kernel.exports.memory.buffer, encoder, encoderWords + planeWords * componentCount);
  const described = wordsOf();
  described[0] = componentCount;
  described[1] = mcusAcross;
  for (let index = 0; index < componentCount; index++) {
    const { x, y } = index === 0 ? full : subsampling;
    const at = encoderWords + planeWords * index;
    described[at + 2] = Math.ceil(width / x);
    described[at + 4] = subsampling.x / x;
    described[at + 5] = subsampling.y / y;
    described[at + 6] = index > 0 && model === "ycbcr" ? 1 : 0;
  }

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
      const chunks = rowsDone === 0 ? [header] : [];
      const state = wordsOf();
      const mcuCount = placeRows(state, rows);
      do {
        const byteLength = kernel.exports.encodeJpeg(encoder);
        const output = state[4]!;
        chunks.push(kernel.bytes.slice(output, output + byteLength));
      } while (state[3]! < mcuCount);
      rowsDone += rows.rows;
      return chunks;
    },
    finish() {
      if (rowsDone < height) throw new ImageError("internal", "Rows of the JPEG are missing.");
      return lastBytes(new DataView(kernel.exports.memory.buffer, encoder, 4 * encoderWords));
    },
    layAside() {
      const words = new Uint32Array(kernel.exports.memory.buffer, encoder, encoderWords + 3 * planeWords);
      const picture = { rowsDone, state: stateWords.map((word) => words[word] ?? 0) };
      for (const word of stateWords) words[word] = 0;
      rowsDone = 0;
      return picture;
    },
    takeUp(picture) {
      const words = new Uint32Array(kernel.exports.memory.buffer, encoder, encoderWords + 3 * planeWords);
      for (const [index, word] of stateWords.entries()) words[word] = picture.state[index] ?? 0;
      rowsDone = picture.rowsDone;
    },
  };
}

const full: Subsampling = { x: 1, y: 1 };

/** What is the same for all pictures that are encoded alike. */
interface Coding {
  readonly quantisation: readonly [Uint8Array, Uint8Array];
  readonly segments: CodingSegments;
}

interface CodingForm extends Pick<JpegEncodeOptions, "model" | "quality"> {
  readonly subsampling: Subsampling;
  readonly tables: JpegEncodeOptions["tables"] | undefined;
}

/** At most a service's own quality with each model, and what a conversion asks for: some kB in all. */
const mostCodings = 16;
const codings = new Map<string, Coding>();

function codingOf({ model, subsampling, quality, tables }: CodingForm): Coding {
  const key = `${model} ${subsampling.x} ${subsampling.y} ${quality} ${tables}`;
  const known = codings.get(key);
  if (known !== undefined) return known;
  const quantisation = quantisationOf(quality);
  const coding = { quantisation, segments: formatCodingSegments({ model, subsampling, quantisation, tables }) };
  if (codings.size >= mostCodings) codings.clear();
  codings.set(key, coding);
  return coding;
}

/** Returns the quantisation steps of luma and of chroma for a quality of 1 to 100, in zigzag order. */
export function quantisationOf(quality: number): readonly [Uint8Array, Uint8Array] {
  return [scaleQuantisation("luma", quality), scaleQuantisation("chroma", quality)];
}

/** Fills the last byte with ones, as decoders expect, and adds EOI. Source: ITU-T T.81 F.1.2.3. */
function lastBytes(state: DataView): Uint8Array {
  const bitCount = state.getUint32(20, true);
  const byte = state.getUint8(31) | (0xff >> bitCount);
  if (bitCount === 0) return Uint8Array.of(0xff, 0xd9);
  return byte === 0xff ? Uint8Array.of(0xff, 0, 0xff, 0xd9) : Uint8Array.of(byte, 0xff, 0xd9);
}

function isWithin(value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= maximum;
}
