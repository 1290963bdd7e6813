import { type JpegHeader, readJpegHeader } from "../codec/jpeg/header.ts";
import { maxTileBytes } from "../limits.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { scaleFactor } from "../pyramid/scale-factor.ts";
import { partsOf } from "../pyramid/tile-encoding.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { tryMaster } from "./faults.ts";
import type { JpegReport, LevelReport } from "./report.ts";

/** How much of a tile is read to find its frame header, which comes after tables and metadata. */
const headBytes = 65_536;

/** A level and what is already known about it. */
export interface LevelFacts {
  readonly pyramid: Pyramid;
  readonly level: Level;
  /** Whether its whole tiles are sent as they are stored. */
  readonly isCopied: boolean;
  /** Whether the whole file is its only tile. */
  readonly isFile: boolean;
}

/** Describes a level. Reads the start of one JPEG tile. Throws what the source throws. */
export async function reportLevel(source: ByteSource, facts: LevelFacts): Promise<LevelReport> {
  const { pyramid, level, isCopied, isFile } = facts;
  const { width, height, tileWidth, tileLength, isStripped, encoding } = level;
  const { tiles, writtenInterior, ...counts } = isFile ? wholeFile(source) : countTiles(level, source.size);
  return {
    width,
    height,
    scaleFactor: scaleFactor(pyramid, level),
    layout: isFile ? "file" : isStripped ? "strips" : "tiles",
    tileWidth,
    tileLength,
    tiles,
    ...counts,
    copiedTiles: isCopied ? writtenInterior : 0,
    compression: encoding.compression,
    jpeg: encoding.compression === "jpeg" ? await readJpeg(source, level) : undefined,
  };
}

/** Returns whether at least the first plane of the tile at `column`, `row` was written. */
export function isWritten(level: Level, { column, row }: { readonly column: number; readonly row: number }): boolean {
  return isIndexWritten(level, row * level.columns + column);
}

function isIndexWritten({ offsets, byteCounts }: Level, index: number): boolean {
  return (offsets[index] ?? 0) > 0 && (byteCounts[index] ?? 0) > 0;
}

type TileCounts = Pick<LevelReport, "tiles" | "unwrittenTiles" | "tilesOutside" | "interiorTiles" | "bytes"> & {
  readonly writtenInterior: number;
};

function wholeFile({ size }: ByteSource): TileCounts {
  return { tiles: 1, unwrittenTiles: 0, tilesOutside: 0, interiorTiles: 0, writtenInterior: 0, bytes: size };
}

function countTiles(level: Level, fileBytes: number): TileCounts {
  const { columns, rows, offsets, byteCounts } = level;
  const parts = partsOf(level.encoding);
  const tiles = columns * rows;
  const wholeColumns = Math.floor(level.width / level.tileWidth);
  const wholeRows = level.isStripped ? 0 : Math.floor(level.height / level.tileLength);
  const counts = { unwrittenTiles: 0, tilesOutside: 0, writtenInterior: 0, bytes: 0 };
  for (let index = 0; index < tiles; index++) {
    const isInterior = index % columns < wholeColumns && Math.floor(index / columns) < wholeRows;
    if (!isIndexWritten(level, index)) counts.unwrittenTiles += 1;
    else if (isInterior) counts.writtenInterior += 1;
    let isOutside = false;
    for (let part = 0; part < parts; part++) {
      const offset = offsets[part * tiles + index] ?? 0;
      const length = byteCounts[part * tiles + index] ?? 0;
      if (offset === 0 || length === 0) continue;
      counts.bytes += length;
      isOutside ||= length > maxTileBytes || offset + length > fileBytes;
    }
    if (isOutside) counts.tilesOutside += 1;
  }
  return { tiles, interiorTiles: wholeColumns * wholeRows, ...counts };
}

async function readJpeg(source: ByteSource, level: Level): Promise<JpegReport | undefined> {
  const index = level.offsets.findIndex((_, at) => isIndexWritten(level, at) || source.size === level.byteCounts[at]);
  const length = Math.min(level.byteCounts[index] ?? 0, headBytes);
  if (length === 0) return undefined;
  const head = await source.read(level.offsets[index] ?? 0, length);
  const read = await tryMaster(() => readJpegHeader(head));
  return "fault" in read ? undefined : { process: read.value.process, subsampling: nameSubsampling(read.value) };
}

/** Width and height of the luma samples that share one chroma sample, for `4:2:0` and similar names. */
const subsamplingNames: ReadonlyMap<string, string> = new Map([
  ["1x1", "4:4:4"],
  ["2x1", "4:2:2"],
  ["2x2", "4:2:0"],
  ["1x2", "4:4:0"],
  ["4x1", "4:1:1"],
  ["4x2", "4:1:0"],
]);

function nameSubsampling({ components: [first, second, third = second] }: JpegHeader): string | undefined {
  if (first === undefined || second === undefined || third === undefined) return undefined;
  if (second.horizontal !== third.horizontal || second.vertical !== third.vertical) return undefined;
  const factors = `${first.horizontal / second.horizontal}x${first.vertical / second.vertical}`;
  return subsamplingNames.get(factors);
}
