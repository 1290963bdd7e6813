import { maxJpegTableBytes } from "../limits.ts";
import { colorSamples, type Photometric } from "../pyramid/color-model.ts";
import { malformed, unsupported } from "../pyramid/faults.ts";
import {
  type Compression,
  checkTileEncoding,
  predicted,
  predictors,
  subsamplingFactors,
  type TileEncoding,
} from "../pyramid/tile-encoding.ts";
import type { Fields } from "./fields.ts";
import { readPhotometric } from "./photometric.ts";
import { readSampleLayout } from "./sample-layout.ts";
import { compressionNames, tags } from "./tags.ts";

const compressionCodes: ReadonlyMap<number, Compression> = new Map([
  [1, "none"],
  [2, "ccitt-rle"],
  [3, "ccitt-g3"],
  [4, "ccitt-g4"],
  [5, "lzw"],
  [7, "jpeg"],
  [8, "deflate"],
  [32946, "deflate"],
  [32773, "packbits"],
  [33003, "jpeg2000"],
  [33004, "jpeg2000"],
  [33005, "jpeg2000"],
  [34712, "jpeg2000"],
  [50000, "zstd"],
  [50001, "webp"],
]);

/** JPEG 2000 of Aperio and of libvips, whose three components are YCbCr although tag 262 says RGB. */
const ycbcrCodes: readonly number[] = [33003, 33004];

/**
 * Reads how the tiles of a directory are encoded. Throws `source-unsupported`, naming what is not supported, and
 * `source-malformed` for values that are invalid in TIFF. Source: TIFF 6.0 §4 to §6, §11, §14, §21; TIFF Technical Note
 * 2.
 */
export async function readTileEncoding(fields: Fields): Promise<TileEncoding> {
  const { code, compression } = await readCompression(fields);
  const stated = await readPhotometric(fields);
  const isYcbcr = ycbcrCodes.includes(code) && stated.model === "rgb";
  const photometric: Photometric = isYcbcr ? { ...stated, model: "ycbcr" } : stated;
  const { model } = photometric;
  const { isLittleEndian } = fields;
  const layout = await readSampleLayout(fields, { colors: colorSamples[model], isLittleEndian });
  // The JPEG 2000 decoder enlarges subsampled components.
  const isSampled = model === "ycbcr" && compression !== "jpeg2000";
  const subsampling = isSampled ? await readSubsampling(fields) : ({ x: 1, y: 1 } as const);
  const encoding: TileEncoding = {
    ...photometric,
    compression,
    layout,
    predictor: predicted.includes(compression) ? await readPredictor(fields) : "none",
    subsampling,
    ccitt: compression === "ccitt-g3" ? await readCcittOptions(fields) : undefined,
    jpegTables: compression === "jpeg" ? await fields.bytes(tags.jpegTables, maxJpegTableBytes) : undefined,
    isProgressive: false,
    isUneven: false,
    isOneScan: false,
  };
  checkTileEncoding(encoding);
  return encoding;
}

async function readCompression(fields: Fields): Promise<{ readonly code: number; readonly compression: Compression }> {
  const code = (await fields.number(tags.compression)) ?? 1;
  const compression = compressionCodes.get(code);
  if (compression === undefined) {
    const name = compressionNames.get(code) ?? `unknown (${code})`;
    throw unsupported(`has ${name} compression, which is not read`);
  }
  return { code, compression };
}

async function readPredictor(fields: Fields): Promise<TileEncoding["predictor"]> {
  const code = (await fields.number(tags.predictor)) ?? 1;
  const predictor = predictors[code - 1];
  if (predictor === undefined) throw malformed(`predictor ${code}`);
  return predictor;
}

async function readCcittOptions(fields: Fields): Promise<TileEncoding["ccitt"]> {
  const options = (await fields.number(tags.t4Options)) ?? 0;
  return { isTwoDimensional: (options & 1) !== 0, isByteAligned: (options & 4) !== 0 };
}

async function readSubsampling(fields: Fields): Promise<TileEncoding["subsampling"]> {
  const [x, y] = (await fields.numbers(tags.ycbcrSubsampling, 2)) ?? [2, 2];
  if (!isFactor(x) || !isFactor(y)) throw malformed(`chroma subsampling of ${x} by ${y}`);
  return { x, y };
}

function isFactor(value: number | undefined): value is (typeof subsamplingFactors)[number] {
  return subsamplingFactors.some((factor) => factor === value);
}
