import { maxJpegTableBytes } from "../limits.ts";
import { checkPalette, colorSamples, type Photometric, type StoredModel } from "./color-model.ts";
import { malformed, unsupported } from "./faults.ts";
import { checkSampleLayout, type SampleLayout } from "./sample-layout.ts";
/** How the tiles or strips of a level are encoded: codec, colour model, samples. */
export interface TileEncoding extends Photometric {
  readonly compression: Compression;
  readonly layout: SampleLayout;
  readonly predictor: "none" | "horizontal" | "float";
  /** What tag 530 says about chroma; the frame header of a JPEG tile overrules it. */
  readonly subsampling: { readonly x: 1 | 2 | 4; readonly y: 1 | 2 | 4 };
  /** T4Options of tag 292; only for `ccitt-g3`. */
  readonly ccitt: { readonly isTwoDimensional: boolean; readonly isByteAligned: boolean } | undefined;
  /** The abbreviated stream of tag 347, including SOI and EOI. */
  readonly jpegTables: Uint8Array | undefined;
  /**
   * Only known for whole files: all of the picture comes several times, more of it each time. Coefficients of a
   * progressive JPEG and samples of an interlaced PNG are held until the last.
   */
  readonly isProgressive: boolean;
  /** Only known for whole files: components of YCbCr are sampled in ways that have to be enlarged as they are decoded. */
  readonly isUneven: boolean;
  /** Only known for whole files: the rows of a JPEG follow each other in one scan, so that they can be decoded as it is read. */
  readonly isOneScan: boolean;
}

/** The supported compressions; `png` only for PNG files. */
export type Compression = (typeof compressions)[number];

/** All supported compressions. */
export const compressions = [
  ...(["none", "packbits", "lzw", "deflate", "zstd", "ccitt-rle", "ccitt-g3", "ccitt-g4"] as const),
  ...(["jpeg", "jpeg2000", "webp", "png"] as const),
] as const;

/** Compressions that may have a predictor. */
export const predicted: readonly Compression[] = ["lzw", "deflate", "zstd"];

const bilevel: readonly Compression[] = ["ccitt-rle", "ccitt-g3", "ccitt-g4"];

const ofBytes: readonly Compression[] = ["jpeg", "webp"];

/**
 * Checks an encoding, its layout and its tables. Throws `source-unsupported`, naming what is not supported, and
 * `source-malformed` for contradictions.
 */
export function checkTileEncoding(encoding: TileEncoding): void {
  const { compression, model, layout, palette, ccitt, jpegTables, isProgressive, isUneven, isOneScan } = encoding;
  checkSampleLayout(layout, colorSamples[model]);
  refuseMismatch(compression, encoding);
  checkSubsampling(encoding);
  checkPredictor(encoding);
  if (model === "palette") checkPalette(palette?.byteLength ?? 0);
  else if (palette !== undefined) throw malformed(`a palette for ${model}`);
  if ((ccitt !== undefined) !== (compression === "ccitt-g3")) throw malformed(`fax options of ${compression}`);
  const tableBytes = jpegTables?.byteLength ?? 0;
  if (tableBytes > (compression === "jpeg" ? maxJpegTableBytes : 0)) {
    throw malformed(`JPEG tables of ${tableBytes} bytes for ${compression}`);
  }
  if (isProgressive && compression !== "jpeg" && compression !== "png") throw malformed(`progressive ${compression}`);
  if (isUneven && (compression !== "jpeg" || model !== "ycbcr")) throw malformed(`uneven ${model} in ${compression}`);
  if (isOneScan && (compression !== "jpeg" || isProgressive)) throw malformed(`one scan of ${compression}`);
}

/** Returns how many parts a tile is stored in: one, or one for each sample of a planar level. */
export function partsOf({ layout }: Pick<TileEncoding, "layout">): number {
  return layout.isPlanar ? layout.samplesPerPixel : 1;
}

/** Colour models that whole-picture codecs can hold here, by their extra samples. */
const codecModels: Readonly<Record<"webp" | "jpeg2000", readonly StoredModel[]>> = {
  webp: ["rgb"],
  jpeg2000: ["gray", "rgb", "ycbcr"],
};

/** Refuses what no decoder here returns, or no codec can hold. */
function refuseMismatch(compression: Compression, { model, layout }: Pick<TileEncoding, "model" | "layout">): void {
  const { bits, format, isPlanar } = layout;
  if (bilevel.includes(compression) && (bits !== 1 || layout.samplesPerPixel !== 1)) {
    throw malformed(`${compression} of ${layout.samplesPerPixel} samples of ${bits} bits`);
  }
  if (ofBytes.includes(compression) && bits !== 8) {
    throw unsupported(`has ${bits} bits per sample in ${compression} tiles, which are not supported`);
  }
  if (isPlanar && (compression === "webp" || compression === "jpeg2000" || compression === "jpeg")) {
    throw unsupported(`stores its samples in separate ${compression} planes, which are not supported`);
  }
  if ((compression === "webp" || compression === "jpeg2000") && !codecModels[compression].includes(model)) {
    throw unsupported(`has ${model} colours in ${compression} tiles, which are not supported`);
  }
  if (compression === "jpeg2000" && layout.samplesPerPixel !== colorSamples[model]) {
    throw unsupported(`has ${layout.samplesPerPixel} samples per pixel in jpeg2000 tiles, which are not supported`);
  }
  if (model === "palette" && (bits > 8 || format !== "unsigned")) {
    throw unsupported(`has a palette with ${bits}-bit indexes, which are not supported`);
  }
  if (model === "ycbcr" && bits !== 8 && compression !== "jpeg2000") {
    throw unsupported(`is YCbCr with ${bits} bits per sample, which is not supported`);
  }
  if ((model === "lab" || model === "icc-lab") && bits !== 8 && bits !== 16) {
    throw unsupported(`is CIELab with ${bits} bits per sample, which is not supported`);
  }
}

/** The values of `predictor` in the order of tag 317, from 1. */
export const predictors = ["none", "horizontal", "float"] as const;

function checkPredictor({ predictor, compression, layout: { bits, format } }: TileEncoding): void {
  if (predictor === "none") return;
  if (!predicted.includes(compression)) throw malformed(`a predictor in ${compression} tiles`);
  if (predictor === "float" && format !== "float") throw malformed("the floating point predictor on integers");
  if (predictor === "horizontal" && bits !== 8 && bits !== 16 && bits !== 32) {
    throw unsupported(`has the horizontal predictor with ${bits} bits per sample, which is not supported`);
  }
}

function checkSubsampling({ subsampling, model, compression, layout, predictor }: TileEncoding): void {
  if (subsampling.x === 1 && subsampling.y === 1) return;
  if (model !== "ycbcr" || compression === "jpeg2000") throw malformed(`subsampled ${model} in ${compression} tiles`);
  if (layout.isPlanar) throw unsupported("stores subsampled YCbCr in separate planes, which are not supported");
  if (predictor !== "none") throw unsupported("has a predictor on subsampled YCbCr, which is not supported");
}

/** The factors that chroma may be subsampled by along an axis. */
export const subsamplingFactors = [1, 2, 4] as const;
