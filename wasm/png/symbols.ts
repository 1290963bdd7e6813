// How deflate numbers match lengths and distances: by their highest bits; the rest follow as extra bits.

/** Returns the symbol of a match length, 3 to 258. Source: RFC 1951 section 3.2.5. */
// @ts-ignore: decorator
@inline
export function lengthSymbolOf(length: u32): u32 {
  const value = length - 3;
  if (value < 8) return 257 + value;
  if (length == 258) return 285;
  const extra = 29 - clz(value);
  return 257 + (extra << 2) + (value >>> extra);
}

/** Returns how many extra bits follow the symbol of a match length. */
// @ts-ignore: decorator
@inline
export function lengthExtraOf(length: u32): u32 {
  return length < 11 || length == 258 ? 0 : 29 - clz(length - 3);
}

/** Returns how many extra bits follow the symbol of a distance. */
// @ts-ignore: decorator
@inline
export function distanceExtraOf(distance: u32): u32 {
  return distance < 5 ? 0 : 30 - clz(distance - 1);
}

/** Returns the symbol of a distance, 1 to 32768. Source: RFC 1951 section 3.2.5. */
// @ts-ignore: decorator
@inline
export function distanceSymbolOf(distance: u32, extra: u32): u32 {
  return (extra << 1) + ((distance - 1) >>> extra);
}
