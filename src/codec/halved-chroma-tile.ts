import { type Area, clipArea, type Size } from "../geometry.ts";
import type { Level } from "../pyramid/level.ts";
import { rgbToYcbcrHalved } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type ThreePlanes, threePlanes } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";
import { type DecodedRows, rowsAtOnce, type TileDecoder, type TileShape } from "./tile-decoder.ts";

/**
 * Returns a decoder that decodes RGB tiles as YCbCr with chroma halved on both axes, using a decoder for RGB: half the
 * samples to hold and resample when the output halves its chroma anyway.
 */
export function halvedChromaDecoder(decoder: TileDecoder, { level, reduction }: TileShape): TileDecoder {
  const width = Math.ceil(level.tileWidth / reduction);
  const height = Math.ceil(level.tileLength / reduction);
  const { decodeRows } = decoder;
  return {
    ...(decodeRows && {
      decodeRows: (kernel, { window, ...stored }) =>
        halveRows(kernel, decodeRows(kernel, { ...stored, window: window && inWholeQuads(window) }), level),
    }),
    model: "ycbcr",
    planeCount: 3,
    hasAlpha: false,
    subsampling: { x: 2, y: 2 },
    async decodeInto(kernel, { window, ...stored }, planes) {
      const tile = { ...stored, window: window && inWholeQuads(window) };
      const halved = tile.rows % 2 === 0 ? decoder.decodeHalved?.(kernel, tile, planes) : undefined;
      if (halved !== undefined) return halved.missing;
      const rows = Math.ceil(tile.rows / reduction);
      const mark = kernel.mark();
      const source = Array.from({ length: 3 }, () => kernel.allocatePlane(width, height));
      const missing = await decoder.decodeInto(kernel, tile, source);
      // Below the last row of a strip there is none that chroma could be halved with.
      const written: Size = { width, height: Math.min(height, rows) };
      halveArea(kernel, clipArea(tile.window ?? { x: 0, y: 0, ...written }, written), {
        source: threePlanes(source),
        destination: threePlanes(planes),
      });
      kernel.release(mark);
      return missing;
    },
  };
}

/** Converts an area that begins at a chroma sample; nothing if there is none. */
function halveArea(
  kernel: Kernel,
  area: Area | undefined,
  { source, destination }: { readonly source: ThreePlanes; readonly destination: ThreePlanes },
): void {
  if (area === undefined) return;
  const { x, y, width, height } = area;
  const chroma = { x: x / 2, y: y / 2, width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const [luma, blue, red] = destination;
  rgbToYcbcrHalved(kernel, {
    source: threePlanes(source.map((plane) => cropPlane(plane, area))),
    destination: [cropPlane(luma, area), cropPlane(blue, chroma), cropPlane(red, chroma)],
  });
}

/** Rows come in even numbers but for the last of all. */
function* halveRows(kernel: Kernel, decoded: Generator<DecodedRows, void>, level: Level): Generator<DecodedRows, void> {
  const most = rowsAtOnce(level) ?? level.tileLength;
  const mark = kernel.mark();
  const source = Array.from({ length: 3 }, () => kernel.allocatePlane(level.tileWidth, most));
  try {
    for (const { writeInto, ...rows } of decoded) {
      const { count } = rows;
      const whole = source.map((plane) => ({ ...plane, height: count }));
      yield {
        ...rows,
        async writeInto(planes) {
          const missing = await writeInto(whole);
          rgbToYcbcrHalved(kernel, { source: threePlanes(whole), destination: threePlanes(planes) });
          return missing;
        },
      };
    }
  } finally {
    kernel.release(mark);
  }
}

/** A chroma sample is made from 2 x 2 pixels; an odd window would leave some of them out. */
function inWholeQuads({ x, y, width, height }: Area): Area {
  const left = x & ~1;
  const top = y & ~1;
  return { x: left, y: top, width: ((x + width + 1) & ~1) - left, height: ((y + height + 1) & ~1) - top };
}
