import { readJpegHeader } from "../codec/jpeg/header.ts";
import type { JpegRecoderOptions } from "../codec/jpeg/recoder.ts";
import { colorSamples, type StoredModel } from "../pyramid/color-model.ts";
import type { Level } from "../pyramid/level.ts";
import { isNoTurn } from "../raster/orientation.ts";
import type { AxisSampling } from "./level.ts";
import type { DrawPlan } from "./plan.ts";

/** Blocks of tiles lie where those of the picture do if both begin at multiples of this: MCUs of halved chroma. */
const mcuSide = 16;

/**
 * Returns whether a picture is a JPEG of JPEG tiles in their own size, and nothing else is done to them: it can be made of
 * their coefficients.
 */
export function isRecoded(plan: Omit<DrawPlan, "cost" | "isRecoded" | "keptBytes">): boolean {
  const { stored, format, x, y, size, window, steps, colors, reduction, tileTurn, turn, degrees } = plan;
  const { encoding, isStripped, tileWidth, tileLength } = stored;
  const { model, layout } = encoding;
  const isOfColors = recodedModel(model) !== undefined && layout.samplesPerPixel === colorSamples[model];
  const isOfTiles = encoding.compression === "jpeg" && !isStripped && !encoding.isInverted && isOfColors;
  const isOnBlocks = tileWidth % mcuSide === 0 && tileLength % mcuSide === 0;
  const isUpright = isNoTurn(tileTurn) && isNoTurn(turn) && degrees === 0;
  const isOneToOne =
    reduction === 1 &&
    isPart(x, { start: window.x, length: window.width, output: size.width }) &&
    isPart(y, { start: window.y, length: window.height, output: size.height });
  const isPlain = [steps.rows, steps.strips, steps.rotated].every((list) => list.length === 0);
  const areColorsKept = colors.source === "gray" || colors.model === "ycbcr";
  return format === "jpg" && isOfTiles && isOnBlocks && isUpright && isOneToOne && isPlain && areColorsKept;
}

function isPart(
  { start, step }: AxisSampling,
  window: { readonly start: number; readonly length: number; readonly output: number },
): boolean {
  return step === 1 && start === window.start && start % mcuSide === 0 && window.length === window.output;
}

function recodedModel(model: StoredModel): JpegRecoderOptions["model"] | undefined {
  return model === "gray" || model === "rgb" || model === "ycbcr" ? model : undefined;
}

/** The sampling factors of components whose blocks are those of the picture, or become them four by four. */
const recodedFactors: Readonly<Record<string, string>> = { gray: "", ycbcr: "2x2 1x1 1x1", rgb: "1x1 1x1 1x1" };

/** Returns whether a tile, as its header says, is made of the blocks that are expected. Throws `source-malformed`. */
export function isRecodable({ encoding }: Pick<Level, "encoding">, tile: Uint8Array | undefined): boolean {
  if (tile === undefined) return false;
  const { components, process } = readJpegHeader(tile);
  const factors = components.map(({ horizontal, vertical }) => `${horizontal}x${vertical}`).join(" ");
  const isSequential = process === "baseline" || process === "extended";
  return isSequential && (encoding.model === "gray" || factors === recodedFactors[encoding.model]);
}

/** Returns what a recoder is told of the tiles of a picture that `isRecoded`. */
export function recodedTiles({
  grid,
  window,
  stored,
}: Pick<DrawPlan, "grid" | "window" | "stored">): Pick<JpegRecoderOptions, "model" | "tile" | "columns"> {
  const model = recodedModel(stored.encoding.model);
  if (model === undefined) throw new RangeError(`tiles of ${stored.encoding.model} are not recoded`);
  const firstColumn = Math.floor(window.x / grid.tileWidth);
  const columns = Math.floor((window.x + window.width - 1) / grid.tileWidth) - firstColumn + 1;
  return { model, tile: { width: grid.tileWidth, height: grid.tileLength }, columns };
}
