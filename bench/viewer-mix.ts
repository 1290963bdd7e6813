import { formatTileRequest, sessionTiles, viewKinds } from "../src/operation/viewer-session.ts";
import { openRandom } from "../test/support/random.ts";
import { type Source, tileSide } from "./sources.ts";

/** Any number: the same tiles in every run. */
const seed = 16;

/** How many people zoom in, each at a place of his own; in corners windows end at edge tiles. */
const sessions = 16;

/** Where a session may zoom in, in parts of the image's sides: `viewKinds.zoom` does at its own place. */
const [{ x: ownX, y: ownY }] = viewKinds.zoom.places;

/** Tiles of each source in the order in which they are asked for, once they have been chosen. */
const chosen = new Map<string, readonly string[]>();

/**
 * Returns the path of a tile that OpenSeadragon, Mirador and Leaflet-IIIF ask for as somebody zooms in: region, size,
 * rotation, quality and format. Those of successive indices are of all levels, mixed, so that any number of them is a sample.
 */
export function viewerTile(source: Source, index: number): string {
  const tiles = chosen.get(source.name) ?? chooseTiles(source);
  chosen.set(source.name, tiles);
  return tiles[index % tiles.length]!;
}

function chooseTiles(source: Source): readonly string[] {
  const random = openRandom(seed);
  const asked = Array.from({ length: sessions }, () => {
    const offset = { x: random.next() - ownX, y: random.next() - ownY };
    return sessionTiles(source, { tile: tileSide, journey: viewKinds.zoom, offset }).map(formatTileRequest);
  });
  const keyed = asked.flat().map((path) => ({ path, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ path }) => path);
}
