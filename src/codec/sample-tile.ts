import { deinterleave, undoPredictor } from "../raster/chunky.ts";
import { planeSlackBytes } from "../raster/raster.ts";
import { invertPlane } from "../raster/tone.ts";
import { type ByteCompression, decompressInto } from "./decompress.ts";
import type { TileDecoder, TileShape } from "./tile-decoder.ts";
import { separateUnits, unitBytes } from "./ycbcr-units.ts";

/**
 * Returns the decoder of tiles that hold their samples as such: chunky, 8 bits, grey, RGB or YCbCr, the latter also in
 * subsampled units. Never throws itself. Source: TIFF 6.0 §3 to §6, §14, §21.
 */
export function sampleTileDecoder(
  { encoding, tileWidth, tileLength }: TileShape,
  compression: ByteCompression,
): TileDecoder {
  const { subsampling, model } = encoding;
  const samples = model === "gray" ? 1 : 3;
  const isInUnits = subsampling.x > 1 || subsampling.y > 1;
  const byteLength = isInUnits
    ? unitBytes({ width: tileWidth, height: tileLength, subsampling })
    : tileWidth * tileLength * samples;
  return {
    model,
    planeCount: samples,
    subsampling,
    async decodeInto(kernel, bytes, planes) {
      const mark = kernel.mark();
      const target = kernel.allocate(byteLength + planeSlackBytes);
      await decompressInto(kernel, compression, { bytes, target, byteLength });
      const stride = tileWidth * samples;
      const chunky = { pointer: target, stride, width: tileWidth, height: tileLength, samplesPerPixel: samples };
      if (encoding.predictor === "horizontal") undoPredictor(kernel, chunky);
      if (isInUnits) separateUnits(kernel, { pointer: target, planes, subsampling });
      else deinterleave(kernel, chunky, planes);
      const [first] = planes;
      if (encoding.isWhiteZero && first !== undefined) invertPlane(kernel, first);
      kernel.release(mark);
    },
  };
}
