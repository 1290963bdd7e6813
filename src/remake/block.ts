import { soleAdmission } from "../budget/admission.ts";
import type { ColorTable } from "../color/table.ts";
import { findColorTable } from "../colors.ts";
import type { Area } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Plane, Raster } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";
import { damagedImage } from "../render/damage.ts";
import { drawStrips } from "../render/draw.ts";
import { collectingOutput, type Output } from "../render/output.ts";
import type { DrawPlan } from "../render/plan.ts";
import { isWholeNeeded } from "../render/whole.ts";
import { type KeptRows, openRows } from "./kept-rows.ts";
import { beyondReading } from "./opened-source.ts";
import { type Block, builderOfBlock, drawnArea, planBlock } from "./plan.ts";
import { type BuiltRows, PyramidBuilder } from "./pyramid-builder.ts";
import { PartWriter, readPart, type SpilledPart } from "./spill.ts";
import type { BuiltTile } from "./tile-row.ts";
import { blockName, type RemakeWork } from "./work.ts";

/**
 * Makes a block, unless it has been made: draws its pixels, and spills the tiles of its levels and the rows that it leaves
 * to the levels above. The same bytes whoever makes it. Throws `source-malformed` for an image of which anything is
 * damaged, `remake-impossible` where only decoding shows that it is not read, `render-memory`, and what the source and the spill throw.
 */
export async function makeBlock(work: RemakeWork, block: Block): Promise<SpilledPart> {
  const name = blockName(work, block.index);
  const found = await readPart(work.spill, name);
  if (found !== undefined) return found;
  const { source, plan, tools, spill, stages } = work;
  const writer = new PartWriter(spill, name, stages);
  const drawing = planBlock(source, plan, block.area);
  const rows = await openRows(work, block);
  const kernel = tools.kernels.take(block.bytes);
  try {
    await stages.timeRest("decode", async () => {
      for await (const built of drawBlock(kernel, work, { block, drawing, rows })) await writer.add(built);
    });
  } catch (error) {
    throw beyondReading(error, plan.settings);
  }
  tools.kernels.giveBack(kernel);
  await rows?.keep();
  return writer.finish();
}

type Built = BuiltTile | BuiltRows;

async function* drawBlock(
  kernel: Kernel,
  work: RemakeWork,
  { block, drawing, rows }: { readonly block: Block; readonly drawing: DrawPlan; readonly rows: KeptRows | undefined },
): AsyncGenerator<Built> {
  const { source, plan, stages, pause } = work;
  const [stored] = source.pyramid.levels;
  const table = await tableOf(work, drawing);
  const drawn = drawnArea(stored, plan, block.area);
  const open = (): Output<Built> => {
    const built = new PyramidBuilder(kernel, builderOfBlock(plan, block.area), stages);
    const output = new CroppedOutput(built, drawn, block.area);
    if (!isWholeNeeded(drawing)) return output;
    return collectingOutput<Built>(kernel, drawing, { pause, encode: (strips) => writeStrips(output, strips) });
  };
  const onDamage = (damage: Parameters<typeof damagedImage>[0]): never => {
    throw damagedImage(damage, "Replace the file.");
  };
  const awaitRead = <T>(read: Promise<T>): Promise<T> => stages.time("read", () => read);
  const pausing = pause === undefined ? {} : { pause };
  const checkpoints = rows?.checkpoints;
  const inputs = { kernel, source: source.source, table, onDamage, checkpoints, awaitRead, ...pausing };
  yield* drawStrips(drawing, inputs, open);
}

async function* writeStrips(output: Output<Built>, strips: Iterable<Raster>): AsyncGenerator<Built> {
  for (const strip of strips) yield* output.write(strip);
}

async function tableOf(work: RemakeWork, { colors }: DrawPlan): Promise<ColorTable | undefined> {
  if (!colors.isManaged) return undefined;
  const { source, plan, tools, warn } = work;
  const { model } = source.pyramid.levels[0].encoding;
  const profile = plan.isProfiled ? source.profile : undefined;
  const log = (): void => warn("The profile is ignored: no conversion can be made of it.");
  return findColorTable(tools.colorTables, { model, profile, admission: soleAdmission(), log });
}

/** Leaves the margin out that a block was drawn with. */
class CroppedOutput implements Output<Built> {
  readonly #output: PyramidBuilder;
  readonly #left: number;
  readonly #top: number;
  readonly #area: Area;
  #row = 0;

  constructor(output: PyramidBuilder, drawn: Area, area: Area) {
    this.#output = output;
    this.#left = area.x - drawn.x;
    this.#top = area.y - drawn.y;
    this.#area = area;
  }

  write(strip: Raster): Iterable<Built | Promise<Built>> {
    const first = Math.max(0, this.#top - this.#row);
    const end = Math.min(strip.height, this.#top + this.#area.height - this.#row);
    this.#row += strip.height;
    if (first === 0 && end === strip.height && strip.width === this.#area.width) return this.#output.write(strip);
    if (end <= first) return [];
    const part = { x: this.#left, y: first, width: this.#area.width, height: end - first };
    return this.#output.write(cropRaster(strip, part));
  }

  finish(): Promise<Iterable<Built | Promise<Built>>> {
    return this.#output.finish();
  }
}

/** Cuts a picture whose planes are all whole: only such are drawn with a margin. */
function cropRaster(raster: Raster, part: Area): Raster {
  const crop = (plane: Plane): Plane => cropPlane(plane, part);
  const alpha = raster.alpha && crop(raster.alpha);
  const form = { ...raster, width: part.width, height: part.height, alpha };
  if (form.model === "gray") return { ...form, planes: [crop(form.planes[0])] };
  if (form.model !== "rgb") throw new RangeError(`a margin of ${form.model}`);
  const [red, green, blue] = form.planes;
  return { ...form, planes: [crop(red), crop(green), crop(blue)] };
}
