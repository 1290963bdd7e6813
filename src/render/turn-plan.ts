import { rowsAtOnce } from "../codec/tile-decoder.ts";
import type { CanonicalRequest } from "../iiif/canonical.ts";
import { composeTurns, noTurn, type Turn } from "../raster/orientation.ts";
import type { LevelChoice } from "./level.ts";
import type { DrawPlan } from "./plan.ts";

/** Orientation first, then the request's mirroring, then its rotation; quarter turns join the turn. */
export function settleRotation({ rotation }: CanonicalRequest, orient: Turn): { turn: Turn; degrees: number } {
  const isQuarter = rotation.degrees % 90 === 0;
  const quarterTurns = (isQuarter ? rotation.degrees / 90 : 0) as Turn["quarterTurns"];
  const asked: Turn = { mirror: rotation.isMirrored, quarterTurns };
  return { turn: composeTurns(orient, asked), degrees: isQuarter ? 0 : rotation.degrees };
}

/**
 * Divides what is done to a picture into a turn of its tiles and the rest: nothing where it is not rotated, else a mirror
 * and at most 45 degrees, so that its rows are needed about as they come.
 */
export function divideTurn({
  turn,
  degrees,
}: Pick<DrawPlan, "turn" | "degrees">): Pick<DrawPlan, "tileTurn" | "turn" | "degrees"> {
  if (degrees === 0) return { tileTurn: turn, turn: noTurn, degrees };
  // Upright or upside down if that will do: tiles on their side take longer to read, and more memory.
  const halves = Math.round(degrees / 180);
  const beside = degrees - 180 * halves;
  const quarters = 2 * halves + (Math.abs(beside) <= 45 ? 0 : Math.sign(beside));
  const mirror: Turn = { mirror: turn.mirror, quarterTurns: 0 };
  const nearest = composeTurns(turn, { mirror: false, quarterTurns: (quarters % 4) as Turn["quarterTurns"] });
  return { tileTurn: composeTurns(nearest, mirror), turn: mirror, degrees: degrees - 90 * quarters };
}

/**
 * Says whether the tiles of a level can be turned as they are decoded. Strips turned onto their side would all be under the
 * first row, and what comes from the top down begins there; any rows of a JPEG can be gone to.
 */
export function canTurnTiles({ stored, reduction }: LevelChoice, turn: Turn): boolean {
  if (rowsAtOnce(stored, { reduction, turn }) !== undefined) return stored.encoding.compression === "jpeg";
  // The chroma of a tile with odd sides would be turned about another middle. A JPEG that does not come by rows is small.
  const { compression, model, isUneven } = stored.encoding;
  const isSmallFile = compression === "jpeg" && stored.columns * stored.rows === 1 && model === "ycbcr" && !isUneven;
  return !stored.isStripped || (turn.quarterTurns % 2 === 0 && !isSmallFile);
}
