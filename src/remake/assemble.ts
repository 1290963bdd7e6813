import type { Chunks } from "../layout/chunk-places.ts";
import { type MasterLayout, planLayout } from "../layout/layout.ts";
import { planMasterLevels } from "../layout/master-levels.ts";
import { pixelEntries } from "../layout/pixel-entries.ts";
import type { PlannedEntry } from "../layout/planned-entry.ts";
import type { AssembledFile } from "./assembled.ts";
import { profileOfMaster } from "./description.ts";
import type { RemakePlan } from "./plan.ts";
import { pieceName, readSpilled, type Spill, type SpilledPart, type SpilledTile } from "./spill.ts";
import { sharedTables } from "./tile-encoder.ts";

/** A part that was spilled, and its name. */
export interface NamedPart {
  readonly name: string;
  readonly part: SpilledPart;
}

const isLittleEndian = true;

/**
 * Lays out a master of the parts that were spilled: directories first, then tiles, smallest level first. Throws RangeError
 * where a tile is missing.
 */
export function assembleParts(
  parts: readonly NamedPart[],
  { plan, described, spill }: AssembledFrom,
): AssembledFile & { readonly tiles: readonly (readonly SpilledTile[])[] } {
  const pieces = piecesOf(parts);
  const tiles = tilesOfLevels(plan, parts);
  const layout = layOut(plan, { described, chunks: tiles.map((level) => chunksOf(level)) });
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const piece = pieces.findLast(({ start }) => start <= offset);
    if (piece === undefined) throw new RangeError(`no piece at ${offset}`);
    const taken = Math.min(length, piece.start + piece.length - offset);
    const bytes = await readSpilled(spill, piece.name, { offset: offset - piece.start, length: taken });
    if (taken === length) return bytes;
    const joined = new Uint8Array(length);
    joined.set(bytes);
    joined.set(await read(offset + taken, length - taken), taken);
    return joined;
  };
  return { layout, read, tiles };
}

/** What a master is assembled from next to its tiles. */
export interface AssembledFrom {
  readonly plan: RemakePlan;
  readonly described: readonly PlannedEntry[];
  readonly spill: Spill;
}

interface Piece {
  readonly name: string;
  /** Where it would be if all pieces lay one after another, in bytes. */
  readonly start: number;
  readonly length: number;
}

function piecesOf(parts: readonly NamedPart[]): readonly Piece[] {
  let start = 0;
  return parts.flatMap(({ name, part }) =>
    part.pieces.map((length, index) => {
      const piece = { name: pieceName(name, index), start, length };
      start += length;
      return piece;
    }),
  );
}

/** A tile with its place in the row of all pieces. */
interface PlacedTile extends SpilledTile {
  readonly at: number;
}

function tilesOfLevels({ levels, tiles }: RemakePlan, parts: readonly NamedPart[]): readonly (readonly PlacedTile[])[] {
  const side = tiles.treatment.tileSize;
  const columns = levels.map(({ width }) => Math.ceil(width / side));
  const placed = levels.map(({ height }, level) =>
    new Array<PlacedTile | undefined>((columns[level] ?? 0) * Math.ceil(height / side)).fill(undefined),
  );
  let start = 0;
  for (const { part } of parts) {
    const starts = part.pieces.map((length) => {
      const at = start;
      start += length;
      return at;
    });
    for (const tile of part.tiles) {
      const place = tile.row * (columns[tile.level] ?? 0) + tile.column;
      const level = placed[tile.level];
      if (level !== undefined) level[place] = { ...tile, at: (starts[tile.piece] ?? 0) + tile.offset };
    }
  }
  return placed.map((level, index) =>
    level.map((tile, place) => {
      if (tile === undefined) throw new RangeError(`tile ${place} of level ${index} was not made`);
      return tile;
    }),
  );
}

function chunksOf(tiles: readonly PlacedTile[]): Chunks {
  return {
    offsets: Float64Array.from(tiles, ({ at }) => at),
    byteCounts: Float64Array.from(tiles, ({ length }) => length),
  };
}

function layOut(
  { tiles, levels }: RemakePlan,
  { described, chunks }: { readonly described: readonly PlannedEntry[]; readonly chunks: readonly Chunks[] },
): MasterLayout {
  const { form, treatment } = tiles;
  const { compression, predictor, tileSize } = treatment;
  const jpegTables = sharedTables(tiles);
  const planned = levels.map((size, index) => ({
    pixels: pixelEntries(
      {
        ...{ ...size, ...form, compression, jpegTables, bitDepth: 8 },
        predictor: compression === "deflate" ? predictor : "none",
        parts: { tile: { width: tileSize, height: tileSize } },
      },
      isLittleEndian,
    ),
    chunks: chunks[index] ?? { offsets: new Float64Array(0), byteCounts: new Float64Array(0) },
  }));
  const profile = profileOfMaster(form);
  return planLayout(planMasterLevels(planned, { profile, described, isLittleEndian }), isLittleEndian);
}
