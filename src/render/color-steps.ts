import type { DecodedGrid } from "../pyramid/decoded-grid.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import { type ColorPath, type ColorRequest, isSampledHalved } from "./color-path.ts";
import type { AxisSampling } from "./level.ts";
import type { RedactionStep } from "./redaction.ts";
import { isShrunk, type Shrink } from "./shrink.ts";
import type { WatermarkStep } from "./watermark.ts";

/** One thing that is done to the colours of a picture. */
export type ColorStep = PlainStep | RedactionStep | WatermarkStep;

/** What is done to all colours alike. */
export interface PlainStep {
  readonly kind:
    | "to-rgb"
    | "to-ycbcr"
    | "to-gray"
    | "multiply-by-alpha"
    | "divide-by-alpha"
    | "color-table"
    | "on-white"
    | "multiplied-on-white"
    | "halve-chroma"
    | "threshold";
}

/** All that is done to the colours of one picture, in order. */
export interface ColorSteps {
  /** RGB tiles are decoded straight to YCbCr with its chroma halved. */
  readonly halvesTiles: boolean;
  /** On rows of the level as they are decoded, before they are resampled. */
  readonly rows: readonly ColorStep[];
  /** On strips of the output. */
  readonly strips: readonly ColorStep[];
  /** On strips of the canvas that the picture is rotated on. */
  readonly rotated: readonly ColorStep[];
}

/** What the steps depend on next to the path. */
export interface StepFacts extends Pick<ColorRequest, "quality"> {
  /** The part of the rotation that is not a quarter turn, clockwise. */
  readonly degrees: number;
  readonly layout: TileEncoding["layout"];
  readonly grid: DecodedGrid;
  readonly x: AxisSampling;
  readonly y: AxisSampling;
  readonly shrink: Shrink;
  /**
   * Nothing is made of what tiles hold beyond the edge of the level: a writer may have left there what was in its memory,
   * which may be what is redacted.
   */
  readonly isPaddingHidden?: boolean | undefined;
  /** What is blanked before anything else is done, and what is put over the colours at their end. */
  readonly redaction?: RedactionStep | undefined;
  readonly watermark?: WatermarkStep | undefined;
}

/** Plans the steps along a path. */
export function planColorSteps(path: ColorPath, facts: StepFacts): ColorSteps {
  const halvesTiles = isDecodedHalved(path, facts);
  const { isMultiplied, isPremultiplied } = multiplication(path, facts);
  const isRgb = path.source === "rgb" && !halvesTiles;
  return {
    halvesTiles,
    rows: steps(
      facts.redaction,
      isRgb && path.sampled === "gray" && "to-gray",
      isRgb && path.sampled === "ycbcr" && "to-ycbcr",
      isMultiplied && "multiply-by-alpha",
    ),
    strips: stripSteps(path, facts, isPremultiplied ? "multiplied" : "straight"),
    // In the order of the parameters: the threshold comes after the rotation.
    rotated: steps(facts.quality === "bitonal" && facts.degrees !== 0 && "threshold"),
  };
}

function stripSteps(
  path: ColorPath,
  { quality, degrees, watermark }: StepFacts,
  alpha: "multiplied" | "straight",
): readonly ColorStep[] {
  const { sampled, model, isManaged, hasAlpha, keepsAlpha } = path;
  const isMultiplied = hasAlpha && alpha === "multiplied";
  const isDivided = isMultiplied && (keepsAlpha || isManaged);
  const isOnWhite = hasAlpha && !keepsAlpha;
  const onWhite = isMultiplied && !isDivided ? "multiplied-on-white" : "on-white";
  return steps(
    sampled === "ycbcr" && !isSampledHalved(path) && "to-rgb",
    isDivided && "divide-by-alpha",
    isManaged && "color-table",
    isOnWhite && onWhite,
    sampled !== "gray" && model === "gray" && "to-gray",
    model === "ycbcr" && !isSampledHalved(path) && "halve-chroma",
    watermark,
    quality === "bitonal" && degrees === 0 && "threshold",
    // A rotation takes colours multiplied by alpha, and gives them back without.
    keepsAlpha && degrees !== 0 && "multiply-by-alpha",
  );
}

/**
 * Chroma is halved as tiles are decoded: nothing is lost by that unless the picture is enlarged, and nothing won where it
 * is shrunk at once.
 */
function isDecodedHalved(
  { source, sampled }: ColorPath,
  { grid, x, y, shrink, isPaddingHidden = false }: StepFacts,
): boolean {
  const isEven = grid.tileWidth % 2 === 0 && grid.tileLength % 2 === 0;
  const isReduced = Math.min(x.step, y.step) >= 1 && !isShrunk(shrink);
  return source === "rgb" && sampled === "ycbcr" && isReduced && isEven && !isPaddingHidden;
}

/**
 * Colours are resampled multiplied by their alpha, so that those of invisible pixels do not show at the edges. What is
 * copied stays as it is stored, because multiplying loses depth.
 */
function multiplication(
  { source, hasAlpha }: ColorPath,
  { layout, x, y }: StepFacts,
): { readonly isMultiplied: boolean; readonly isPremultiplied: boolean } {
  // The chroma of YCbCr may have fewer samples than its alpha.
  if (!hasAlpha || source === "ycbcr") return { isMultiplied: false, isPremultiplied: false };
  const isAssociated = layout.alpha?.isAssociated === true;
  const isMultiplied = !isAssociated && !(isCopied(x) && isCopied(y));
  return { isMultiplied, isPremultiplied: isAssociated || isMultiplied };
}

function isCopied({ start, step }: AxisSampling): boolean {
  return step === 1 && Number.isInteger(start);
}

function steps(...planned: readonly (PlainStep["kind"] | ColorStep | false | undefined)[]): readonly ColorStep[] {
  return planned
    .filter((step) => step !== false && step !== undefined)
    .map((step) => (typeof step === "string" ? { kind: step } : step));
}
