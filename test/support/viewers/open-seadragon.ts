import { loadPage } from "./page.ts";
import type { PlacedLevel, PlacedTile, Viewer } from "./viewer.ts";

/** What is used of OpenSeadragon's own class. */
interface TileSource {
  readonly minLevel: number;
  readonly maxLevel: number;
  readonly dimensions: { readonly x: number; readonly y: number };
  getLevelScale(level: number): number;
  getNumTiles(level: number): { readonly x: number; readonly y: number };
  getTileUrl(level: number, x: number, y: number): string;
  getTileWidth(level: number): number;
  getTileHeight(level: number): number;
  getTileBounds(
    level: number,
    x: number,
    y: number,
    isSource: boolean,
  ): { readonly width: number; readonly height: number };
}

interface OpenSeadragon {
  readonly version: { readonly versionStr: string };
  readonly IIIFTileSource: {
    new (options: object): TileSource;
    readonly prototype: { configure(info: object, url: string): object };
  };
}

/** Loads a version of OpenSeadragon by the name of its package. */
export function loadOpenSeadragon(packageName: string): Viewer {
  const { OpenSeadragon: viewer } = loadPage([packageName]) as unknown as { readonly OpenSeadragon: OpenSeadragon };
  const { IIIFTileSource } = viewer;
  const openSource = (info: object, url: string): TileSource =>
    new IIIFTileSource(IIIFTileSource.prototype.configure(structuredClone(info), url));
  return {
    name: `OpenSeadragon ${viewer.version.versionStr}`,
    listLevels: async (info, url) => {
      const source = openSource(info, url);
      const levels: PlacedLevel[] = [];
      for (let level = source.minLevel; level <= source.maxLevel; level++) levels.push(listLevel(source, level));
      return levels;
    },
  };
}

function listLevel(source: TileSource, level: number): PlacedLevel {
  const scale = source.getLevelScale(level);
  const { x: columns, y: rows } = source.getNumTiles(level);
  const tiles: PlacedTile[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const { width, height } = source.getTileBounds(level, column, row, true);
      tiles.push({
        path: new URL(source.getTileUrl(level, column, row)).pathname,
        factor: 1 / scale,
        x: column * source.getTileWidth(level),
        y: row * source.getTileHeight(level),
        width,
        height,
      });
    }
  }
  return { factor: 1 / scale, width: source.dimensions.x * scale, height: source.dimensions.y * scale, tiles };
}
