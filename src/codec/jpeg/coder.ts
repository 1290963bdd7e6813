import { ImageError } from "../../error.ts";
import type { Kernel } from "../../raster/kernel.ts";
import type { Subsampling } from "../../raster/raster.ts";
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

/** The 32-bit words of `Encoder` and of `SourcePlane` in `wasm/jpeg/encode.ts`. */
export const encoderWords = 8;
export const planeWords = 8;

/** An encoder in kernel memory, and the picture that it is made for. */
export interface JpegCoder {
  readonly pointer: number;
  /** The bytes in front of the entropy-coded ones. */
  readonly header: Uint8Array;
  readonly componentCount: 1 | 3;
  /** How many times coarser chroma is than luma. */
  readonly subsampling: Subsampling;
  readonly mcusAcross: number;
  /** The words of the encoder and of its planes. Get them again after every `allocate`. */
  words(): Uint32Array;
  /** Returns a copy of so many bytes that the kernel has put out. */
  take(byteLength: number): Uint8Array;
  /** Returns the bytes behind the last that were put out. */
  lastBytes(): Uint8Array;
}

/**
 * Opens an encoder with the standard Huffman tables, 100 KB of kernel memory. Throws `internal` for a picture that JPEG
 * can't hold and `render-memory`. Source: ITU-T T.81, JFIF 1.02.
 */
export function openJpegCoder(kernel: Kernel, options: JpegEncodeOptions): JpegCoder {
  const { width, height, model, quality } = options;
  if (!isWithin(width, 65535) || !isWithin(height, 65535))
    throw new ImageError("internal", "A JPEG can't have this size.");
  if (!isWithin(quality, 100)) throw new ImageError("internal", "A JPEG can't have this quality.");
  const subsampling = model === "ycbcr" ? (options.subsampling ?? full) : full;
  if (subsampling.x > 2 || subsampling.y > subsampling.x)
    throw new ImageError("internal", "A JPEG can't have this chroma sampling.");
  const mcusAcross = Math.ceil(width / (8 * subsampling.x));
  const componentCount = model === "gray" ? 1 : 3;
  const { quantisation, segments } = codingOf({ model, subsampling, quality, tables: options.tables });

  const pointer = kernel.allocate(kernel.exports.jpegEncoderBytes.value);
  const definitions = pointer + kernel.exports.jpegEncoderDefinitions.value;
  kernel.bytes.set(quantisation[0], definitions);
  kernel.bytes.set(quantisation[1], definitions + 64);
  kernel.bytes.set(standardHuffmanTables, definitions + 128);
  kernel.exports.openJpegEncoder(pointer);

  const words = (): Uint32Array =>
    new Uint32Array(kernel.exports.memory.buffer, pointer, encoderWords + planeWords * componentCount);
  const described = words();
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
  return {
    ...{ pointer, componentCount, subsampling, mcusAcross, words },
    header: formatJpegHeader(segments, options),
    take(byteLength) {
      const output = words()[4]!;
      return kernel.bytes.slice(output, output + byteLength);
    },
    lastBytes: () => lastBytes(new DataView(kernel.exports.memory.buffer, pointer, 4 * encoderWords)),
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
