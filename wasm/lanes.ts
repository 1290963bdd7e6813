// Moves of SIMD lanes that several kernels need.

/** Holds a vector that must not be stored whole. */
const spill = memory.data(16, 16);

/** Stores the first `count` bytes of `bytes`, and nothing after them if that is below 16: another tile may follow. */
// @ts-ignore: decorator
@inline
export function storeFirst(target: usize, bytes: v128, count: i32): void {
  if (count >= 16) v128.store(target, bytes);
  else storeTail(target, bytes, count);
}

/** Stores the first `count` bytes of `bytes`, 0 to 15. */
// @ts-ignore: decorator
@inline
export function storeTail(target: usize, bytes: v128, count: i32): void {
  v128.store(spill, bytes);
  copySpill(target, count);
}

function copySpill(target: usize, count: i32): void {
  let from = spill;
  if (count & 8) {
    store<u64>(target, load<u64>(from));
    target += 8;
    from += 8;
  }
  if (count & 4) {
    store<u32>(target, load<u32>(from));
    target += 4;
    from += 4;
  }
  if (count & 2) {
    store<u16>(target, load<u16>(from));
    target += 2;
    from += 2;
  }
  if (count & 1) store<u8>(target, load<u8>(from));
}

/** a0 b0 a1 b1 ... of the first eight bytes of each. */
// @ts-ignore: decorator
@inline
export function interleaveLowBytes(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** a8 b8 a9 b9 ... of the last eight bytes of each. */
// @ts-ignore: decorator
@inline
export function interleaveHighBytes(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** a0 b0 a1 b1 ... of the first four 16-bit lanes of each. */
// @ts-ignore: decorator
@inline
export function interleaveLowWords(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** a4 b4 a5 b5 ... of the last four 16-bit lanes of each. */
// @ts-ignore: decorator
@inline
export function interleaveHighWords(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
