/**
 * Values kept in the isolate, least recently used dropped first, bounded by the bytes each is said to take. Values only:
 * a promise kept here would hang every request but the one that made it.
 */
export class IsolateCache<Value> {
  readonly #limitBytes: number;
  readonly #entries = new Map<string, { readonly value: Value; readonly bytes: number }>();
  /** The key used last: several are looked up for every request, mostly the same ones again. */
  #newest: string | undefined;
  #bytes = 0;

  /** Makes an empty cache of at most `limitBytes`. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** How many bytes the values take together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns a value, which is then the most recently used. */
  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (key !== this.#newest) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      this.#newest = key;
    }
    return entry.value;
  }

  /** Keeps a value that takes `bytes`; one above the whole limit is not kept. */
  set(key: string, value: Value, bytes: number): void {
    this.delete(key);
    if (bytes > this.#limitBytes) return;
    this.#entries.set(key, { value, bytes });
    this.#newest = key;
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limitBytes) break;
      this.delete(oldest);
    }
  }

  /** Drops a value. */
  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  /** Drops all values whose keys start so. */
  deleteStartingWith(start: string): void {
    for (const key of [...this.#entries.keys()]) if (key.startsWith(start)) this.delete(key);
  }
}
