// The macroblock that is encoded: what it is to show, and what decoders will show, with the pixels around it.

/** Luma to encode: 16 rows of 16, and the same as 16 blocks of 4x4. */
export const luma = memory.data(256, 16);
export const lumaBlocks = memory.data(256, 16);
/** Chroma to encode: 8 rows of 8 of U and 8 of V. */
export const chroma = memory.data(128, 16);

/** Luma as decoders show it: a row above it, a column to its left and four to its right. */
export const shownStride: usize = 32;
const shownRows = memory.data(17 * 32, 16);
export const shown: usize = shownRows + 32 + 8;
/** The same of chroma, without what is around it; its columns to the left, 8 of U and 8 of V, and what is above those. */
export const shownChroma = memory.data(128, 16);
export const chromaLeft = memory.data(16, 16);
export const chromaCorner = memory.data(2, 16);

/** Planes that macroblocks are taken from: samples of the full range, as in JPEG. */
@unmanaged
export class SourcePlane {
  pointer: usize;
  stride: usize;
  width: i32;
  /** Number of rows in this call. */
  height: i32;
}

/**
 * Loads a macroblock whose upper left corner is at `left`, `upper` in luma; the last column and row are repeated beyond the
 * picture. Samples become those of VP8: luma of 16 to 235, chroma of 16 to 240. Source: ITU-R BT.601.
 */
export function loadLuma(plane: SourcePlane, left: i32, upper: i32): void {
  const isWhole = left + 16 <= plane.width;
  for (let y: i32 = 0; y < 16; y++) {
    const row = plane.pointer + <usize>min(upper + y, plane.height - 1) * plane.stride + left;
    const samples = isWhole ? v128.load(row) : repeatLast(v128.load(row), plane.width - left);
    v128.store(luma + (<usize>y << 4), studioLuma(samples));
  }
  for (let y: usize = 0; y < 4; y++) {
    const from = luma + y * 64;
    const r0 = v128.load(from);
    const r1 = v128.load(from, 16);
    const r2 = v128.load(from, 32);
    const r3 = v128.load(from, 48);
    const p = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5);
    const q = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
    const r = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5);
    const s = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
    const to = lumaBlocks + y * 64;
    v128.store(to, v128.shuffle<u64>(p, r, 0, 2));
    v128.store(to, v128.shuffle<u64>(p, r, 1, 3), 16);
    v128.store(to, v128.shuffle<u64>(q, s, 0, 2), 32);
    v128.store(to, v128.shuffle<u64>(q, s, 1, 3), 48);
  }
}

/** Loads the chroma of a macroblock whose upper left corner is at `left`, `upper` in chroma. */
export function loadChroma(u: SourcePlane, v: SourcePlane, left: i32, upper: i32): void {
  const isWhole = left + 8 <= u.width;
  for (let y: i32 = 0; y < 8; y++) {
    const row = <usize>min(upper + y, u.height - 1);
    let first = v128.load64_zero(u.pointer + row * u.stride + left);
    let second = v128.load64_zero(v.pointer + row * v.stride + left);
    if (!isWhole) {
      first = repeatLast(first, u.width - left);
      second = repeatLast(second, u.width - left);
    }
    v128.store(chroma + (<usize>y << 4), studioChroma(v128.shuffle<u64>(first, second, 0, 2)));
  }
}

const columns = memory.data<u8>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], 16);

/** The first `count` samples, and the last of them again. */
// @ts-ignore: decorator
@inline
function repeatLast(samples: v128, count: i32): v128 {
  return i8x16.swizzle(samples, i8x16.min_u(v128.load(columns), i8x16.splat(<i8>(count - 1))));
}

/** Times 219 / 255, and 16 more. */
// @ts-ignore: decorator
@inline
function studioLuma(samples: v128): v128 {
  const scale = i16x8.splat(28142);
  const base = i16x8.splat((16 << 7) + 64);
  const low = i16x8.q15mulr_sat_s(i16x8.shl(i16x8.extend_low_i8x16_u(samples), 7), scale);
  const high = i16x8.q15mulr_sat_s(i16x8.shl(i16x8.extend_high_i8x16_u(samples), 7), scale);
  return i8x16.narrow_i16x8_u(i16x8.shr_u(i16x8.add(low, base), 7), i16x8.shr_u(i16x8.add(high, base), 7));
}

/** Times 224 / 255 from the middle, 128. */
// @ts-ignore: decorator
@inline
function studioChroma(samples: v128): v128 {
  const scale = i16x8.splat(28785);
  const middle = i16x8.splat(128);
  const base = i16x8.splat((128 << 7) + 64);
  const low = i16x8.shl(i16x8.sub(i16x8.extend_low_i8x16_u(samples), middle), 7);
  const high = i16x8.shl(i16x8.sub(i16x8.extend_high_i8x16_u(samples), middle), 7);
  return i8x16.narrow_i16x8_u(
    i16x8.shr_u(i16x8.add(i16x8.q15mulr_sat_s(low, scale), base), 7),
    i16x8.shr_u(i16x8.add(i16x8.q15mulr_sat_s(high, scale), base), 7),
  );
}
