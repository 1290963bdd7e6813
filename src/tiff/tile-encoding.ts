import { malformed, unsupported } from "./faults.ts";
import type { Fields } from "./fields.ts";
import { compressionNames, photometricNames, tags } from "./tags.ts";

/** How the tiles of a level are written, as one codec and one colour model. */
export interface TileEncoding {
  readonly compression: Compression;
  readonly model: "gray" | "rgb" | "ycbcr";
  /** Grey written the other way round: 0 is white. */
  readonly isWhiteZero: boolean;
  readonly predictor: "none" | "horizontal";
  /** What tag 530 says of chroma; the frame header of a JPEG tile overrules it. */
  readonly subsampling: { readonly x: 1 | 2 | 4; readonly y: 1 | 2 | 4 };
  /** The abbreviated stream of tag 347, SOI and EOI included. */
  readonly jpegTables: Uint8Array | undefined;
}

/** The compressions that are read. */
export type Compression = "none" | "lzw" | "jpeg" | "deflate" | "packbits";

const compressions: ReadonlyMap<number, Compression> = new Map([
  [1, "none"],
  [5, "lzw"],
  [7, "jpeg"],
  [8, "deflate"],
  [32946, "deflate"],
  [32773, "packbits"],
]);

/** Tables of a JPEG stream are at most a few kilobytes; what is longer is no table. */
const maxSamples = 8;

/**
 * Reads how the tiles of a directory are written. Throws `source-unsupported` with the sentence for what is not read,
 * `source-malformed` for values no TIFF may have. Source: TIFF 6.0 §4 to §6, §14, §21; TIFF Technical Note 2.
 */
export async function readTileEncoding(fields: Fields): Promise<TileEncoding> {
  const compressionCode = (await fields.number(tags.compression)) ?? 1;
  const compression = compressions.get(compressionCode);
  if (compression === undefined) {
    throw unsupported(
      `has ${compressionNames.get(compressionCode) ?? `unknown (${compressionCode})`} compression, which is not read`,
    );
  }
  const samples = (await fields.number(tags.samplesPerPixel)) ?? 1;
  if (samples < 1) throw malformed(`${samples} samples a pixel`);
  await requireBytes(fields);
  const model = await readModel(fields, samples);
  if (samples > 1 && (await fields.number(tags.planarConfiguration)) === 2) {
    throw unsupported("keeps its colours in separate planes, which are not read");
  }
  if (((await fields.number(tags.fillOrder)) ?? 1) !== 1)
    throw unsupported("has its bits in reverse order (FillOrder 2)");
  const subsampling = model.name === "ycbcr" ? await readSubsampling(fields) : ({ x: 1, y: 1 } as const);
  return {
    compression,
    model: model.name,
    isWhiteZero: model.isWhiteZero,
    predictor: compression === "lzw" || compression === "deflate" ? await readPredictor(fields) : "none",
    subsampling,
    jpegTables: compression === "jpeg" ? await fields.bytes(tags.jpegTables) : undefined,
  };
}

async function requireBytes(fields: Fields): Promise<void> {
  const bits = (await fields.numbers(tags.bitsPerSample, maxSamples)) ?? [1];
  const wrong = bits.find((depth) => depth !== 8);
  if (wrong !== undefined) throw unsupported(`has ${wrong} bits a sample; only 8 are read`);
  const formats = (await fields.numbers(tags.sampleFormat, maxSamples)) ?? [1];
  if (formats.some((format) => format !== 1 && format !== 4)) {
    throw unsupported("has samples that are not unsigned whole numbers");
  }
}

async function readModel(
  fields: Fields,
  samples: number,
): Promise<{ readonly name: TileEncoding["model"]; readonly isWhiteZero: boolean }> {
  const photometric = await fields.number(tags.photometricInterpretation);
  if ((photometric === 0 || photometric === 1) && samples === 1) {
    return { name: "gray", isWhiteZero: photometric === 0 };
  }
  if (photometric === 2 && samples === 3) return { name: "rgb", isWhiteZero: false };
  if (photometric === 6 && samples === 3) return { name: "ycbcr", isWhiteZero: false };
  if (photometric === undefined) throw malformed("no photometric interpretation");
  const name = photometricNames.get(photometric) ?? `photometric ${photometric}`;
  throw unsupported(`is ${name} with ${samples} samples a pixel, which is not read`);
}

async function readPredictor(fields: Fields): Promise<TileEncoding["predictor"]> {
  const predictor = (await fields.number(tags.predictor)) ?? 1;
  if (predictor === 1) return "none";
  if (predictor === 2) return "horizontal";
  if (predictor === 3) throw unsupported("has the floating point predictor, which is not read");
  throw malformed(`predictor ${predictor}`);
}

async function readSubsampling(fields: Fields): Promise<TileEncoding["subsampling"]> {
  const [x, y] = (await fields.numbers(tags.ycbcrSubsampling, 2)) ?? [2, 2];
  if (!isFactor(x) || !isFactor(y)) throw malformed(`chroma subsampling of ${x} by ${y}`);
  return { x, y };
}

function isFactor(value: number | undefined): value is 1 | 2 | 4 {
  return value === 1 || value === 2 || value === 4;
}
