// A bump allocator: one render fills it, `release` empties it. No block is freed on its own.

/** The first free byte. Blocks start on multiples of 16, as the widest SIMD load does. */
let top: usize = (__heap_base + 15) & ~15;

/** Returns a block of `byteLength` bytes aligned to 16, not cleared, or 0 when memory cannot grow that far. */
export function allocate(byteLength: usize): usize {
  const block = top;
  const end = (block + byteLength + 15) & ~15;
  if (end < block) return 0;
  const missing = <i32>((end + 0xffff) >>> 16) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return 0;
  top = end;
  return block;
}

/** Returns the arena's top, to pass to `release`. */
export function mark(): usize {
  return top;
}

/** Gives back everything allocated since `to` was marked. */
export function release(to: usize): void {
  top = to;
}
