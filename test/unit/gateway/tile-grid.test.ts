import { describe, expect, it } from "vitest";
import { readDeepZoom } from "../../../src/gateway/deep-zoom.ts";
import { readIip } from "../../../src/gateway/iip.ts";
import { resolutionsOf } from "../../../src/gateway/iip-pictures.ts";
import type { OldRequest } from "../../../src/gateway/old-request.ts";
import { countHalvings, reduce } from "../../../src/gateway/tile-grid.ts";
import { readZoomify } from "../../../src/gateway/zoomify.ts";
import type { Size } from "../../../src/geometry.ts";
import { canonicalise } from "../../../src/iiif/canonical.ts";
import { parseRequest } from "../../../src/iiif/request.ts";
import { codeOf } from "../../support/code-of.ts";
import { openRandom } from "../../support/random.ts";

const rules = { limits: { maxWidth: 1e6, maxHeight: 1e6, maxArea: 1e12 }, isStrictConfined: true };
const square = (side: number): Size => ({ width: side, height: side });

/** Asks for a tile by its column and row, and returns it as the parser of the Image API understands its translation. */
type Ask = (column: number, row: number) => ReturnType<typeof tileOf>;

function tileOf(asked: OldRequest, image: Size & { readonly tile: Size }) {
  if (asked.kind !== "picture") throw new Error("not a picture");
  return canonicalise(parseRequest(asked.translate(image), 3), { ...image, isGray: false }, rules);
}

/** What tiles of `side` pixels show of an axis, in pixels of the image and in their own. */
type Span = readonly [from: number, to: number, output: number];

/** Asks for all tiles of the first row and the first column and for the last one, which belongs to the last of both. */
function spansOf(grid: Size, ask: Ask): { readonly across: readonly Span[]; readonly down: readonly Span[] } {
  const across = Array.from({ length: grid.width }, (_, column) => ask(column, 0));
  const down = Array.from({ length: grid.height }, (_, row) => ask(0, row));
  const last = ask(grid.width - 1, grid.height - 1);
  const [right, bottom] = [across.at(-1)!, down.at(-1)!];
  expect(last.region).toEqual({ ...right.region, y: bottom.region.y, height: bottom.region.height });
  expect(last.size).toEqual({ width: right.size.width, height: bottom.size.height });
  return {
    across: across.map(({ region, size }) => [region.x, region.x + region.width, size.width]),
    down: down.map(({ region, size }) => [region.y, region.y + region.height, size.height]),
  };
}

/** Each begins where the one before ends, the first at the edge, the last at the other. */
function expectOnce(spans: readonly Span[], whole: number): void {
  expect(spans.map(([from]) => from)).toEqual([0, ...spans.slice(0, -1).map(([, to]) => to)]);
  expect(spans.at(-1)?.[1]).toBe(whole);
}

const random = openRandom(13);
const sizes: readonly Size[] = [
  { width: 1, height: 1 },
  { width: 257, height: 255 },
  { width: 5000, height: 3 },
  { width: 3, height: 5000 },
  { width: 513, height: 512 },
  { width: 1024, height: 1025 },
  ...Array.from({ length: 6 }, () => ({ width: random.integer(1, 3000), height: random.integer(1, 3000) })),
];
const cases = sizes.flatMap((image) => [64, 254, 256].map((side) => ({ ...image, side })));
const divide = ({ width, height }: Size, { width: across, height: down }: Size): Size => ({
  width: Math.ceil(width / across),
  height: Math.ceil(height / down),
});

