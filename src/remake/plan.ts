import { decodedModels } from "../codec/tile-decoder.ts";
import { ImageError } from "../error.ts";
import type { Area, Size } from "../geometry.ts";
import type { CanonicalRequest } from "../iiif/canonical.ts";
import { maxBlockBytes } from "../limits.ts";
import type { DrawnMaster } from "../picture.ts";
import { colorSamples } from "../pyramid/color-model.ts";
import type { Level } from "../pyramid/level.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import { type DrawPlan, planStrips } from "../render/plan.ts";
import { areasOfBlocks, type BlockShape, blockShapes, levelsOfBlocks } from "./blocks.ts";
import { levelRowsBytes } from "./level-rows.ts";
import { halvedSize, levelSizes } from "./levels.ts";
import { type BuilderRequest, builderBytes } from "./pyramid-builder.ts";
import { beyondRemake, ingestCommand } from "./refusal.ts";
import type { StoredTiles } from "./tile-encoder.ts";
import { stripFormat, tileFormOf } from "./tile-form.ts";
import { type RemakeSettings, settleTiles, type TreatedPicture } from "./treatment.ts";

/** A part of an image that is made by itself: in any order, by anyone, to the same bytes. */
export interface Block {
  readonly index: number;
  /** In pixels of the image as it is seen. */
  readonly area: Area;
  /** The most memory that it takes: kernel and compressed tiles of the source, in bytes. */
  readonly bytes: number;
}

/** How a master is made of an image. Plain data: the same for the same image, settings and memory. */
export interface RemakePlan {
  readonly settings: RemakeSettings;
  readonly tiles: StoredTiles;
  /** The sizes of all levels, that of the upright image first. */
  readonly levels: readonly [Size, ...Size[]];
  readonly blocks: readonly [Block, ...Block[]];
  readonly shape: BlockShape;
  /** How many levels blocks make, from the first on. */
  readonly blockLevels: number;
  /** What the levels above take that are made of what blocks leave, in bytes; undefined if there are none. */
  readonly topBytes: number | undefined;
  /** Whether colours are brought to sRGB by the image's profile. */
  readonly isProfiled: boolean;
  /** Sentences for a person. */
  readonly warnings: readonly string[];
}

/** What a plan depends on next to the image. */
export interface PlanOptions {
  readonly settings: RemakeSettings;
  /** Asks for 16 bits a sample, which the service does not write. */
  readonly keepsDepth?: boolean | undefined;
  /** The most memory that a block may take, in bytes; `maxBlockBytes` unless less is stated. */
  readonly memoryBytes?: number | undefined;
}

/**
 * Plans how a master is made of an image that has been opened. Pure; nothing is read. Throws `remake-impossible`, with the
 * command that does it, where a block would take too much memory, for tiles that can't be decoded within the limits, for 16
 * bits that are to be kept and for samples without a standard rendering; `source-malformed` for tiles outside the file.
 */
export function planRemake(master: DrawnMaster, options: PlanOptions): RemakePlan {
  const { settings, memoryBytes = maxBlockBytes } = options;
  const [stored] = master.pyramid.levels;
  refuseSamples(stored, options);
  const size = seenSize(master.pyramid);
  const model = modelOf(stored);
  const treatment = settleTiles(settings, { ...size, model, extraSamples: extraSamplesOf(stored) });
  const tiles = { treatment, form: tileFormOf(treatment) };
  const levels = levelSizes(size, treatment.tileSize);
  // The two levels of a bilevel picture stay what they are.
  const isProfiled = master.profile !== undefined && model !== "bilevel";
  const fixed = { settings, tiles, levels, isProfiled, warnings: treatment.warnings };
  const limitBytes = Math.min(memoryBytes, maxBlockBytes);
  const shapes = blockShapes(stored, size, treatment.tileSize);
  let fault: unknown;
  let least = Number.POSITIVE_INFINITY;
  for (const bytes of new Set([Math.min(limitBytes, usualBlockBytes), limitBytes])) {
    for (const shape of shapes) {
      const found = tryShape(master, fixed, { shape, limitBytes: bytes });
      if ("plan" in found) return found.plan;
      if ("fault" in found) fault ??= found.fault;
      else least = Math.min(least, found.bytes);
    }
  }
  if (fault !== undefined && least === Number.POSITIVE_INFINITY) {
    throw beyondRemake(`can't be decoded part by part: ${reasonOf(fault)}`, ingestCommand(settings), fault);
  }
  const needed = `${Math.ceil(least / 2 ** 20)} MB of memory, above the ${Math.floor(limitBytes / 2 ** 20)} MB that one may take`;
  throw beyondRemake(`takes ${needed}, for the smallest part of it that is decoded at once`, ingestCommand(settings));
}

