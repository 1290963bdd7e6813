import { ImageError } from "../../error.ts";
import type { Size } from "../../geometry.ts";
import { maxWebpKeptBytes, maxWebpSidePixels } from "../../limits.ts";
import type { Kernel } from "../../raster/kernel.ts";
import type { Plane } from "../../raster/raster.ts";
import { firstPartitionMaximum, frameTag, writeFrameHeader } from "./frame-header.ts";
import { chooseProbabilities, modeCosts, probabilityOf } from "./probabilities.ts";
import { stepsOf } from "./quantiser.ts";
import { modeProbabilities, tokenProbabilities } from "./tables.ts";

/** How a picture is encoded. */
export interface Vp8EncodeOptions {
  /** Pixels, 1 to 16383. */
  readonly width: number;
  readonly height: number;
  /** Samples are those of JPEG; chroma is halved on both axes. */
  readonly model: "gray" | "ycbcr";
  /** Index of the steps of quantisation, 0 for the finest to 127. */
  readonly quantiser: number;
  /** How strongly decoders smooth the edges of blocks, 0 to 63. */
  readonly filterLevel: number;
  /** Most that is kept until the picture is complete, in bytes. */
  readonly keptMaximum: number;
}

/** The next rows of the picture: `rows` of luma, half as many of chroma, rounded up. */
export interface Vp8Rows {
  readonly planes: readonly Pick<Plane, "pointer" | "stride">[];
  readonly rows: number;
}

/** A picture being encoded as a frame of VP8; its kernel memory is returned with the arena. */
export interface Vp8Encoder {
  /**
   * Encodes the next rows, all the remaining ones or a multiple of 16, and keeps what they become. Throws `internal` for
   * any other number of rows, and `render-memory` when more would be kept than may be.
   */
  write(rows: Vp8Rows): void;
  /**
   * Codes what was kept and returns the frame in pieces. `after` is told of the pixels of each row of macroblocks, twice, for
   * modes come before levels, and others may compute meanwhile. Throws `internal` while rows are missing, and what `after` throws.
   */
  finish(after?: (pixels: number) => Promise<void>): Promise<readonly Uint8Array[]>;
}

/** Rows of a macroblock. */
const rowGroup = 16;

/** The 32-bit words of `Encoder` in `wasm/webp/encoder.ts`, and of `SourcePlane`. */
const words = {
  filled: 9,
  row: 11,
  emptyCount: 12,
  levels: 13,
  modes: 14,
  output: 15,
  levelBytes: 16,
  modeBytes: 17,
  takenBytes: 18,
  outputBytes: 19,
  planes: 21,
} as const;
const planeWords = 4;
const headWords = words.planes + 3 * planeWords;

/** The most that modes of a macroblock are given, in 256ths of a bit: more than they usually take. */
const modeBitsMaximum = 1 << 14;
/** Bytes of the first partition that modes are not given. */
const headerRoom = 4096;

/** Bytes a pixel that levels and modes of noise at the highest quality come to. */
const noiseBytes = 4.5;

/** Bytes a pixel that a photograph takes which compresses badly. */
const photographBytes = 0.5;

/**
 * Returns how much may be kept of a picture until it is complete, in bytes, where `left` may be taken: up to what noise
 * takes, or a byte a pixel and more; in any case what photographs take. Its own bytes take the place of what is kept.
 */
export function vp8KeptBytes({ width, height }: Size, left: number): number {
  const pixels = width * height;
  const most = Math.min(noiseBytes * pixels + headerRoom, pixels + maxWebpKeptBytes);
  return Math.floor(Math.min(most, Math.max(left, photographBytes * pixels + headerRoom)));
}

/**
 * Begins a lossy picture of WebP. 110 KB of kernel memory and a row are allocated here, so begin before marking the arena
 * for temporary memory of each strip. Levels and modes are kept until the picture is complete, for their probabilities
 * stand in front of them. Throws `internal` for a picture that WebP can't hold and `render-memory`. Source: RFC 6386.
 */
