// Turns one plane by any angle: every sample is computed, from columns that are held in rings.
import { ringBits, ringStride } from "./column-rings";
import { interleaveLowBytes } from "./lanes";

/** Positions between samples that have their own weights: the nearest one is off by at most 1/2048 of a sample. */
const phaseBits: i32 = 10;
const weightBits: i32 = 14;
/** Fractional bits kept between the sums down columns and the sum of these. */
const middleBits: i32 = 6;
const unit: f64 = 4294967296;

/**
 * Resamples a plane that is held in `rings` with a 4 x 4 filter: some rows of a canvas that it lies obliquely on. The window
 * of the first sample begins at `across`, `down` on the plane as it is padded; each column of the canvas moves it by
 * `acrossColumn`, `downColumn`, each row by `acrossRow`, `downRow`. `phases` holds four Q14 weights for each of 1024
 * positions. Where the window would not begin within `windowsWide` by `windowsHigh` samples, `ground` is written.
 */
export function rotateRows(
  rings: usize,
  windowsWide: i32,
  windowsHigh: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
  across: f64,
  down: f64,
  acrossColumn: f64,
  downColumn: f64,
  acrossRow: f64,
  downRow: f64,
  phases: usize,
  ground: i32,
): void {
  const stepAcross = <i64>nearest(acrossColumn * unit);
  const stepDown = <i64>nearest(downColumn * unit);
  const wide = <i64>windowsWide << 32;
  const high = <i64>windowsHigh << 32;
  // Half a phase is added once, so that truncating the bits below a phase rounds.
  const half: i64 = 1 << (31 - phaseBits);
  for (let row = 0; row < height; row++) {
    let u = <i64>nearest((across + acrossRow * <f64>row) * unit) + half;
    let v = <i64>nearest((down + downRow * <f64>row) * unit) + half;
    const first = <i32>min(max(enteredAt(u, stepAcross, wide), enteredAt(v, stepDown, high)), <i64>width);
    const left = min(leftAt(u, stepAcross, wide), leftAt(v, stepDown, high));
    const last = <i32>max(min(left, <i64>width), <i64>first);
    memory.fill(target, <u8>ground, first);
    memory.fill(target + last, <u8>ground, width - last);
    u += stepAcross * <i64>first;
    v += stepDown * <i64>first;
    for (let column = first; column < last; ) {
      const ring = <i32>(u >> (32 + ringBits));
      const from = u - (<i64>ring << (32 + ringBits));
      const run = <i32>min(leftAt(from, stepAcross, <i64>1 << (32 + ringBits)), <i64>(last - column));
      const end = v + stepDown * <i64>(run - 1);
      const at = load<usize>(rings + (<usize>ring << 3));
      const rows = load<i32>(rings + (<usize>ring << 3), 4);
      const lowest = <i32>(min(v, end) >> 32);
      const lap = <i64>(lowest - (lowest % rows)) << 32;
      rotateRun(at, rows, target + column, run, from, v - lap, stepAcross, stepDown, phases);
      column += run;
      u += stepAcross * <i64>run;
      v += stepDown * <i64>run;
    }
    target += targetStride;
  }
}

/** Resamples `count` samples of a row whose windows begin in one ring, from `u`, `v` on, `v` less than two laps from its start. */
function rotateRun(
  ring: usize,
  rows: i32,
  target: usize,
  count: i32,
  u: i64,
  v: i64,
  stepAcross: i64,
  stepDown: i64,
  phases: usize,
): void {
  const rounding = i32x4.splat(1 << (weightBits + middleBits - 1));
  let done = 0;
  for (; done + 4 <= count; done += 4) {
    const u1 = u + stepAcross;
    const v1 = v + stepDown;
    const pairs01 = filterTwo(ring, rows, u, v, u1, v1, phases);
    u = u1 + stepAcross;
    v = v1 + stepDown;
    const u3 = u + stepAcross;
    const v3 = v + stepDown;
    const pairs23 = filterTwo(ring, rows, u, v, u3, v3, phases);
    u = u3 + stepAcross;
    v = v3 + stepDown;
    const even = v128.shuffle<u32>(pairs01, pairs23, 0, 2, 4, 6);
    const odd = v128.shuffle<u32>(pairs01, pairs23, 1, 3, 5, 7);
    const sums = i32x4.shr_s(i32x4.add(i32x4.add(even, odd), rounding), weightBits + middleBits);
    const words = i16x8.narrow_i32x4_s(sums, sums);
    v128.store32_lane(target + done, i8x16.narrow_i16x8_u(words, words), 0);
  }
  for (; done < count; done++) {
    const pairs = filterTwo(ring, rows, u, v, u, v, phases);
    const sum = i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
    const value = (sum + (1 << (weightBits + middleBits - 1))) >> (weightBits + middleBits);
    store<u8>(target + done, min(max(value, 0), 255));
    u += stepAcross;
    v += stepDown;
  }
}

/** Returns two samples, each as two sums to be added. */
// @ts-ignore: decorator
@inline
function filterTwo(ring: usize, rows: i32, u0: i64, v0: i64, u1: i64, v1: i64, phases: usize): v128 {
  const middle = i16x8.narrow_i32x4_s(
    filterColumns(ring, rows, u0, v0, phases),
    filterColumns(ring, rows, u1, v1, phases),
  );
  const weights = v128.load64_lane(phaseOf(phases, u1), v128.load64_zero(phaseOf(phases, u0)), 1);
  return i32x4.dot_i16x8_s(middle, weights);
}

