import type { Level } from "../pyramid/level.ts";
import { deinterleave } from "../raster/chunky.ts";
import { rgbToYcbcr } from "../raster/color.ts";
import type { CodecModules, Kernel } from "../raster/kernel.ts";
import { colorPlanes, type Plane, planeSlackBytes, threePlanes } from "../raster/raster.ts";
import { createJpeg2000Decoder } from "./jpeg2000.ts";
import { decodedModels, type StoredTile, type TileDecoder, type TileShape } from "./tile-decoder.ts";
import { createWebpDecoder } from "./webp-decoder.ts";

type DecodeTile = (kernel: Kernel, tile: StoredTile, planes: readonly Plane[]) => void;

/**
 * Returns the decoder of tiles and strips for third-party codecs, which return interleaved samples. Source: the
 * registered compressions 33003 to 33005, 34712 and 50001.
 */
export function interleavedTileDecoder(
  { level }: TileShape,
  compression: "webp" | "jpeg2000",
  codecs: CodecModules,
): TileDecoder {
  const { model: stored, layout } = level.encoding;
  const model = decodedModels[stored];
  const hasAlpha = layout.alpha !== undefined;
  const decode =
    compression === "webp" ? webpTiles(level, codecs.webpDecoder) : jpeg2000Tiles(level, codecs.jpeg2000Decoder);
  return {
    model,
    planeCount: colorPlanes[model] + (hasAlpha ? 1 : 0),
    hasAlpha,
    // The codec enlarges subsampled components itself.
    subsampling: { x: 1, y: 1 },
    async decodeInto(kernel, tile, planes) {
      decode(kernel, tile, planes);
      return undefined;
    },
  };
}

function webpTiles({ tileWidth: width }: Level, module: WebAssembly.Module): DecodeTile {
  const decoder = createWebpDecoder(module);
  return (kernel, { parts: [bytes], rows: height }, planes) => {
    if (bytes === undefined) throw new RangeError("a tile without bytes");
    decoder.decode(bytes, { width, height }, (rgba) =>
      separate(kernel, { samples: rgba, count: 4, width, height }, planes),
    );
  };
}

function jpeg2000Tiles({ tileWidth: width, encoding }: Level, module: WebAssembly.Module): DecodeTile {
  const decoder = createJpeg2000Decoder(module);
  return (kernel, { parts: [bytes], rows: height }, planes) => {
    if (bytes === undefined) throw new RangeError("a tile without bytes");
    const { samples, components, isConvertedToRgb } = decoder.decode(bytes, { size: { width, height } });
    separate(kernel, { samples, count: components, width, height }, planes);
    if (isConvertedToRgb && encoding.model === "ycbcr") {
      const all = threePlanes(planes.map((plane) => ({ ...plane, height })));
      rgbToYcbcr(kernel, { source: all, destination: all });
    }
  };
}

interface Interleaved {
  readonly samples: Uint8Array;
  /** Samples per pixel. */
  readonly count: number;
  readonly width: number;
  readonly height: number;
}

/** Samples are parted so many bytes at a time. */
export const partedBytes = 1 << 20;

/** The first samples go to the planes in order; the alpha of RGBA is dropped if it has no plane. */
function separate(kernel: Kernel, { samples, count, width, height }: Interleaved, planes: readonly Plane[]): void {
  const stride = width * count;
  const most = Math.max(1, Math.floor(partedBytes / stride));
  const mark = kernel.mark();
  const pointer = kernel.allocate(Math.min(most, height) * stride + planeSlackBytes);
  for (let first = 0; first < height; first += most) {
    const rows = Math.min(most, height - first);
    kernel.bytes.set(samples.subarray(first * stride, (first + rows) * stride), pointer);
    const parts = planes.map((plane) => {
      const top = Math.min(first, plane.height);
      return { ...plane, pointer: plane.pointer + top * plane.stride, height: Math.min(rows, plane.height - top) };
    });
    deinterleave(kernel, { pointer, stride, width, height: rows, samplesPerPixel: count }, parts);
  }
  kernel.release(mark);
}