export function createVp8Encoder(kernel: Kernel, options: Vp8EncodeOptions): Vp8Encoder {
  const { width, height, model, quantiser, filterLevel, keptMaximum } = options;
  if (!isWithin(width, maxWebpSidePixels) || !isWithin(height, maxWebpSidePixels))
    throw new ImageError("internal", "A WebP can't have this size.");
  const { exports } = kernel;
  const across = Math.ceil(width / rowGroup);
  const count = across * Math.ceil(height / rowGroup);
  const componentCount = model === "gray" ? 1 : 3;
  const encoder = kernel.allocate(exports.vp8EncoderBytes(across));
  const definitions = encoder + exports.vp8Definitions.value;
  const costs = definitions + modeProbabilities.byteLength;
  const head = (): Uint32Array => new Uint32Array(exports.memory.buffer, encoder, headWords);
  const modeBits = Math.floor(((firstPartitionMaximum - headerRoom) * 8 * 256) / count);
  head().set([across, componentCount, ...stepsOf(quantiser), Math.min(modeBits, modeBitsMaximum)]);
  kernel.bytes.set(modeProbabilities, definitions);
  kernel.bytes.set(new Uint8Array(modeCosts.buffer), costs);
  exports.openVp8Encoder(encoder);

  const kept = { levels: [] as Uint8Array[], modes: [] as Uint8Array[] };
  let keptBytes = 0;
  let rowsDone = 0;

  const keep = (): void => {
    const state = head();
    for (const part of ["levels", "modes"] as const) {
      const from = state[words[part]] ?? 0;
      const byteLength = state[part === "levels" ? words.levelBytes : words.modeBytes] ?? 0;
      keptBytes += byteLength;
      if (keptBytes > keptMaximum) throw tooManyBytes(keptMaximum);
      kept[part].push(kernel.bytes.slice(from, from + byteLength));
    }
  };

  /** Takes the bits that were written. */
  const takeOutput = (): Uint8Array => {
    const state = head();
    const output = state[words.output] ?? 0;
    const bytes = kernel.bytes.slice(output, output + (state[words.outputBytes] ?? 0));
    state[words.outputBytes] = 0;
    return bytes;
  };

  /** Codes what was kept, and lets go of it. Each part of it is a row of macroblocks, or less where a row has many levels. */
  async function codePartition(part: "levels" | "modes", { begin, after }: Partition): Promise<readonly Uint8Array[]> {
    const lengthWord = part === "levels" ? words.levelBytes : words.modeBytes;
    const coded: Uint8Array[] = [];
    exports.openVp8Partition(encoder);
    begin?.();
    for (const [index, bytes] of kept[part].entries()) {
      const state = head();
      kernel.bytes.set(bytes, state[words[part]] ?? 0);
      kept[part][index] = new Uint8Array(0);
      state[lengthWord] = bytes.byteLength;
      state[words.takenBytes] = 0;
      while ((state[words.takenBytes] ?? 0) < bytes.byteLength) {
        if (part === "levels") exports.codeVp8Levels(encoder);
        else exports.codeVp8Modes(encoder);
        coded.push(takeOutput());
      }
      await after(rowGroup * width);
    }
    exports.closeVp8Partition(encoder);
    return [...coded, takeOutput()];
  }

  return {
    write({ planes, rows }) {
      const left = height - rowsDone;
      if (rows > left || rows <= 0 || (rows !== left && rows % rowGroup !== 0)) {
        throw new ImageError("internal", "The rows do not fit the WebP.", { detail: `${rows} rows of ${left}` });
      }
      if (planes.length !== componentCount) throw new ImageError("internal", "The planes do not fit the WebP.");
      for (let done = 0; done < rows; done += rowGroup) {
        const next = Math.min(rowGroup, rows - done);
        const state = head();
        for (const [index, { pointer, stride }] of planes.entries()) {
          const shift = index === 0 ? 0 : 1;
          const plane = [pointer + (done >> shift) * stride, stride, halved(width, shift), halved(next, shift)];
          state.set(plane, words.planes + planeWords * index);
        }
        const row = state[words.row] ?? 0;
        do {
          exports.encodeVp8(encoder);
          keep();
        } while (state[words.row] === row);
      }
      rowsDone += rows;
    },
    async finish(after = async () => undefined) {
      if (rowsDone < height) throw new ImageError("internal", "Rows of the WebP are missing.");
      const counts = new Uint32Array(
        exports.memory.buffer,
        encoder + exports.vp8Counts.value,
        2 * tokenProbabilities.length,
      );
      const probabilities = chooseProbabilities(counts);
      kernel.bytes.set(probabilities, costs + modeCosts.byteLength);
      const emptyCount = head()[words.emptyCount] ?? 0;
      const filled = probabilityOf(count - emptyCount, emptyCount);
      head()[words.filled] = filled;
      const facts = { quantiser, filterLevel, probabilities, filled };
      const begin = (): void =>
        writeFrameHeader(facts, (bit, probability) => exports.putVp8Bit(encoder, bit, probability));
      const first = await codePartition("modes", { begin, after });
      const firstBytes = first.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (firstBytes > firstPartitionMaximum) throw new ImageError("internal", "The modes do not fit the WebP.");
      return [frameTag({ width, height }, firstBytes), ...first, ...(await codePartition("levels", { after }))];
    },
  };
}

/** What a partition is coded with. */
interface Partition {
  /** Writes what stands in front of it. */
  readonly begin?: () => void;
  readonly after: (pixels: number) => Promise<void>;
}

function halved(length: number, shift: number): number {
  return (length + shift) >> shift;
}

function tooManyBytes(most: number): ImageError {
  return new ImageError("render-memory", "This WebP takes more memory than one rendering may use.", {
    hint: "Ask for a smaller size or region, or for jpg, which is sent as it is made.",
    detail: `more than ${most} bytes of levels and modes`,
  });
}

function isWithin(value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= maximum;
}