/** Sums four columns of four samples by the weights of their rows. */
// @ts-ignore: decorator
@inline
function filterColumns(ring: usize, rows: i32, u: i64, v: i64, phases: usize): v128 {
  let row = <i32>(v >> 32);
  row -= row >= rows ? rows : 0;
  const at = ring + <usize>(row * ringStride + <i32>(u >> 32));
  const weights = phaseOf(phases, v);
  const upper = interleaveLowBytes(v128.load32_zero(at), v128.load32_zero(at, ringStride));
  const lower = interleaveLowBytes(v128.load32_zero(at, 2 * ringStride), v128.load32_zero(at, 3 * ringStride));
  const sums = i32x4.add(
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(upper), v128.load32_splat(weights)),
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(lower), v128.load32_splat(weights, 4)),
  );
  const shift = weightBits - middleBits;
  return i32x4.shr_s(i32x4.add(sums, i32x4.splat(1 << (shift - 1))), shift);
}

// @ts-ignore: decorator
@inline
function phaseOf(phases: usize, position: i64): usize {
  return phases + ((<usize>(<u32>position >>> (32 - phaseBits))) << 3);
}

/** Returns the first step at which a position is at least 0 and below `end`, if it gets there. */
// @ts-ignore: decorator
@inline
function enteredAt(position: i64, step: i64, end: i64): i64 {
  if (position >= 0 && position < end) return 0;
  if (step > 0 && position < 0) return (step - 1 - position) / step;
  if (step < 0 && position >= end) return (position - end) / -step + 1;
  return i64.MAX_VALUE;
}

/** Returns the first step after it at which it is no longer there. */
// @ts-ignore: decorator
@inline
function leftAt(position: i64, step: i64, end: i64): i64 {
  if (step > 0) return position < end ? (end - position + step - 1) / step : 0;
  if (step < 0) return position >= 0 ? position / -step + 1 : 0;
  return i64.MAX_VALUE;
}

/**
 * Blends some rows of an oblique canvas with `ground` by how much of each sample's area the plane covers, which is
 * `planeWidth` by `planeHeight` samples. The first sample is centred at `across`, `down` on the plane.
 */
export function coverRotated(
  target: usize,
  stride: i32,
  width: i32,
  height: i32,
  planeWidth: f64,
  planeHeight: f64,
  across: f64,
  down: f64,
  acrossColumn: f64,
  downColumn: f64,
  acrossRow: f64,
  downRow: f64,
  ground: i32,
): void {
  for (let row = 0; row < height; row++) {
    const u = across + acrossRow * <f64>row;
    const v = down + downRow * <f64>row;
    // Only the edges have to be computed: outside everything is ground, inside nothing changes.
    const touch = max(entry(u, acrossColumn, -0.5, planeWidth + 0.5), entry(v, downColumn, -0.5, planeHeight + 0.5));
    const part = min(exit(u, acrossColumn, -0.5, planeWidth + 0.5), exit(v, downColumn, -0.5, planeHeight + 0.5));
    const enter = max(entry(u, acrossColumn, 0.5, planeWidth - 0.5), entry(v, downColumn, 0.5, planeHeight - 0.5));
    const leave = min(exit(u, acrossColumn, 0.5, planeWidth - 0.5), exit(v, downColumn, 0.5, planeHeight - 0.5));
    const first = columnWithin(floor(touch), width);
    const last = max(first, columnWithin(ceil(part) + 1, width));
    const wholeFirst = columnWithin(ceil(enter), width);
    const wholeLast = columnWithin(floor(leave) + 1, width);
    memory.fill(target, <u8>ground, first);
    memory.fill(target + last, <u8>ground, width - last);
    for (let column = first; column < last; column++) {
      if (column == wholeFirst && wholeLast > column) column = wholeLast;
      if (column >= last) break;
      const cover =
        overlap(u + acrossColumn * <f64>column, planeWidth) * overlap(v + downColumn * <f64>column, planeHeight);
      const above = <f64>(<i32>load<u8>(target + column) - ground) * cover;
      store<u8>(target + column, <u8>(<f64>ground + above + 0.5));
    }
    target += stride;
  }
}

/** Where a coordinate `start + step * t` enters [low, high]. */
function entry(start: f64, step: f64, low: f64, high: f64): f64 {
  if (step == 0) return start < low || start > high ? Infinity : -Infinity;
  return ((step > 0 ? low : high) - start) / step;
}

/** Where it leaves [low, high]. */
function exit(start: f64, step: f64, low: f64, high: f64): f64 {
  if (step == 0) return start < low || start > high ? -Infinity : Infinity;
  return ((step > 0 ? high : low) - start) / step;
}

/** Clamps a column number, which may be far outside the row, to 0 to `width`. */
function columnWithin(column: f64, width: i32): i32 {
  return <i32>min(max(column, 0), <f64>width);
}

/** Returns how much of a sample around `centre` is inside [0, length]. */
// @ts-ignore: decorator
@inline
function overlap(centre: f64, length: f64): f64 {
  return max(0, min(centre + 0.5, length) - max(centre - 0.5, 0));
}