/** What a block takes unless none of any shape takes so little, in bytes: others compute in the same isolate. */
const usualBlockBytes = 40 << 20;

type FixedPlan = Pick<RemakePlan, "settings" | "tiles" | "levels" | "isProfiled" | "warnings">;

type Tried = { readonly plan: RemakePlan } | { readonly bytes: number } | { readonly fault: ImageError };

function tryShape(
  master: DrawnMaster,
  fixed: FixedPlan,
  { shape, limitBytes }: { readonly shape: BlockShape; readonly limitBytes: number },
): Tried {
  const { tiles, levels } = fixed;
  const { tileSize } = tiles.treatment;
  const [size] = levels;
  const blockLevels = levelsOfBlocks(shape, { size, tileSize, levels: levels.length });
  const partial = { ...fixed, shape, blockLevels };
  const topBytes = blockLevels < levels.length ? topBytesOf(partial) : undefined;
  if (topBytes !== undefined && topBytes > limitBytes) return { bytes: topBytes };
  const blocks: Block[] = [];
  for (const [index, area] of areasOfBlocks(shape, size).entries()) {
    try {
      const drawing = planBlock(master, fixed, area);
      const bytes = drawing.cost.peakBytes + builderBytes(builderOfBlock(partial, area));
      if (bytes > limitBytes) return { bytes };
      blocks.push({ index, area, bytes });
    } catch (error) {
      const isFit =
        error instanceof ImageError && (error.code.startsWith("render-") || error.code === "source-unsupported");
      if (!isFit) throw error;
      return { fault: error };
    }
  }
  const [first, ...others] = blocks;
  if (first === undefined) throw new RangeError("an image without blocks");
  return { plan: { ...partial, topBytes, blocks: [first, ...others] } };
}

/** Pixels around a block that enlarged chroma is interpolated with. */
const marginPixels = 8;

/**
 * Returns what is drawn of a block: with a margin inside of the image where chroma is enlarged, so that no seam shows. In
 * pixels of the image as it is seen.
 */
export function drawnArea(stored: Level, { tiles, levels }: Pick<RemakePlan, "tiles" | "levels">, area: Area): Area {
  const { model, subsampling, compression } = stored.encoding;
  const mayBeSubsampled = compression === "jpeg" || subsampling.x > 1 || subsampling.y > 1;
  if (model !== "ycbcr" || !mayBeSubsampled || tiles.form.model === "ycbcr") return area;
  const [size] = levels;
  const x = Math.max(0, area.x - marginPixels);
  const y = Math.max(0, area.y - marginPixels);
  const width = Math.min(size.width, area.x + area.width + marginPixels) - x;
  const height = Math.min(size.height, area.y + area.height + marginPixels) - y;
  return { x, y, width, height };
}

