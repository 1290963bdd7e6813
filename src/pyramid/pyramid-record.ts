import { maxTilesPerMaster } from "../limits.ts";
import { formatHead, readHead } from "../serial/head.ts";
import { type JsonFields, jsonFields } from "../serial/json-fields.ts";
import { type EncodingHead, readEncodingHead } from "./encoding-record.ts";
import type { Level } from "./level.ts";
import type { Places } from "./places.ts";
import { checkPyramid, type Orientation, orientations, type Pyramid } from "./pyramid.ts";
import { countTiles } from "./tile-grid.ts";
import { areTilesInside } from "./tile-index.ts";

/** The head of a record: everything about a pyramid except its typed arrays and what can be derived. */
interface PyramidHead {
  readonly version: number;
  readonly orientation: Orientation;
  readonly levels: readonly LevelHead[];
}

interface LevelHead extends Omit<Level, "offsets" | "byteCounts" | "encoding" | "columns" | "rows"> {
  readonly encoding: EncodingHead;
  readonly tableBytes: number;
  readonly paletteBytes: number;
  /** Bytes of an offset or byte count: 4 or 8. */
  readonly placeBytes: { readonly offsets: number; readonly byteCounts: number };
}

/** Changes with the shape of the record, and with what opening makes of a file: an old record is not read as a new one. */
const recordVersion = 5;

/**
 * Formats a pyramid as bytes to keep outside the isolate: a head, then for each level its JPEG tables, palette, offsets
 * and byte counts (u32 or f64), as they are in memory: little-endian, as in WebAssembly. In parts, because an index may
 * be large. Undefined for a pyramid with tiles outside the file of `fileBytes`, which `parsePyramid` would not accept, and
 * for a reduced one: what is kept is the master.
 */
export function formatPyramid(
  { orientation, levels, reducedFrom }: Pyramid,
  fileBytes: number,
): readonly Uint8Array[] | undefined {
  if (reducedFrom !== undefined) return undefined;
  if (!levels.every((level) => areTilesInside(level, fileBytes))) return undefined;
  const heads = levels.map(
    ({ encoding: { jpegTables, palette, ...encoding }, offsets, byteCounts, columns, rows, ...level }): LevelHead => ({
      ...level,
      encoding,
      tableBytes: jpegTables?.byteLength ?? 0,
      paletteBytes: palette?.byteLength ?? 0,
      placeBytes: { offsets: offsets.BYTES_PER_ELEMENT, byteCounts: byteCounts.BYTES_PER_ELEMENT },
    }),
  );
  const head: PyramidHead = { version: recordVersion, orientation, levels: heads };
  const bodies = levels.flatMap(({ encoding: { jpegTables, palette }, offsets, byteCounts }) => [
    jpegTables ?? new Uint8Array(0),
    palette ?? new Uint8Array(0),
    bytesOf(offsets),
    bytesOf(byteCounts),
  ]);
  return [formatHead(head), ...bodies];
}

function bytesOf({ buffer, byteOffset, byteLength }: Places): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Parses what `formatPyramid` wrote; undefined for anything else, and for a pyramid that can't be the result of opening
 * a file of `fileBytes`, by the same rules: it then counts as not kept. Takes no more memory than the bytes do.
 */
export function parsePyramid(bytes: Uint8Array, fileBytes: number): Pyramid | undefined {
  try {
    return readRecord(bytes, fileBytes);
  } catch {
    return undefined;
  }
}

function readRecord(bytes: Uint8Array, fileBytes: number): Pyramid | undefined {
  const { fields, end } = readHead(bytes);
  if (fields.whole("version") !== recordVersion) return undefined;
  const body: RecordBody = { bytes, at: end };
  const levels = fields.list("levels").map((level) => readLevelRecord(jsonFields(level), body));
  const [first, ...rest] = levels;
  if (first === undefined || body.at !== bytes.byteLength) return undefined;
  const orientation = fields.choice("orientation", orientations);
  const pyramid: Pyramid = { width: first.width, height: first.height, orientation, levels: [first, ...rest] };
  checkPyramid(pyramid);
  return levels.every((level) => areTilesInside(level, fileBytes)) ? pyramid : undefined;
}

/** The arrays of a record, and how far they have been read. */
interface RecordBody {
  readonly bytes: Uint8Array;
  at: number;
}

function readLevelRecord(fields: JsonFields, body: RecordBody): Level {
  const head = readEncodingHead(fields.fields("encoding"));
  const jpegTables = takeBytes(body, fields.whole("tableBytes"));
  const palette = takeBytes(body, fields.whole("paletteBytes"));
  const encoding = { ...head, jpegTables, palette };
  const size = { width: fields.whole("width"), height: fields.whole("height") };
  const tile = { tileWidth: fields.whole("tileWidth"), tileLength: fields.whole("tileLength") };
  const { columns, rows, count } = countTiles(size, tile, { encoding, maxTiles: maxTilesPerMaster });
  const placeBytes = fields.fields("placeBytes");
  const takePlaces = (bytes: 4 | 8): Places => {
    const buffer = takeBytes(body, count * bytes)?.buffer ?? new ArrayBuffer(0);
    return bytes === 4 ? new Uint32Array(buffer) : new Float64Array(buffer);
  };
  const offsets = takePlaces(placeBytes.choice("offsets", [4, 8]));
  const byteCounts = takePlaces(placeBytes.choice("byteCounts", [4, 8]));
  return { ...size, ...tile, columns, rows, isStripped: fields.flag("isStripped"), encoding, offsets, byteCounts };
}

/** Takes a copy of the next bytes, undefined for none. Throws a RangeError if there are fewer. */
function takeBytes(body: RecordBody, count: number): Uint8Array<ArrayBuffer> | undefined {
  const { bytes, at } = body;
  if (count > bytes.byteLength - at) throw new RangeError("the record is cut off");
  body.at += count;
  return count === 0 ? undefined : new Uint8Array(bytes.subarray(at, at + count));
}

/** Returns about how many bytes a pyramid takes in memory. */
export function pyramidBytes({ levels }: Pyramid): number {
  const levelBytes = levels.map(
    ({ offsets, byteCounts, encoding: { jpegTables, palette } }) =>
      768 + offsets.byteLength + byteCounts.byteLength + (jpegTables?.byteLength ?? 0) + (palette?.byteLength ?? 0),
  );
  return levelBytes.reduce((sum, bytes) => sum + bytes, 256);
}
