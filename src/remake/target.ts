/** A part of an upload that is there: its number, from 1, and what storage calls it. */
export interface UploadedPart {
  readonly number: number;
  readonly tag: string;
}

/** What is written on a master, by the names that the ingest gives it: its SHA-256, its size, its levels, its tiles. */
export type MasterMarks = Readonly<Record<"sha256" | "width" | "height" | "levels" | "tile", string>>;

/** Where a master is written: nothing of it is seen before `put` or `complete` is done. */
export interface Target {
  /** What tells it from other targets of the same source, in names of the spill. */
  readonly name: string;
  /** Writes a small file at once. */
  put(bytes: Uint8Array, marks: MasterMarks): Promise<void>;
  /** Begins an upload in parts and returns what it is called. */
  begin(marks: MasterMarks): Promise<string>;
  /** Uploads a part; all are of one size but the last, which may be smaller. */
  part(upload: string, number: number, bytes: Uint8Array): Promise<UploadedPart>;
  /** Makes the file of its parts. */
  complete(upload: string, parts: readonly UploadedPart[]): Promise<void>;
  /** Gives an upload up, also one that is gone. */
  abort(upload: string): Promise<void>;
}

/** Size of the parts of an upload but for the last, in bytes. R2 takes from 5 MiB on, all of one size. */
export const partBytes = 8 << 20;

/** A file below this many bytes is written at once. */
export const leastPartBytes = 5 << 20;

/** Yields bytes in parts of `partBytes`, the last of what is left. */
export async function* partsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let part = new Uint8Array(partBytes);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; ) {
      const taken = piece.subarray(at, at + partBytes - filled);
      part.set(taken, filled);
      filled += taken.byteLength;
      at += taken.byteLength;
      if (filled < partBytes) continue;
      yield part;
      part = new Uint8Array(partBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}
