import type { Level } from "../../src/pyramid/level.ts";
import type { Orientation, Pyramid } from "../../src/pyramid/pyramid.ts";
import type { TileEncoding } from "../../src/pyramid/tile-encoding.ts";

/** The parts of a pyramid for tests of planning; its tiles have no content. */
export interface PyramidOptions {
  readonly width: number;
  readonly height: number;
  readonly tile?: number;
  readonly levels?: number;
  readonly rounding?: "floor" | "ceil";
  readonly orientation?: Orientation;
  readonly encoding?: Partial<TileEncoding>;
  /** Bytes of every tile; the tiles follow each other from byte 1,000 on, level by level. */
  readonly tileBytes?: number;
  /** Bytes between two tiles. */
  readonly gapBytes?: number;
}

/** JPEG tiles of YCbCr 4:2:0. */
const fileEncoding: TileEncoding = {
  compression: "jpeg",
  model: "ycbcr",
  isInverted: false,
  palette: undefined,
  layout: {
    samplesPerPixel: 3,
    bits: 8,
    format: "unsigned",
    isLittleEndian: true,
    isBitReversed: false,
    isPlanar: false,
    range: { least: 0, most: 255 },
    alpha: undefined,
  },
  predictor: "none",
  subsampling: { x: 2, y: 2 },
  ccitt: undefined,
  jpegTables: undefined,
  isProgressive: false,
  isUneven: false,
  isOneScan: false,
};

/** Returns a pyramid of halved levels as plain data. */
export function makePyramid(options: PyramidOptions): Pyramid {
  const { width, height, tile = 256, levels = 1, rounding = "floor", tileBytes = 5000, gapBytes = 0 } = options;
  let offset = 1000;
  const made: Level[] = [];
  for (let index = 0; index < levels; index++) {
    const previous = made.at(-1);
    const size = previous === undefined ? { width, height } : halved(previous, rounding);
    const columns = Math.ceil(size.width / tile);
    const rows = Math.ceil(size.height / tile);
    const offsets = Float64Array.from({ length: columns * rows }, (_, at) => offset + at * (tileBytes + gapBytes));
    offset += columns * rows * (tileBytes + gapBytes);
    made.push({
      ...size,
      tileWidth: tile,
      tileLength: tile,
      columns,
      rows,
      isStripped: false,
      encoding: { ...fileEncoding, ...options.encoding },
      offsets,
      byteCounts: new Float64Array(columns * rows).fill(tileBytes),
    });
  }
  const [first, ...rest] = made;
  if (first === undefined) throw new RangeError("a pyramid has a level");
  return { width, height, orientation: options.orientation ?? 1, levels: [first, ...rest] };
}

function halved(size: { width: number; height: number }, rounding: "floor" | "ceil") {
  const halve = (side: number) => Math.max(1, Math[rounding](side / 2));
  return { width: halve(size.width), height: halve(size.height) };
}