/** Plans the drawing of a block. Throws what `planStrips` throws. */
export function planBlock(
  { pyramid, source }: DrawnMaster,
  plan: Pick<RemakePlan, "tiles" | "levels" | "isProfiled">,
  area: Area,
): DrawPlan {
  const [stored] = pyramid.levels;
  const region = drawnArea(stored, plan, area);
  const request: CanonicalRequest = {
    region,
    size: { width: region.width, height: region.height },
    rotation: { isMirrored: false, degrees: 0 },
    quality: "default",
    format: stripFormat(plan.tiles, stored, plan.isProfiled),
  };
  // Levels that are there are made anew, whatever they show.
  const alone = { ...pyramid, levels: [stored] } as const;
  return planStrips(request, alone, { sourceSize: source.size, isProfiled: plan.isProfiled });
}

/** Returns what a block is built of. */
export function builderOfBlock(
  { tiles, levels, blockLevels }: Pick<RemakePlan, "tiles" | "levels" | "blockLevels">,
  { x, y, width, height }: Area,
): BuilderRequest {
  const { tileSize } = tiles.treatment;
  const placeOf = (level: number) => ({
    level,
    column: x / 2 ** level / tileSize,
    row: y / 2 ** level / tileSize,
  });
  return {
    size: { width, height },
    tiles,
    levels: Array.from({ length: blockLevels }, (_, level) => placeOf(level)),
    leavesRows: blockLevels < levels.length,
  };
}

/** Returns what the levels above the blocks are built of. Throws RangeError if there are none. */
export function builderOfTop({
  tiles,
  levels,
  blockLevels,
}: Pick<RemakePlan, "tiles" | "levels" | "blockLevels">): BuilderRequest {
  const size = levels[blockLevels];
  if (size === undefined) throw new RangeError("no levels above the blocks");
  const places = levels.slice(blockLevels).map((_, index) => ({ level: blockLevels + index, column: 0, row: 0 }));
  return { size, tiles, levels: places, leavesRows: false };
}

/** Returns the pixels of the first level above the blocks that a row of blocks leaves. */
export function rowOfTop({ shape, blockLevels, levels }: Pick<RemakePlan, "shape" | "blockLevels" | "levels">): Size {
  const [size] = levels;
  return halvedSize({ width: size.width, height: Math.min(shape.height, size.height) }, blockLevels);
}

/** One of the remainders is held next to the kernel. */
function topBytesOf(plan: Pick<RemakePlan, "tiles" | "levels" | "blockLevels" | "shape">): number {
  const { width, height } = rowOfTop(plan);
  const rows = levelRowsBytes(plan.tiles.form, { width: width + 1, height: height + 1 });
  return (1 << 20) + builderBytes(builderOfTop(plan)) + 2 * rows;
}

function modelOf({ encoding }: Level): TreatedPicture["model"] {
  const model = decodedModels[encoding.model];
  const { bits, samplesPerPixel } = encoding.layout;
  if (model === "gray" && bits === 1 && samplesPerPixel === 1) return "bilevel";
  return model === "gray" ? "gray" : "rgb";
}

function extraSamplesOf({ encoding: { layout, model } }: Level): TreatedPicture["extraSamples"] {
  if (layout.alpha !== undefined) return "alpha";
  return layout.samplesPerPixel > colorSamples[model] ? "other" : "none";
}

function refuseSamples({ encoding: { layout } }: Level, { settings, keepsDepth }: PlanOptions): void {
  const { bits, format } = layout;
  if (format === "float" || bits > 16) {
    const kind = format === "float" ? "floating point samples" : `samples of ${bits} bits`;
    const command = "vips cast IN OUT.tif uchar, after scaling its samples as they are meant to be seen";
    throw beyondRemake(`has ${kind}, for which there is no standard rendering`, command);
  }
  if (keepsDepth === true && bits > 8) {
    const command = ingestCommand({ ...settings, compression: "deflate" }, "--keep-depth");
    throw beyondRemake(`has ${bits} bits a sample, of which the service writes 8`, command);
  }
}

function reasonOf(fault: unknown): string {
  return fault instanceof Error ? fault.message.replace(/\.$/, "") : String(fault);
}