describe("the tiles of every level of DeepZoom", () => {
  it.each(cases)("cover $width by $height once, in tiles of $side", ({ side, ...size }) => {
    const image = { ...size, tile: square(512) };
    const deepest = Math.ceil(Math.log2(Math.max(size.width, size.height)));
    for (const overlap of [0, 1] as const) {
      const askAt = (level: number): Ask => {
        return (column, row) =>
          tileOf(readDeepZoom(`a_files/${level}/${column}_${row}.jpg`, { tileSize: side, overlap }), image);
      };
      for (let level = 0; level <= deepest; level++) {
        // Source: OpenSeadragon 6.1.1, TileSource.getNumTiles and getTileBounds.
        const factor = 2 ** (deepest - level);
        const shown = reduce(size, factor, "up");
        const grid = divide(shown, square(side));
        const { across, down } = spansOf(grid, askAt(level));
        expect(codeOf(() => askAt(level)(grid.width, 0))).toBe("not-found");
        expect(codeOf(() => askAt(level)(0, grid.height))).toBe("not-found");
        const expected = (whole: number, length: number, count: number): readonly Span[] =>
          Array.from({ length: count }, (_, index) => {
            const from = index === 0 ? 0 : index * side - overlap;
            const to = Math.min(length, (index + 1) * side + overlap);
            return [from * factor, Math.min(whole, to * factor), to - from];
          });
        expect(across).toEqual(expected(size.width, shown.width, across.length));
        expect(down).toEqual(expected(size.height, shown.height, down.length));
        if (overlap === 1) continue;
        expectOnce(across, size.width);
        expectOnce(down, size.height);
      }
      expect(codeOf(() => askAt(deepest + 1)(0, 0))).toBe("not-found");
    }
  });
});

describe("the tiles of every resolution of IIP", () => {
  it.each(cases)("cover $width by $height once, in tiles of $side", ({ side, ...size }) => {
    const cutting = { tileSize: undefined, overlap: 0 } as const;
    const image = { ...size, tile: { width: side, height: side / 2 } };
    const grids = resolutionsOf(image, cutting);
    expect(grids.at(-1)?.level).toEqual(size);
    expect(grids[0]).toMatchObject({ columns: 1, rows: 1 });
    for (const [resolution, { level }] of grids.entries()) {
      // Source: IIPMooViewer 2.0, which halves and rounds down; OpenSeadragon 6.1.1, IIPTileSource.getTileUrl.
      const grid = divide(level, image.tile);
      const ask = (index: number) => tileOf(readIip(`FIF=a&JTL=${resolution},${index}`, cutting), image);
      const { across, down } = spansOf(grid, (column, row) => ask(row * grid.width + column));
      expect(codeOf(() => ask(grid.width * grid.height))).toBe("not-found");
      expectOnce(across, size.width);
      expectOnce(down, size.height);
      expect(across.map(([, , output]) => output)).toEqual(cut(level.width, image.tile.width));
      expect(down.map(([, , output]) => output)).toEqual(cut(level.height, image.tile.height));
    }
    expect(codeOf(() => tileOf(readIip(`FIF=a&JTL=${grids.length},0`, cutting), image))).toBe("not-found");
  });
});

describe("the tiles of every level of Zoomify", () => {
  it.each(cases)("cover $width by $height once, in tiles of $side", ({ side, ...size }) => {
    const image = { ...size, tile: square(512) };
    const levels = countHalvings(size, square(side));
    const askAt = (level: number): Ask => {
      return (column, row) =>
        tileOf(readZoomify(`a/TileGroup7/${level}-${column}-${row}.jpg`, { tileSize: side, overlap: 0 }), image);
    };
    for (let level = 0; level < levels; level++) {
      const factor = 2 ** (levels - 1 - level);
      const shown = reduce(size, factor, "down");
      const { across, down } = spansOf(divide(shown, square(side)), askAt(level));
      expectOnce(across, size.width);
      expectOnce(down, size.height);
      expect(across.map(([, , output]) => output)).toEqual(cut(shown.width, side));
      expect(down.map(([, , output]) => output)).toEqual(cut(shown.height, side));
      // Viewers that round up ask for one more where less than a pixel of the level is left over.
      const asked = divide(size, square(side * factor));
      const last = askAt(level)(asked.width - 1, asked.height - 1);
      expect(last.region.x + last.region.width).toBe(size.width);
      expect(last.region.y + last.region.height).toBe(size.height);
      expect(codeOf(() => askAt(level)(asked.width, 0))).toBe("not-found");
      expect(codeOf(() => askAt(level)(0, asked.height))).toBe("not-found");
    }
    expect(codeOf(() => askAt(levels)(0, 0))).toBe("not-found");
  });
});

/** Pixels of a level, cut into tiles. */
function cut(length: number, side: number): readonly number[] {
  return Array.from({ length: Math.ceil(length / side) }, (_, index) => Math.min(side, length - index * side));
}
