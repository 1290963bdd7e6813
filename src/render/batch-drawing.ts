import type { ByteSource } from "../source/byte-source.ts";
import type { Batch } from "./batches.ts";
import { type GatheredBytes, gatherReads } from "./gather.ts";

/** What batches of tiles become, one after another. */
export interface BatchDrawing<Piece> {
  drawBatch(batch: Batch, gathered: GatheredBytes): AsyncGenerator<Piece, void, undefined>;
  finish(): Promise<Iterable<Piece | Promise<Piece>> | AsyncIterable<Piece>>;
}

/** Where batches are read from. */
export interface BatchInputs {
  readonly source: ByteSource;
  /** The tiles of the first batch, if they have been read already. */
  readonly first?: GatheredBytes;
  /** Waits for what is read, where something else is done about it: it is timed. */
  readonly awaitRead?: <T>(read: Promise<T>) => Promise<T>;
}

/**
 * Gathers batches, the next being read while one is drawn by what `open` opens, which is told any tile of the first that was
 * written. Yields what the drawing makes of them. Throws what the source and the drawing throw; a consumer that stops early
 * stops the work.
 */
export async function* drawBatches<Piece>(
  batches: readonly Batch[],
  { source, first, awaitRead }: BatchInputs,
  open: (sample: Uint8Array | undefined) => BatchDrawing<Piece>,
): AsyncGenerator<Piece, void, undefined> {
  let drawing: BatchDrawing<Piece> | undefined;
  let pending = first === undefined ? gather(source, batches[0]) : Promise.resolve(first);
  for (const [index, batch] of batches.entries()) {
    const gathered = await (awaitRead === undefined ? pending : awaitRead(pending));
    const next = batches[index + 1];
    if (next !== undefined) pending = gather(source, next);
    drawing ??= open(sampleTile(batch, gathered));
    yield* drawing.drawBatch(batch, gathered);
  }
  if (drawing === undefined) throw new RangeError("a plan without a batch");
  yield* await drawing.finish();
}

/** Starts the reads of a batch. A failure shows when it is awaited, which may be never: the picture ended before. */
function gather(source: ByteSource, batch: Batch | undefined): Promise<GatheredBytes> {
  const gathered = gatherReads(source, batch?.reads ?? []);
  gathered.catch(() => undefined);
  return gathered;
}

/** Any tile of the batch that was written and gathered; undefined where none was. */
function sampleTile({ tileRows }: Batch, gathered: GatheredBytes): Uint8Array | undefined {
  for (const { tiles } of tileRows) {
    for (const { ranges, isReadByRows } of tiles) {
      if (ranges?.[0] !== undefined && !isReadByRows) return gathered.bytesOf(ranges[0]);
    }
  }
  return undefined;
}
