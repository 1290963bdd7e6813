import type { Size } from "../geometry.ts";
import { malformed } from "../pyramid/faults.ts";
import { narrowPlaces } from "../pyramid/places.ts";
import { partsOf, type TileEncoding } from "../pyramid/tile-encoding.ts";
import { checkTileSize, countTiles, type TileGrid } from "../pyramid/tile-grid.ts";
import type { Fields } from "./fields.ts";
import { tags } from "./tags.ts";

/** Uncompressed strips are read in pieces of about this many bytes. */
const pieceBytes = 1 << 18;

interface Strips {
  readonly rowsPerStrip: number;
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly byteCounts: Float64Array<ArrayBuffer>;
}

/**
 * Reads the strips of a directory as a grid of one column. Uncompressed strips are joined and divided into pieces of
 * equal size, because any of their rows can be read on its own. Throws `source-malformed`. Source: TIFF 6.0 §3,
 * StripOffsets, RowsPerStrip.
 */
export async function readStrips(
  fields: Fields,
  { size, encoding, maxTiles }: { readonly size: Size; readonly encoding: TileEncoding; readonly maxTiles: number },
): Promise<TileGrid> {
  const stated = await fields.number(tags.rowsPerStrip);
  const rowsPerStrip = Math.min(stated === undefined || stated === 0 ? size.height : stated, size.height);
  const parts = partsOf(encoding);
  const strip = { tileWidth: size.width, tileLength: rowsPerStrip };
  const { count } = countTiles(size, strip, { encoding, maxTiles });
  const offsets =
    (await fields.firstNumbers(tags.stripOffsets, count)) ?? (await fields.firstNumbers(tags.tileOffsets, count));
  if (offsets === undefined) throw malformed("neither tiles nor strips");
  const byteCounts = await readByteCounts(fields, offsets);
  const strips: Strips = { rowsPerStrip, offsets, byteCounts };
  const { rowsPerStrip: tileLength, ...ranges } = divideStrips(strips, { size, encoding, parts, maxTiles });
  checkTileSize({ tileWidth: size.width, tileLength, isStripped: true });
  return {
    tileWidth: size.width,
    tileLength,
    columns: 1,
    rows: ranges.offsets.length / parts,
    isStripped: true,
    offsets: narrowPlaces(ranges.offsets),
    byteCounts: narrowPlaces(ranges.byteCounts),
  };
}

/** A strip with a missing or zero count extends to the next one or to the end of the file, as in libtiff. */
async function readByteCounts(fields: Fields, offsets: Strips["offsets"]): Promise<Strips["byteCounts"]> {
  const count = offsets.length;
  const stated =
    (await fields.firstNumbers(tags.stripByteCounts, count)) ?? (await fields.firstNumbers(tags.tileByteCounts, count));
  if (stated?.every((byteCount, index) => byteCount > 0 || offsets[index] === 0)) return stated;
  const starts = offsets.toSorted();
  return offsets.map((offset, index) => {
    const byteCount = stated?.[index] ?? 0;
    if (byteCount > 0 || offset === 0) return byteCount;
    return Math.max(0, (firstAbove(starts, offset) ?? fields.fileBytes) - offset);
  });
}

/** Returns the first of sorted numbers that is above `value`. */
function firstAbove(ordered: Float64Array, value: number): number | undefined {
  let [from, to] = [0, ordered.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ordered[middle] ?? 0) > value) to = middle;
    else from = middle + 1;
  }
  return ordered[from];
}

interface StripDivision {
  readonly size: Size;
  readonly encoding: TileEncoding;
  readonly parts: number;
  readonly maxTiles: number;
}

function divideStrips(strips: Strips, { size, encoding, parts, maxTiles }: StripDivision): Strips {
  const { compression, layout, subsampling } = encoding;
  const isSubsampled = subsampling.x > 1 || subsampling.y > 1;
  if (compression !== "none" || isSubsampled) return strips;
  const rowBytes = Math.ceil((size.width * layout.bits * (parts === 1 ? layout.samplesPerPixel : 1)) / 8);
  const { rowsPerStrip, offsets } = joinStrips(strips, { rowBytes, parts, height: size.height });
  if (rowsPerStrip * rowBytes <= 2 * pieceBytes) return strips;
  const rows = dividingRows(rowsPerStrip, { most: Math.max(1, Math.floor(pieceBytes / rowBytes)), size });
  const pieces = Math.ceil(size.height / rows);
  if (pieces * parts > maxTiles) return strips;
  const stripsAPart = offsets.length / parts;
  const offsetOf = (part: number, row: number): number => {
    const strip = Math.floor(row / rowsPerStrip);
    const offset = offsets[part * stripsAPart + strip] ?? 0;
    return offset === 0 ? 0 : offset + (row - strip * rowsPerStrip) * rowBytes;
  };
  return {
    rowsPerStrip: rows,
    offsets: Float64Array.from({ length: pieces * parts }, (_, index) =>
      offsetOf(Math.floor(index / pieces), (index % pieces) * rows),
    ),
    byteCounts: Float64Array.from({ length: pieces * parts }, (_, index) => {
      const first = (index % pieces) * rows;
      return Math.min(rows, size.height - first) * rowBytes;
    }),
  };
}

/** Adjacent strips count as one: pieces then don't have to end where a strip does, or be as small as one. */
function joinStrips(
  { rowsPerStrip, offsets }: Strips,
  { rowBytes, parts, height }: { readonly rowBytes: number; readonly parts: number; readonly height: number },
): Pick<Strips, "rowsPerStrip" | "offsets"> {
  const stripsAPart = offsets.length / parts;
  const isFirst = (index: number): boolean => index % stripsAPart === 0;
  const isJoined = offsets.every(
    (offset, index) =>
      isFirst(index) || (offset !== 0 && offset === (offsets[index - 1] ?? 0) + rowsPerStrip * rowBytes),
  );
  return isJoined
    ? { rowsPerStrip: height, offsets: offsets.filter((_, index) => isFirst(index)) }
    : { rowsPerStrip, offsets };
}

/** A piece must not cross strips: a single strip can be divided after any row. */
function dividingRows(rowsPerStrip: number, { most, size }: { readonly most: number; readonly size: Size }): number {
  if (rowsPerStrip >= size.height) return most;
  for (let rows = Math.min(most, rowsPerStrip); rows > 1; rows--) if (rowsPerStrip % rows === 0) return rows;
  return 1;
}
