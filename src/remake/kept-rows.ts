import type { JpegCheckpoint } from "../codec/jpeg/checkpoint.ts";
import type { JpegCheckpoints } from "../codec/jpeg/checkpoints.ts";
import { isReadByRows } from "../codec/tile-decoder.ts";
import { type Block, drawnArea } from "./plan.ts";
import { type RemakeWork, spillFolder } from "./work.ts";

/** How decoding a file from the top down is gone on with from one block to the next. */
export interface KeptRows {
  readonly checkpoints: JpegCheckpoints;
  /** Spills where it has come to, for the block below. Throws what the spill throws. */
  readonly keep: () => Promise<void>;
}

/**
 * Returns what has been kept of decoding the rows above a block, where the source is a JPEG file that comes by rows;
 * undefined for all other sources. Without what the block above has kept, its rows are passed over once more. Throws what
 * the spill throws.
 */
export async function openRows(work: RemakeWork, { area }: Block): Promise<KeptRows | undefined> {
  const { source, plan, spill } = work;
  const [stored] = source.pyramid.levels;
  if (!isReadByRows(stored)) return undefined;
  const kept = area.y === 0 ? undefined : await spill.get(nameOf(work, area.y));
  const from: JpegCheckpoint | undefined = kept && JSON.parse(new TextDecoder().decode(kept));
  const below = area.y + area.height;
  // The block below may begin with a margin.
  const { y: most } = drawnArea(stored, plan, { ...area, y: below });
  let last: JpegCheckpoint | undefined;
  return {
    checkpoints: {
      before: (row) => (from !== undefined && from.row <= row ? from : undefined),
      note(checkpoint) {
        if (checkpoint.row <= most) last = checkpoint;
      },
    },
    async keep() {
      if (last === undefined) return;
      await spill.put(nameOf(work, below), new TextEncoder().encode(JSON.stringify(last)));
    },
  };
}

function nameOf(work: RemakeWork, row: number): string {
  return `${spillFolder(work)}/rows-${row}.json`;
}
