import type { Size } from "../src/geometry.ts";
import { type Source, tileSide } from "./sources.ts";
import { viewerTile } from "./viewer-mix.ts";

/** A request that is measured. */
export interface Case {
  readonly name: string;
  /**
   * Returns region, size, rotation, quality and format for a source, as they stand in the URL; undefined where the
   * source is smaller than what is asked for. Requests of different `index` ask for different tiles.
   */
  readonly path: (source: Source, index: number) => string | undefined;
}

/** Longer side of the pictures whose quality, rotation or format is what is measured, in pixels. */
const middleSide = 1024;

/** Every picture that is measured, once for all benchmarks. */
export const cases: readonly Case[] = [
  { name: "aligned tile", path: (source, index) => tilePath({ x: 0, y: 0 }, source, index) },
  { name: "unaligned tile", path: (source, index) => tilePath({ x: 77, y: 131 }, source, index) },
  { name: "edge tile", path: edgeTilePath },
  { name: "128", path: (source) => fittedPath(source, 128) },
  { name: "1024", path: (source) => fittedPath(source, 1024) },
  { name: "3000", path: (source) => fittedPath(source, 3000) },
  { name: "4096", path: (source) => fittedPath(source, 4096) },
  { name: "full", path: (source) => fittedPath(source, source.width) },
  { name: "gray", path: (source) => fittedPath(source, middleSide, "0/gray.jpg") },
  { name: "90°", path: (source) => fittedPath(source, middleSide, "90/default.jpg") },
  { name: "22.5°", path: (source) => fittedPath(source, middleSide, "22.5/default.jpg") },
  { name: "png", path: (source) => fittedPath(source, middleSide, "0/default.png") },
  { name: "webp", path: (source) => fittedPath(source, middleSide, "0/default.webp") },
];

/** Tiles of all levels, which is what most requests are: measured over HTTP alone, for none is slow to draw. */
export const viewerMix: Case = { name: "viewer mix", path: viewerTile };

/** Returns the case of that name. Throws an Error for an unknown one. */
export function findCase(name: string): Case {
  const found = [...cases, viewerMix].find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`unknown case: ${name}`);
  return found;
}

/** A tile of the image at full size, `shift` pixels off the grid; another one for each index, all over the image. */
function tilePath(shift: { readonly x: number; readonly y: number }, source: Source, index: number): string {
  const columns = Math.floor(source.width / tileSide) - 1;
  const rows = Math.floor(source.height / tileSide) - 1;
  const x = ((index * 7) % columns) * tileSide + shift.x;
  const y = ((index * 5) % rows) * tileSide + shift.y;
  return `${x},${y},${tileSide},${tileSide}/${tileSide},${tileSide}/0/default.jpg`;
}

/** A tile of the last column, which is stored padded. */
function edgeTilePath(source: Source, index: number): string {
  const rows = Math.floor(source.height / tileSide);
  const x = Math.floor(source.width / tileSide) * tileSide;
  const y = (index % rows) * tileSide;
  const width = source.width - x;
  return `${x},${y},${width},${tileSide}/${width},${tileSide}/0/default.jpg`;
}

/** Returns the path of the whole image, its longer side that many pixels; undefined where the source is smaller. */
export function fittedPath(source: Source, longerSide: number, end = "0/default.jpg"): string | undefined {
  if (longerSide > Math.max(source.width, source.height)) return undefined;
  const { width, height } = fittedSize(source, longerSide);
  return `full/${width},${height}/${end}`;
}

/** Returns the size of the whole image whose longer side has that many pixels. */
export function fittedSize({ width, height }: Source, longerSide: number): Size {
  const scale = longerSide / Math.max(width, height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
