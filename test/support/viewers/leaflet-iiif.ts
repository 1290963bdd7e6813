import { createRequire } from "node:module";
import { loadPage } from "./page.ts";
import type { PlacedLevel, PlacedTile, Viewer } from "./viewer.ts";

/** What is used of Leaflet-IIIF's own class. */
interface IiifLayer {
  readonly _infoPromise: Promise<unknown>;
  readonly _imageSizes: readonly { readonly x: number; readonly y: number }[];
  readonly maxNativeZoom: number;
  readonly options: { readonly tileSize: number };
  _tileZoom: number;
  _isValidTile(place: { readonly x: number; readonly y: number }): boolean;
  getTileUrl(place: { readonly x: number; readonly y: number }): string;
}

interface Leaflet {
  readonly tileLayer: { iiif(url: string): IiifLayer };
}

/** Sides of the map, in pixels: while the picture is larger than it, Leaflet-IIIF zooms out past its first level. */
const mapSide = 400;

/** Loads Leaflet-IIIF. */
export function loadLeafletIiif(): Viewer {
  const { version } = createRequire(import.meta.url)("leaflet-iiif/package.json") as { readonly version: string };
  let answered: object = {};
  const { L } = loadPage(["leaflet", "leaflet-iiif"], {
    fetch: async () => ({ json: async () => answered }),
  }) as unknown as { readonly L: Leaflet };
  return {
    name: `Leaflet-IIIF ${version}`,
    listLevels: async (info, url) => {
      answered = info;
      const layer = L.tileLayer.iiif(url);
      await layer._infoPromise;
      const levels: PlacedLevel[] = [];
      for (let zoom = leastZoom(layer); zoom <= layer.maxNativeZoom; zoom++) levels.push(listLevel(layer, info, zoom));
      return levels;
    },
  };
}

/** As in its `onAdd`. */
function leastZoom({ _imageSizes }: IiifLayer): number {
  let { x, y } = _imageSizes[0]!;
  let zoom = 0;
  for (; zoom > -5 && (x > mapSide || y > mapSide); zoom--) {
    x /= 2;
    y /= 2;
  }
  return zoom;
}

function listLevel(layer: IiifLayer, info: object, zoom: number): PlacedLevel {
  layer._tileZoom = zoom;
  const factor = 2 ** (layer.maxNativeZoom - zoom);
  const { width, height } = info as { readonly width: number; readonly height: number };
  const level = { factor, width: width / factor, height: height / factor };
  const side = layer.options.tileSize;
  const tiles: PlacedTile[] = [];
  for (let y = 0; y * side < level.height; y++) {
    for (let x = 0; x * side < level.width; x++) {
      if (!layer._isValidTile({ x, y })) continue;
      tiles.push({
        path: new URL(layer.getTileUrl({ x, y })).pathname,
        factor,
        x: x * side,
        y: y * side,
        width: Math.min(side, level.width - x * side),
        height: Math.min(side, level.height - y * side),
      });
    }
  }
  return { ...level, tiles };
}
