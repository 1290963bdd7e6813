import { applyColorTable, type ColorTable, storeColorTable } from "../color/table.ts";
import { composePremultipliedOnWhite, unpremultiply } from "../raster/alpha.ts";
import { composeOnWhite, rgbToGray, rgbToYcbcrHalved, type ThreePlanes, ycbcrToRgb } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { colorPlanes, type Plane } from "../raster/raster.ts";
import { thresholdPlane } from "../raster/tone.ts";
import type { ColorPath } from "./color-path.ts";
import type { DrawPlan } from "./plan.ts";
import { type Strip, stripRows } from "./strips.ts";

/** Output rows as the encoder takes them: the planes of a colour model, alpha where the output keeps it. */
export interface ColoredStrip extends Strip {
  readonly alpha: Plane | undefined;
}

/** Brings a strip from what was sampled to what the encoder takes, writing over it. */
export type StripColors = (strip: Strip) => ColoredStrip;

/** What the colours of a plan depend on beside it. */
export interface ColorInputs {
  /** To sRGB; undefined where the colours are taken for sRGB as they are. */
  readonly table: ColorTable | undefined;
  /** Whether the sampled colours were multiplied by their alpha. */
  readonly isPremultiplied: boolean;
}

/** Says whether the strips of a plan are written over before they are encoded. */
export function isRecolored(plan: Pick<DrawPlan, "colors" | "quality" | "degrees">): boolean {
  const { sampled, model, isManaged, hasAlpha } = plan.colors;
  return sampled !== model || isManaged || hasAlpha || isThresholded(plan);
}

/** Prepares the colours of a plan: tables and scratch are taken out of the kernel's arena. Throws `render-memory`. */
export function openStripColors(kernel: Kernel, plan: DrawPlan, { table, isPremultiplied }: ColorInputs): StripColors {
  const { colors, size } = plan;
  const { sampled, model, keepsAlpha } = colors;
  const stored = colors.isManaged && table !== undefined ? storeColorTable(kernel, table) : undefined;
  const halvedWidth = Math.ceil(size.width / 2);
  const halved = isHalved(colors) ? [0, 1].map(() => kernel.allocatePlane(halvedWidth, stripRows / 2)) : [];
  const colorCount = colorPlanes[sampled];
  return ({ planes, rows }) => {
    const alpha = colors.hasAlpha ? planes[colorCount] : undefined;
    let colored = planes.slice(0, colorCount);
    if (sampled === "ycbcr" && !isSampledHalved(colors)) toRgb(kernel, colored);
    const isStraightened = isPremultiplied && alpha !== undefined && (keepsAlpha || stored !== undefined);
    if (isStraightened) for (const plane of colored) unpremultiply(kernel, { plane, alpha });
    if (stored !== undefined) {
      const destination = colored.slice(0, stored.output === "gray" ? 1 : 3);
      applyColorTable(kernel, stored, { source: colored, destination });
      colored = destination;
    }
    if (alpha !== undefined && !keepsAlpha) {
      const compose = isPremultiplied && !isStraightened ? composePremultipliedOnWhite : composeOnWhite;
      for (const plane of colored) compose(kernel, { plane, alpha });
    }
    if (colored.length === 3 && model === "gray") colored = [toGray(kernel, colored)];
    else if (halved.length > 0) colored = toHalvedYcbcr(kernel, colored, { halved, rows });
    const [first] = colored;
    if (isThresholded(plan) && first !== undefined) thresholdPlane(kernel, first);
    return { rows, planes: colored, alpha: keepsAlpha ? alpha : undefined };
  };
}

/** Chroma is halved in strips where it was not sampled so. */
function isHalved({ sampled, model, isManaged, hasAlpha }: ColorPath): boolean {
  return model === "ycbcr" && (sampled !== "ycbcr" || isManaged || hasAlpha);
}

/** Whether what is sampled goes to the encoder as YCbCr, chroma halved as it was sampled. */
export function isSampledHalved(colors: ColorPath): boolean {
  return colors.model === "ycbcr" && !isHalved(colors);
}

function toRgb(kernel: Kernel, planes: readonly Plane[]): void {
  const three = planes as unknown as ThreePlanes;
  ycbcrToRgb(kernel, { source: three, destination: three });
}

function toGray(kernel: Kernel, planes: readonly Plane[]): Plane {
  const source = planes as unknown as ThreePlanes;
  rgbToGray(kernel, { source, destination: source[0] });
  return source[0];
}

/** Luma takes the place of red. */
function toHalvedYcbcr(
  kernel: Kernel,
  planes: readonly Plane[],
  { halved, rows }: { readonly halved: readonly Plane[]; readonly rows: number },
): Plane[] {
  const source = planes as unknown as ThreePlanes;
  const chroma = halved.map((plane) => ({ ...plane, height: Math.ceil(rows / 2) }));
  const destination = [source[0], ...chroma] as unknown as ThreePlanes;
  rgbToYcbcrHalved(kernel, { source, destination });
  return [...destination];
}

/** A picture that is still to be rotated gets its threshold behind that, as the order of the parameters asks. */
function isThresholded({ quality, degrees }: Pick<DrawPlan, "quality" | "degrees">): boolean {
  return quality === "bitonal" && degrees === 0;
}
