import { ImageError } from "../error.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Subsampling } from "../raster/raster.ts";
import { decodeJpegInto, loadJpegTables } from "./jpeg/decoder.ts";
import { readJpegHeader } from "./jpeg/header.ts";
import type { TileDecoder, TileShape } from "./tile-decoder.ts";

/**
 * Returns the decoder of JPEG tiles; `sample` is one of them, whose frame header tells the sampling that all must have:
 * tag 530 is often wrong, and counts only where no tile was written. Throws `source-malformed`, `source-unsupported`, `render-memory`.
 * Source: TIFF Technical Note 2; ITU-T T.81.
 */
export function jpegTileDecoder(kernel: Kernel, shape: TileShape, sample: Uint8Array | undefined): TileDecoder {
  const { encoding, reduction } = shape;
  const width = shape.tileWidth * reduction;
  const height = shape.tileLength * reduction;
  const planeCount = encoding.model === "gray" ? 1 : 3;
  const subsampling =
    sample === undefined || planeCount === 1 ? encoding.subsampling : readSubsampling(sample, planeCount);
  const tables = loadJpegTables(kernel, encoding.jpegTables);
  return {
    model: encoding.model,
    planeCount,
    subsampling,
    async decodeInto(_, bytes, planes) {
      decodeJpegInto(kernel, { tables, bytes, planes, width, height, subsampling, reduction });
    },
  };
}

function readSubsampling(sample: Uint8Array, planeCount: number): Subsampling {
  const { components } = readJpegHeader(sample);
  const [first, second] = components;
  if (first === undefined || second === undefined || components.length !== planeCount) {
    throw disagreement(`${components.length} components where ${planeCount} are told of`);
  }
  return {
    x: factor(first.horizontal, second.horizontal),
    y: factor(first.vertical, second.vertical),
  };
}

function factor(first: number, second: number): 1 | 2 | 4 {
  const ratio = first / second;
  if (ratio === 1 || ratio === 2 || ratio === 4) return ratio;
  throw disagreement(`chroma sampled ${second} times for ${first}`);
}

function disagreement(detail: string): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: a JPEG tile disagrees with its directory.", {
    detail,
  });
}
