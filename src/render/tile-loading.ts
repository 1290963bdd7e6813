import type { JpegCheckpoints } from "../codec/jpeg/checkpoints.ts";
import type { TileDecoder } from "../codec/tile-decoder.ts";
import { type Area, clipArea, isWhole } from "../geometry.ts";
import type { DecodedGrid } from "../pyramid/decoded-grid.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import type { Kernel } from "../raster/kernel.ts";
import { colorPlanes, type Plane } from "../raster/raster.ts";
import { fillPlane } from "../raster/samples.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { DecodedTile } from "./damage.ts";
import type { GatheredBytes } from "./gather.ts";
import type { TileWanted } from "./reads.ts";

/** What tiles are decoded by, and what of them is needed. */
export interface TileLoading {
  readonly grid: DecodedGrid;
  /** In pixels of the level as it is decoded. */
  readonly window: Area;
  readonly decoder: TileDecoder;
  /** How the tiles are stored, which tells what one shows that was never written. */
  readonly encoding: TileEncoding;
  /** The file, for tiles that are decoded as they are read. */
  readonly source: ByteSource;
  /** Where decoding it has come to before. */
  readonly checkpoints?: JpegCheckpoints | undefined;
  /** Told of each tile that was decoded. */
  readonly count: (tile: DecodedTile) => void;
}

/**
 * Decodes a tile into planes of its size; one that was never written shows 0 in every sample. Throws `source-malformed`,
 * `source-unsupported`, `render-memory`.
 */
export async function loadTile(
  kernel: Kernel,
  loading: TileLoading,
  { tile, gathered, planes }: { tile: TileWanted; gathered: GatheredBytes; planes: readonly Plane[] },
): Promise<void> {
  const { column, row, storedRows: rows, levelRow, ranges } = tile;
  const { grid, decoder, count } = loading;
  if (ranges === undefined) {
    clear(kernel, loading, planes);
    return;
  }
  const parts = ranges.map((range) => gathered.bytesOf(range));
  const window = neededOf(loading, column, row);
  const missing = await decoder.decodeInto(kernel, { parts, rows, window }, planes);
  count({ asked: window ?? { width: grid.tileWidth, height: grid.tileLength }, levelRow, missing });
}

/** A row of tiles whose decoder gives some rows of pixels at a time: the grid's rows are these. */
export interface RowLoading {
  readonly tile: TileWanted;
  readonly gathered: GatheredBytes;
  /** Returns where row `row` of the grid is decoded to, before it is. */
  readonly planesOf: (row: number) => readonly Plane[];
}

/**
 * Decodes a tile row by row of the grid, as far as the window reaches; yields the number of each row that has been
 * written. Throws what `loadTile` throws.
 */
export async function* loadRows(
  kernel: Kernel,
  loading: TileLoading,
  { tile, gathered, planesOf }: RowLoading,
): AsyncGenerator<number, void> {
  const { grid, decoder, source, checkpoints, count } = loading;
  const { storedRows, levelRow, ranges, isReadByRows = false } = tile;
  // A level of several such tiles is neither reduced nor turned as it is decoded.
  const firstRow = levelRow / grid.tileLength;
  const y = Math.max(0, loading.window.y - levelRow);
  const windowEnd = loading.window.y + loading.window.height - levelRow;
  const end = isReadByRows ? Math.min(windowEnd, storedRows) : windowEnd;
  if (ranges === undefined) {
    for (let row = Math.floor(y / grid.tileLength); row * grid.tileLength < end; row += 1) {
      clear(kernel, loading, planesOf(firstRow + row));
      yield firstRow + row;
    }
    return;
  }
  if (decoder.decodeRows === undefined) throw new RangeError("a tile that is not decoded by rows");
  const stored = isReadByRows
    ? { parts: [], source, range: ranges[0], checkpoints }
    : { parts: ranges.map((range) => gathered.bytesOf(range)) };
  const window = { ...loading.window, y, height: end - y };
  let isCounted = false;
  for (const decoded of decoder.decodeRows(kernel, { ...stored, rows: storedRows, window })) {
    const { first, isAlone, writeInto } = decoded;
    const last = first + decoded.count;
    const isLast = last >= end;
    if (last <= y) continue;
    const row = firstRow + first / grid.tileLength;
    const missing = await writeInto(planesOf(row));
    if (isAlone) {
      const height = Math.min(last, end) - Math.max(first, y);
      count({ asked: { width: window.width, height }, levelRow, missing });
    } else if (!isCounted && (missing !== undefined || isLast)) {
      count({ asked: window, levelRow, missing });
      isCounted = true;
    }
    yield row;
    if (isLast) return;
  }
}

/** The pixels of a tile that lie in the window; undefined for all of them. */
function neededOf({ window, grid }: TileLoading, column: number, row: number): Area | undefined {
  const { tileWidth: width, tileLength: height } = grid;
  const needed = clipArea({ ...window, x: window.x - column * width, y: window.y - row * height }, { width, height });
  return needed === undefined || isWhole(needed, { width, height }) ? undefined : needed;
}

/** What an unwritten tile shows: 0 in every sample, as other readers have it; no colour in what is centred on 128. */
const background = { sample: 0, inverted: 255, centred: 128 } as const;

function clear(kernel: Kernel, { decoder, encoding }: TileLoading, planes: readonly Plane[]): void {
  const { model } = decoder;
  const { isInverted, palette } = encoding;
  const sample = isInverted ? background.inverted : background.sample;
  planes.forEach((plane, index) => {
    const isCentred = (model === "ycbcr" || model === "lab") && (index === 1 || index === 2);
    const isAlpha = index >= colorPlanes[model];
    // Of a palette the colour of index 0.
    const color = palette?.[(index * palette.length) / 3] ?? (isCentred ? background.centred : sample);
    fillPlane(kernel, plane, isAlpha ? 0 : color);
  });
}
