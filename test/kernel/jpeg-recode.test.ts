import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createJpegRecoder, type JpegRecoderOptions } from "../../src/codec/jpeg/recoder.ts";
import type { Area } from "../../src/geometry.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { encodePlanes } from "../support/jpeg-encoding.ts";
import { writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { greatestDifference, makeNoise, makeSamples, type Samples, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

const kernel = openTestKernel();

const halved = { x: 2, y: 2 } as const;

/** A surface with edges. */
const surface = (x: number, y: number): number =>
  Math.round(120 + 70 * Math.sin(x / 17) * Math.cos(y / 13) + (x % 50 < 3 ? 40 : 0) + (y % 37 < 2 ? -30 : 0));

/** Cuts a picture of planes into tiles, each padded with noise beyond the picture. */
function cutTiles(planes: readonly Samples[], side: number): { columns: number; rows: number; tiles: Samples[][] } {
  const random = openRandom(8);
  const [{ width, height }] = planes as [Samples];
  const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)];
  const tiles = Array.from({ length: columns * rows }, (_, index) =>
    planes.map((plane, component) => {
      const length = component === 0 ? side : side / 2;
      const [left, top] = [(index % columns) * length, Math.floor(index / columns) * length];
      return makeSamples(length, length, (x, y) => {
        const isInside = left + x < plane.width && top + y < plane.height;
        return isInside ? plane.values[(top + y) * plane.width + left + x]! : random.integer(0, 255);
      });
    }),
  );
  return { columns, rows, tiles };
}

interface Recoding extends Pick<JpegRecoderOptions, "model" | "quality" | "width" | "height"> {
  readonly side: number;
  readonly tiles: readonly Uint8Array[];
}

/** The part of the tile at `place` on an axis that a picture of `length` pixels shows. */
const shownOf = (place: number, side: number, length: number): number => Math.min(side, length - place * side);

function recode({ side, tiles, ...options }: Recoding): Uint8Array<ArrayBuffer> {
  const mark = kernel.mark();
  const columns = Math.ceil(options.width / side);
  const recoder = createJpegRecoder(kernel, { ...options, tile: { width: side, height: side }, columns });
  const chunks: Uint8Array[] = [];
  for (const [index, bytes] of tiles.entries()) {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    const shown: Area = {
      ...{ x: 0, y: 0 },
      width: shownOf(column, side, options.width),
      height: shownOf(row, side, options.height),
    };
    expect(recoder.addTile({ tables: undefined, bytes, shown })).toEqual({ missing: undefined });
    if (column === columns - 1) chunks.push(...recoder.endRow());
  }
  chunks.push(recoder.finish());
  kernel.release(mark);
  return Uint8Array.from(Buffer.concat(chunks));
}

describe("tiles that are recoded", () => {
  for (const [width, height, side] of [
    [160, 96, 32],
    [64, 48, 16],
    [512, 256, 256],
  ] as const) {
    it(`keep every sample where nothing changes: ${width} by ${height} in tiles of ${side}`, () => {
      const planes = [
        makeSamples(width, height, surface),
        makeSamples(width / 2, height / 2, (x, y) => 128 + 60 * Math.sin(x / 9 + y / 5)),
        makeNoise(openRandom(3), width / 2, height / 2),
      ];
      const { tiles } = cutTiles(planes, side);
      const encoded = tiles.map((tile) => encodePlanes(kernel, tile, { quality: 85, subsampling: halved }));
      const recoded = recode({ model: "ycbcr", quality: 85, width, height, side, tiles: encoded });
      const shown = decodeGuarded(kernel, recoded).samples;
      const { tiles: expected } = cutTiles(
        shown.map((plane) => plane),
        side,
      );
      for (const [index, bytes] of encoded.entries()) {
        const { samples } = decodeGuarded(kernel, bytes);
        for (const [component, plane] of samples.entries()) {
          expect(greatestDifference(expected[index]![component]!, plane)).toBe(0);
        }
      }
    });
  }
});
