import type { Level } from "../../src/pyramid/level.ts";
import type { Pyramid } from "../../src/pyramid/pyramid.ts";
import type { TileEncoding } from "../../src/pyramid/tile-encoding.ts";
import { makePyramid, type PyramidOptions } from "./pyramid.ts";

/** A kind of master as plain data, of any size, and how long a file of it is. */
export type MasterKind = (size: { readonly width: number; readonly height: number }) => {
  readonly pyramid: Pyramid;
  readonly sourceSize: number;
};

const { layout } = makePyramid({ width: 1, height: 1 }).levels[0].encoding;
const whole = { subsampling: { x: 1, y: 1 } } as const;
const gray = { ...whole, model: "gray", layout: { ...layout, samplesPerPixel: 1 } } as const;
const rgb = { ...whole, model: "rgb" } as const;
const rgba = { ...rgb, layout: { ...layout, samplesPerPixel: 4, alpha: { sample: 3, isAssociated: false } } } as const;

/** Tiles of so many bytes a pixel, with levels below them. */
export function tiles(tile: number, bytesOfPixel: number, encoding: Partial<TileEncoding>): MasterKind {
  return (size) => ({
    pyramid: makePyramid({ ...size, tile, levels: 4, encoding, tileBytes: Math.ceil(tile * tile * bytesOfPixel) }),
    sourceSize: 2 ** 40,
  });
}

/** Strips of so many rows, one after another. */
export function strips(rows: number, bytesOfPixel: number, encoding: Partial<TileEncoding>): MasterKind {
  return (size) => {
    const stripBytes = Math.ceil(size.width * Math.min(rows, size.height) * bytesOfPixel);
    const count = Math.ceil(size.height / rows);
    const level = {
      ...{ tileWidth: size.width, tileLength: Math.min(rows, size.height), columns: 1, rows: count, isStripped: true },
      offsets: Float64Array.from({ length: count }, (_, index) => 1000 + index * stripBytes),
      byteCounts: new Float64Array(count).fill(stripBytes),
    };
    return { pyramid: withLevel({ ...size, encoding }, level), sourceSize: 2 ** 40 };
  };
}

/** The longest file that is read whole. */
const longestFile = 32 << 20;

/** A file that is one picture. */
export function file(bytesOfPixel: number, encoding: Partial<TileEncoding>): MasterKind {
  return (size) => {
    const sourceSize = Math.min(longestFile, Math.ceil(size.width * size.height * bytesOfPixel));
    const level = {
      ...{ tileWidth: size.width, tileLength: size.height, columns: 1, rows: 1, isStripped: true },
      ...{ offsets: Float64Array.of(0), byteCounts: Float64Array.of(sourceSize) },
    };
    return { pyramid: withLevel({ ...size, encoding }, level), sourceSize };
  };
}

function withLevel(options: PyramidOptions, level: Partial<Level>): Pyramid {
  const pyramid = makePyramid(options);
  return { ...pyramid, levels: [{ ...pyramid.levels[0], ...level }] };
}

/** Encodings of masters. */
export const encodings = {
  jpeg420: {},
  jpeg444: whole,
  rgbJpeg: rgb,
  oneScan: { isOneScan: true },
  progressive: { isProgressive: true },
  deflate: { ...rgb, compression: "deflate" },
  deflateAlpha: { ...rgba, compression: "deflate" },
  png: { ...rgb, compression: "png" },
  grayPng: { ...gray, compression: "png" },
  pngAlpha: { ...rgba, compression: "png" },
  webp: { ...rgb, compression: "webp" },
} as const satisfies Readonly<Record<string, Partial<TileEncoding>>>;
