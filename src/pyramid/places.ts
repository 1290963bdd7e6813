/**
 * Offsets or byte counts of tiles, in bytes. What a master's index takes in memory is these: they are held in 32 bits
 * each where all of them fit, which is in every file below 4 GiB.
 */
export type Places = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Returns the same numbers in as few bytes as hold them. */
export function narrowPlaces(values: Float64Array<ArrayBuffer>): Places {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? -1;
    if (value !== value >>> 0) return values;
  }
  return Uint32Array.from(values);
}
