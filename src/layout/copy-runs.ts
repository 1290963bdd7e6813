import type { MasterLayout } from "./layout.ts";

/** Bytes that lie together where they are copied from. */
export interface CopyRun {
  readonly offset: number;
  readonly length: number;
}

/** Yields where the tiles of a layout are, in its order, as few longer runs of at most `runBytes`, or of one tile. */
export function* copyRuns(
  { copies: { offsets, byteCounts } }: Pick<MasterLayout, "copies">,
  runBytes: number,
): Generator<CopyRun> {
  let offset = 0;
  let length = 0;
  for (const [index, next] of offsets.entries()) {
    const bytes = byteCounts[index] ?? 0;
    if (length > 0 && (next !== offset + length || length + bytes > runBytes)) {
      yield { offset, length };
      length = 0;
    }
    if (length === 0) offset = next;
    length += bytes;
  }
  if (length > 0) yield { offset, length };
}
