import type { Lease } from "../budget/lease.ts";
import type { MemoryBudget } from "../budget/memory-budget.ts";

/** What collecting takes. */
export interface Collecting {
  /** The most that is collected, in bytes. */
  readonly limitBytes: number;
  readonly budget: MemoryBudget;
  /** Gets all bytes when they have gone out to their end, and the lease they are held in, which it releases. */
  readonly keep: (bytes: Uint8Array, lease: Lease) => void;
}

/**
 * Passes pieces on and collects them on the way, as long as there is room for them at once and they come to no more than
 * the limit. Pieces that do not come to their end, or whose reader gives up, are kept nowhere.
 */
export async function* collecting(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
  { limitBytes, budget, keep }: Collecting,
): AsyncGenerator<Uint8Array, void, undefined> {
  let collection = Collection.begin(budget, limitBytes);
  try {
    for await (const piece of pieces) {
      if (collection?.add(piece) === false) {
        collection.drop();
        collection = undefined;
      }
      yield piece;
    }
    if (collection !== undefined) keep(...collection.finish());
    collection = undefined;
  } finally {
    collection?.drop();
  }
}

/** Memory is taken in steps of so many bytes. */
const stepBytes = 1 << 19;

/** Bytes that grow in place: what has been collected is never there twice. */
class Collection {
  readonly #lease: Lease;
  readonly #buffer: ArrayBuffer;
  #byteLength = 0;

  private constructor(lease: Lease, limitBytes: number) {
    this.#lease = lease;
    this.#buffer = new ArrayBuffer(Math.min(stepBytes, limitBytes), { maxByteLength: limitBytes });
  }

  /** Begins an empty collection; undefined if there is no room for one. */
  static begin(budget: MemoryBudget, limitBytes: number): Collection | undefined {
    const lease = budget.tryTake("copies", stepBytes);
    return lease && new Collection(lease, limitBytes);
  }

  /** Adds a piece, and says whether there was room for it. */
  add(piece: Uint8Array): boolean {
    const byteLength = this.#byteLength + piece.byteLength;
    this.#lease.renew();
    if (!this.#lease.isHeld || byteLength > this.#buffer.maxByteLength) return false;
    if (byteLength > this.#buffer.byteLength) {
      const grown = Math.min(Math.ceil(byteLength / stepBytes) * stepBytes, this.#buffer.maxByteLength);
      if (!this.#lease.tryGrow(grown - this.#buffer.byteLength)) return false;
      this.#buffer.resize(grown);
    }
    new Uint8Array(this.#buffer).set(piece, this.#byteLength);
    this.#byteLength = byteLength;
    return true;
  }

  /** Returns what was collected and what it is held in. */
  finish(): [bytes: Uint8Array, lease: Lease] {
    this.#buffer.resize(this.#byteLength);
    this.#lease.shrink(this.#byteLength);
    // Storage takes no buffer that may change its size.
    return [new Uint8Array(this.#buffer.transferToFixedLength()), this.#lease];
  }

  drop(): void {
    this.#lease.release();
  }
}
