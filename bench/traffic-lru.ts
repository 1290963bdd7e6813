/**
 * A cache that drops what was used least recently, bounded by bytes and by entries. Its keys are whole numbers; all of it lies in
 * typed arrays, so that millions of entries take 40 bytes each.
 */
export class LruCache {
  readonly #limitBytes: number;
  readonly #keys: Float64Array;
  readonly #times: Float64Array;
  readonly #bytes: Float32Array;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #table: Int32Array;
  readonly #free: number[] = [];
  #used = 0;
  #heldBytes = 0;
  #newest = -1;
  #oldest = -1;

  /** Makes an empty cache of at most `limitBytes` and `limitEntries`. */
  constructor(limitBytes: number, limitEntries: number) {
    this.#limitBytes = limitBytes;
    this.#keys = new Float64Array(limitEntries);
    this.#times = new Float64Array(limitEntries);
    this.#bytes = new Float32Array(limitEntries);
    this.#before = new Int32Array(limitEntries);
    this.#after = new Int32Array(limitEntries);
    this.#table = new Int32Array(2 ** Math.ceil(Math.log2(2 * limitEntries))).fill(-1);
  }

  /** Returns when an entry was put, in seconds; it is then the most recently used. Negative infinity if there is none. */
  get(key: number): number {
    const at = this.#table[this.#placeOf(key)] ?? -1;
    if (at < 0) return Number.NEGATIVE_INFINITY;
    this.#unlink(at);
    this.#link(at);
    return this.#times[at] ?? 0;
  }

  /** Puts an entry at a time, in place of an older one, and drops the oldest where there is no room. */
  put(key: number, time: number, bytes: number): void {
    const known = this.#table[this.#placeOf(key)] ?? -1;
    if (known >= 0) {
      this.#times[known] = time;
      this.#unlink(known);
      this.#link(known);
      return;
    }
    while (this.#oldest >= 0 && (this.#heldBytes + bytes > this.#limitBytes || this.#isFull)) this.#drop(this.#oldest);
    if (bytes > this.#limitBytes || this.#isFull) return;
    const at = this.#free.pop() ?? this.#used++;
    this.#keys[at] = key;
    this.#times[at] = time;
    this.#bytes[at] = bytes;
    this.#heldBytes += bytes;
    this.#table[this.#placeOf(key)] = at;
    this.#link(at);
  }

  get #isFull(): boolean {
    return this.#free.length === 0 && this.#used === this.#keys.length;
  }

  #drop(at: number): void {
    this.#unlink(at);
    this.#heldBytes -= this.#bytes[at] ?? 0;
    this.#free.push(at);
    const mask = this.#table.length - 1;
    let hole = this.#placeOf(this.#keys[at] ?? 0);
    this.#table[hole] = -1;
    // What was put further because of it moves up. Source: Knuth, The Art of Computer Programming, 6.4, algorithm R.
    for (let next = (hole + 1) & mask; (this.#table[next] ?? -1) >= 0; next = (next + 1) & mask) {
      const entry = this.#table[next] ?? -1;
      const home = hashOf(this.#keys[entry] ?? 0) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.#table[hole] = entry;
      this.#table[next] = -1;
      hole = next;
    }
  }

  /** Where a key lies in the table, or would lie. */
  #placeOf(key: number): number {
    const mask = this.#table.length - 1;
    let place = hashOf(key) & mask;
    for (let at = this.#table[place] ?? -1; at >= 0 && this.#keys[at] !== key; at = this.#table[place] ?? -1) {
      place = (place + 1) & mask;
    }
    return place;
  }

  #link(at: number): void {
    this.#before[at] = -1;
    this.#after[at] = this.#newest;
    if (this.#newest >= 0) this.#before[this.#newest] = at;
    this.#newest = at;
    if (this.#oldest < 0) this.#oldest = at;
  }

  #unlink(at: number): void {
    const before = this.#before[at] ?? -1;
    const after = this.#after[at] ?? -1;
    if (before >= 0) this.#after[before] = after;
    else this.#newest = after;
    if (after >= 0) this.#before[after] = before;
    else this.#oldest = before;
  }
}

/** Mixes both halves of a whole number below 2^53. */
function hashOf(key: number): number {
  const low = key >>> 0;
  const high = (key / 2 ** 32) >>> 0;
  let mixed = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
