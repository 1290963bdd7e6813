import { concatenate } from "../bytes.ts";
import { ImageError } from "../error.ts";
import type { BuiltRows } from "./pyramid-builder.ts";
import type { Stages } from "./stages.ts";
import type { BuiltTile } from "./tile-row.ts";

/** Where parts of a conversion are kept until it is whole: names are of this project's making, and are written once. */
export interface Spill {
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Returns all of an object or a part of it; undefined if there is none. */
  get(name: string, range?: { readonly offset: number; readonly length: number }): Promise<Uint8Array | undefined>;
}

/** Where bytes are that were spilled: a place in one of the objects of a part, which are counted from 0. */
export interface SpilledRange {
  readonly piece: number;
  readonly offset: number;
  readonly length: number;
}

/** A tile that was spilled. */
export interface SpilledTile extends SpilledRange, Pick<BuiltTile, "level" | "column" | "row" | "means"> {}

/** All that a part of a pyramid came to: a block, or the levels above the blocks. */
export interface SpilledPart {
  /** The lengths of its objects in bytes. */
  readonly pieces: readonly number[];
  readonly tiles: readonly SpilledTile[];
  /** The rows it leaves to the levels above. */
  readonly rows: (SpilledRange & Pick<BuiltRows, "size">) | undefined;
}

/** Tiles are put together in objects of about this many bytes. */
const pieceBytes = 8 << 20;

/** Writes a part of a pyramid as it is built. It is there once its index is, which comes last. */
export class PartWriter {
  readonly #spill: Spill;
  readonly #name: string;
  readonly #stages: Stages;
  readonly #tiles: SpilledTile[] = [];
  readonly #pieces: number[] = [];
  #rows: SpilledPart["rows"];
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(spill: Spill, name: string, stages: Stages) {
    this.#spill = spill;
    this.#name = name;
    this.#stages = stages;
  }

  /** Adds what was built, and writes what has come together. Throws what the spill throws. */
  async add(built: BuiltTile | BuiltRows): Promise<void> {
    if (this.#pendingBytes > 0 && this.#pendingBytes + built.bytes.byteLength > pieceBytes) await this.#flush();
    const range = { piece: this.#pieces.length, offset: this.#pendingBytes, length: built.bytes.byteLength };
    if (built.kind === "rows") this.#rows = { ...range, size: built.size };
    else {
      const { level, column, row, means } = built;
      this.#tiles.push({ ...range, level, column, row, means });
    }
    this.#pending.push(built.bytes);
    this.#pendingBytes += built.bytes.byteLength;
  }

  /** Writes what is left, and the index. Throws what the spill throws. */
  async finish(): Promise<SpilledPart> {
    if (this.#pendingBytes > 0) await this.#flush();
    const part: SpilledPart = { pieces: this.#pieces, tiles: this.#tiles, rows: this.#rows };
    const index = new TextEncoder().encode(JSON.stringify(part));
    await this.#stages.time("write", () => this.#spill.put(indexName(this.#name), index));
    return part;
  }

  async #flush(): Promise<void> {
    const bytes = concatenate(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#stages.time("write", () => this.#spill.put(pieceName(this.#name, this.#pieces.length), bytes));
    this.#pieces.push(bytes.byteLength);
  }
}

/** Returns the index of a part that was written; undefined for one that was not, or not to its end. */
export async function readPart(spill: Spill, name: string): Promise<SpilledPart | undefined> {
  const bytes = await spill.get(indexName(name));
  if (bytes === undefined) return undefined;
  return JSON.parse(new TextDecoder().decode(bytes)) as SpilledPart;
}

/**
 * Reads bytes that were spilled. Throws `storage-failed` where they are no longer there, as they were, and what the spill
 * throws.
 */
export async function readSpilled(
  spill: Spill,
  name: string,
  { offset, length }: Pick<SpilledRange, "offset" | "length">,
): Promise<Uint8Array> {
  const bytes = await spill.get(name, { offset, length });
  if (bytes?.byteLength === length) return bytes;
  throw new ImageError("storage-failed", "Parts of the conversion are no longer there. Begin it anew.", {
    detail: `${name}: ${bytes?.byteLength ?? "no"} of ${length} bytes at ${offset}`,
  });
}

/** Returns what an object of a part is called. */
export function pieceName(name: string, piece: number): string {
  return `${name}-${piece}`;
}

function indexName(name: string): string {
  return `${name}.json`;
}
