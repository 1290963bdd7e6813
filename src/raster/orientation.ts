import type { Area, Size } from "../geometry.ts";
import type { Kernel } from "./kernel.ts";
import type { Plane } from "./raster.ts";

/** One of the eight orientations of a picture: mirrored left to right first, then turned clockwise. */
export interface Turn {
  readonly mirror: boolean;
  readonly quarterTurns: QuarterTurns;
}

/** Number of clockwise turns by 90 degrees. */
export type QuarterTurns = 0 | 1 | 2 | 3;

/** The turn that changes nothing. */
export const noTurn: Turn = { mirror: false, quarterTurns: 0 };

/** Returns whether `turn` changes nothing. */
export function isNoTurn(turn: Turn): boolean {
  return !turn.mirror && turn.quarterTurns === 0;
}

/** Returns the single turn that does `first` and then `second`. */
export function composeTurns(first: Turn, second: Turn): Turn {
  // A mirror after a turn equals a mirror before the opposite turn.
  const turned = second.mirror ? -first.quarterTurns : first.quarterTurns;
  return { mirror: first.mirror !== second.mirror, quarterTurns: wrap(turned + second.quarterTurns) };
}

/** Returns the turn that undoes `turn`. */
export function inverseTurn(turn: Turn): Turn {
  return turn.mirror ? turn : { mirror: false, quarterTurns: wrap(-turn.quarterTurns) };
}

const turnsByOrientation: readonly Turn[] = [
  noTurn,
  { mirror: true, quarterTurns: 0 },
  { mirror: false, quarterTurns: 2 },
  { mirror: true, quarterTurns: 2 },
  { mirror: true, quarterTurns: 3 },
  { mirror: false, quarterTurns: 1 },
  { mirror: true, quarterTurns: 1 },
  { mirror: false, quarterTurns: 3 },
];

/**
 * Returns the turn that makes stored rows upright for TIFF's Orientation, 1 to 8; none for any other value, as in most
 * readers. Source: TIFF 6.0 section 8, Orientation.
 */
export function turnOfTiffOrientation(orientation: number): Turn {
  return turnsByOrientation[orientation - 1] ?? noTurn;
}

/** Returns the size of a picture of `size` after `turn`. */
export function turnSize(size: Size, turn: Turn): Size {
  return isTransposing(turn) ? { width: size.height, height: size.width } : { width: size.width, height: size.height };
}

/** Returns where `area` of a picture of `size` is after `turn`. */
export function turnArea(area: Area, size: Size, turn: Turn): Area {
  const left = turn.mirror ? size.width - area.x - area.width : area.x;
  const right = size.width - left - area.width;
  const below = size.height - area.y - area.height;
  const { width, height } = turnSize(area, turn);
  switch (turn.quarterTurns) {
    case 0:
      return { x: left, y: area.y, width, height };
    case 1:
      return { x: below, y: left, width, height };
    case 2:
      return { x: right, y: below, width, height };
    case 3:
      return { x: area.y, y: right, width, height };
  }
}

/** Returns the area of the picture before `turn` that becomes `area` of the one after it, whose size is `turned`. */
export function unturnArea(area: Area, turned: Size, turn: Turn): Area {
  return turnArea(area, turned, inverseTurn(turn));
}

/** Which axes of a picture are reversed by a turn. */
export interface ReversedAxes {
  readonly x: boolean;
  readonly y: boolean;
}

/** Returns which axes of the picture before `turn` run from right to left or from bottom to top in it. */
export function reversedAxes({ mirror, quarterTurns }: Turn): ReversedAxes {
  return { x: (quarterTurns === 2 || quarterTurns === 3) !== mirror, y: quarterTurns === 1 || quarterTurns === 2 };
}

/** Writes `source`, turned, to `destination`, which has the turned size and does not overlap it. */
export function turnPlane(kernel: Kernel, source: Plane, destination: Plane, turn: Turn): void {
  const { width, height } = source;
  if (isTransposing(turn)) {
    // Transposing is mirroring and three quarter turns; reading or writing bottom up gives the other three.
    const from = turn.quarterTurns === 1 ? bottomUp(source) : source;
    const upright = turn.mirror === (turn.quarterTurns === 3);
    const to = upright ? destination : bottomUp(destination);
    kernel.exports.transposeRows(from.pointer, from.stride, to.pointer, to.stride, width, height);
    return;
  }
  const to = turn.quarterTurns === 2 ? bottomUp(destination) : destination;
  const mirrored = turn.mirror !== (turn.quarterTurns === 2);
  const move = mirrored ? kernel.exports.mirrorRows : kernel.exports.copyRows;
  move(source.pointer, source.stride, to.pointer, to.stride, width, height);
}

function isTransposing(turn: Turn): boolean {
  return turn.quarterTurns % 2 === 1;
}

function bottomUp({ pointer, stride, width, height }: Plane): Plane {
  return { pointer: pointer + (height - 1) * stride, stride: -stride, width, height };
}

function wrap(quarterTurns: number): QuarterTurns {
  return (quarterTurns & 3) as QuarterTurns;
}
