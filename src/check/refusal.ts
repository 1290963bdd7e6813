import type { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import type { CanonicalRequest } from "../iiif/canonical.ts";
import { type DrawnMaster, type PictureStyle, planPicture } from "../picture.ts";
import { unsupported } from "../pyramid/faults.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { partsOf } from "../pyramid/tile-encoding.ts";
import { isFaultOfMaster } from "./faults.ts";
import { areaRequest, tileRequest } from "./viewer-requests.ts";

/**
 * Returns why no request for an image can be answered, however small: its tiles are outside the file, or they need more
 * than one picture may. Undefined if some request can be. Nothing is read, and for most images at most one tile is
 * planned: damage inside tiles stays unknown.
 */
export function findRefusal(master: DrawnMaster, style: PictureStyle): ImageError | undefined {
  const { pyramid, source } = master;
  let refusal: ImageError | undefined;
  for (const level of pyramid.levels.toReversed()) {
    const alone: Pyramid = { ...pyramid, levels: [level] };
    for (const request of leastRequests(alone, source.size)) {
      const fault = faultOf({ ...master, pyramid: alone }, request, style);
      if (fault === undefined) return undefined;
      refusal ??= fault.code === "render-too-costly" ? tooLarge(level) : fault;
    }
  }
  return refusal;
}

function faultOf(master: DrawnMaster, request: CanonicalRequest, style: PictureStyle): ImageError | undefined {
  try {
    planPicture(master, request, style);
    return undefined;
  } catch (error) {
    if (!isFaultOfMaster(error)) throw error;
    return error;
  }
}

/** Replaces the planner's sentence, which asks for a smaller picture: there is none to ask for. */
function tooLarge({ isStripped, tileWidth, tileLength }: Level): ImageError {
  const parts = isStripped ? "strips" : "tiles";
  return unsupported(`is stored in ${parts} of ${tileWidth} by ${tileLength} pixels, too large to decode`);
}

/**
 * Requests that need no more than any other drawn from the one level of a pyramid: a pixel, one that is reduced as far
 * as tiles are while they are decoded, and a whole tile, which may not have to be decoded. They start where looking
 * costs nothing, then where the tiles with the fewest bytes are, which may be the only ones in the file.
 */
function* leastRequests(pyramid: Pyramid, fileBytes: number): Generator<CanonicalRequest> {
  const [level] = pyramid.levels;
  yield* pixelRequests(pyramid, { column: level.columns >> 1, row: level.rows >> 1 });
  yield tileRequest(pyramid, level).request;
  const lightest = findLightest(level, fileBytes, level);
  if (lightest !== undefined) yield* pixelRequests(pyramid, lightest);
  const interior = {
    columns: Math.floor(level.width / level.tileWidth),
    rows: Math.floor(level.height / level.tileLength),
  };
  const whole = findLightest(level, fileBytes, interior);
  if (whole === undefined) return;
  const { tileWidth: width, tileLength: height } = level;
  yield areaRequest(pyramid, level, { x: whole.column * width, y: whole.row * height, width, height });
}

/** The most that tiles are reduced by while they are decoded. */
const mostReduction = 8;

function* pixelRequests(pyramid: Pyramid, { column, row }: TilePlace): Generator<CanonicalRequest> {
  const [level] = pyramid.levels;
  const middle = {
    x: middleOf({ side: level.width, cell: level.tileWidth, index: column }),
    y: middleOf({ side: level.height, cell: level.tileLength, index: row }),
  };
  const size: Size = { width: 1, height: 1 };
  // Grey has the fewest samples.
  yield { ...areaRequest(pyramid, level, { ...middle, ...size }), size, quality: "gray" };
  if (level.encoding.compression !== "jpeg") return;
  const area = {
    x: Math.max(0, Math.min(middle.x, level.width - mostReduction)),
    y: Math.max(0, Math.min(middle.y, level.height - mostReduction)),
    width: Math.min(mostReduction, level.width),
    height: Math.min(mostReduction, level.height),
  };
  yield { ...areaRequest(pyramid, level, area), size, quality: "gray" };
}

function middleOf(axis: { readonly side: number; readonly cell: number; readonly index: number }): number {
  const start = axis.index * axis.cell;
  return start + (Math.min(axis.cell, axis.side - start) >> 1);
}

interface TilePlace {
  readonly column: number;
  readonly row: number;
}

/**
 * Finds the tile with the fewest bytes among those of the first columns and rows that are completely inside the file.
 */
function findLightest(
  { columns, rows, offsets, byteCounts, encoding }: Level,
  fileBytes: number,
  among: { readonly columns: number; readonly rows: number },
): TilePlace | undefined {
  const parts = partsOf(encoding);
  let place: TilePlace | undefined;
  let leastBytes = Number.POSITIVE_INFINITY;
  for (let row = 0; row < among.rows; row++) {
    for (let column = 0; column < among.columns; column++) {
      let bytes = 0;
      for (let part = 0; part < parts; part++) {
        const index = (part * rows + row) * columns + column;
        const length = byteCounts[index] ?? 0;
        bytes += (offsets[index] ?? 0) + length > fileBytes ? Number.POSITIVE_INFINITY : length;
      }
      if (bytes >= leastBytes) continue;
      leastBytes = bytes;
      place = { column, row };
    }
  }
  return place;
}
