import type { Kernel } from "../raster/kernel.ts";
import { type Plane, rasterOf } from "../raster/raster.ts";
import { builderOfTop, rowOfTop } from "./plan.ts";
import { PyramidBuilder } from "./pyramid-builder.ts";
import { PartWriter, pieceName, readPart, readSpilled, type SpilledPart } from "./spill.ts";
import { planesOfForm, rasterForm } from "./tile-form.ts";
import { blockName, type RemakeWork, topName } from "./work.ts";

/**
 * Makes the levels above the blocks, unless they have been made, of the rows that all blocks have left; undefined where
 * blocks make all levels. Throws `render-memory`, and what the spill throws.
 */
export async function makeTop(work: RemakeWork, blocks: readonly SpilledPart[]): Promise<SpilledPart | undefined> {
  const { plan, tools, spill, stages } = work;
  if (plan.topBytes === undefined) return undefined;
  const name = topName(work);
  const found = await readPart(spill, name);
  if (found !== undefined) return found;
  const writer = new PartWriter(spill, name, stages);
  const kernel = tools.kernels.take(plan.topBytes);
  const builder = new PyramidBuilder(kernel, builderOfTop(plan), stages);
  const room = rowOfTop(plan);
  const { form } = plan.tiles;
  const planes = planesOfForm(form).map(({ x, y }) =>
    kernel.allocatePlane(Math.ceil(room.width / x), Math.ceil(room.height / y)),
  );
  for (const row of rowsOfBlocks(work)) {
    let height = 0;
    for (const index of row) {
      const rows = blocks[index]?.rows;
      if (rows === undefined || rows.length === 0) continue;
      const bytes = await stages.time("read", () =>
        readSpilled(spill, pieceName(blockName(work, index), rows.piece), rows),
      );
      const x = halvedPlace(work, index);
      stages.count("resample", () => fill(kernel, planes, { bytes, x, size: rows.size, form }));
      height = rows.size.height;
    }
    if (height === 0) continue;
    const raster = rasterOf(rasterForm(form, { width: room.width, height }), planes);
    for (const built of builder.write(raster)) await writer.add(await built);
    await work.pause?.();
  }
  await builder.finish();
  tools.kernels.giveBack(kernel);
  return writer.finish();
}

/** Returns the numbers of blocks that lie side by side, row by row. */
function rowsOfBlocks({ plan }: RemakeWork): readonly (readonly number[])[] {
  const rows = new Map<number, number[]>();
  for (const { index, area } of plan.blocks) rows.set(area.y, [...(rows.get(area.y) ?? []), index]);
  return [...rows.values()];
}

/** Returns the column of the level above the blocks that a block begins at. */
function halvedPlace({ plan }: RemakeWork, index: number): number {
  return (plan.blocks[index]?.area.x ?? 0) / 2 ** plan.blockLevels;
}

interface Filling {
  readonly bytes: Uint8Array;
  /** The first column that is filled, in pixels. */
  readonly x: number;
  readonly size: { readonly width: number; readonly height: number };
  readonly form: Parameters<typeof planesOfForm>[0];
}

function fill(kernel: Kernel, planes: readonly Plane[], { bytes, x, size, form }: Filling): void {
  const memory = kernel.bytes;
  let at = 0;
  for (const [index, factor] of planesOfForm(form).entries()) {
    const plane = planes[index];
    if (plane === undefined) throw new RangeError(`no plane ${index}`);
    const width = Math.ceil(size.width / factor.x);
    const rows = Math.ceil(size.height / factor.y);
    for (let row = 0; row < rows; row += 1, at += width) {
      memory.set(bytes.subarray(at, at + width), plane.pointer + row * plane.stride + x / factor.x);
    }
  }
}
