/**
 * Offsets or byte counts of tiles, in bytes. They are most of the memory of a master's index: they take 32 bits each if
 * all of them fit, as in every file below 4 GiB.
 */
export type Places = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Returns the same numbers in the smallest type that holds them. */
export function narrowPlaces(values: Float64Array<ArrayBuffer>): Places {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? -1;
    if (value !== value >>> 0) return values;
  }
  return Uint32Array.from(values);
}
