import { openTileDecoder } from "../../src/codec/open-tile-decoder.ts";
import type { TileDecoder } from "../../src/codec/tile-decoder.ts";
import type { Area, Size } from "../../src/geometry.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { noTurn } from "../../src/raster/orientation.ts";
import { Band } from "../../src/render/band.ts";
import { planBatches, type TileRow } from "../../src/render/batches.ts";
import { gatherReads } from "../../src/render/gather.ts";
import { chooseLevel, type LevelChoice } from "../../src/render/level.ts";
import { gridInRows } from "../../src/render/row-grid.ts";
import { memorySource } from "../../src/source/memory.ts";
import { openPyramid } from "../../src/tiff/open.ts";
import { openTestKernel } from "./kernel.ts";

/** What a band is opened for: the part of an image that is drawn, its size then, and the rows that may be kept. */
export interface BandForm {
  readonly region: Area;
  readonly size: Size;
  readonly carryRows: number | ((choice: LevelChoice) => number);
}

/** A band over the tiles of a region of a file, none of them loaded. */
export interface OpenedBand {
  readonly kernel: Kernel;
  readonly band: Band;
  readonly choice: LevelChoice;
  readonly decoder: TileDecoder;
  /** The column of the level's pixels that the band begins with. */
  readonly firstPixel: number;
  readonly tileRows: readonly TileRow[];
  load(tileRow: TileRow, keepFrom: readonly number[]): Promise<void>;
}

/** Lays a region of a file on its level, as a rendering does, and opens a band for it. */
export async function openBand(file: Uint8Array, { region, size, carryRows }: BandForm): Promise<OpenedBand> {
  const source = memorySource(file);
  const pyramid = await openPyramid(source);
  const choice = chooseLevel(pyramid, region, { size, reversed: { x: false, y: false } });
  const { stored: level, window } = choice;
  const grid = gridInRows(choice, noTurn);
  const batches = planBatches(choice, { tileTurn: noTurn, sourceSize: source.size });
  const tileRows = batches.flatMap((batch) => batch.tileRows);
  const gathered = await gatherReads(
    source,
    batches.flatMap(({ reads }) => reads),
  );
  const sample = tileRows.flatMap(({ tiles }) => tiles).find(({ ranges }) => ranges !== undefined)?.ranges?.[0];
  const kernel = openTestKernel();
  const decoder = openTileDecoder(kernel, { level, reduction: 1 }, sample && gathered.bytesOf(sample));
  const firstColumn = Math.floor(window.x / level.tileWidth);
  const band = new Band(kernel, {
    grid,
    window,
    decoder,
    encoding: level.encoding,
    firstColumn,
    columns: Math.floor((window.x + window.width - 1) / level.tileWidth) - firstColumn + 1,
    firstRow: Math.floor(window.y / grid.tileLength),
    carryRows: typeof carryRows === "number" ? carryRows : carryRows(choice),
    source,
    count: () => undefined,
  });
  return {
    kernel,
    band,
    choice,
    decoder,
    firstPixel: firstColumn * level.tileWidth,
    tileRows,
    load: async (tileRow, keepFrom) => {
      for await (const _ of band.load(tileRow, gathered, () => keepFrom));
    },
  };
}
