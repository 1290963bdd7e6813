import { applyColorTable, type ColorTable, storeColorTable } from "../color/table.ts";
import { composePremultipliedOnWhite, premultiply, unpremultiply, type WeighedPlane } from "../raster/alpha.ts";
import { composeOnWhite, rgbToGray, rgbToYcbcr, rgbToYcbcrHalved, ycbcrToRgb } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type ColorModel, type Raster, type RasterOf, rasterOf } from "../raster/raster.ts";
import { thresholdPlane } from "../raster/tone.ts";
import { redact } from "./blanking.ts";
import type { ColorStep, PlainStep } from "./color-steps.ts";
import { openWatermark } from "./watermark-drawing.ts";

/** What steps are opened for. */
export interface StepShape {
  /** The most pixels of a row and the most rows that they are applied to at once. */
  readonly width: number;
  readonly height: number;
  /** From the master's colours to sRGB; without one the colours are taken to be sRGB already. */
  readonly table: ColorTable | undefined;
}

/** Where the first sample of a raster lies in the rows that steps are done to. */
export interface RasterPlace {
  readonly x: number;
  readonly y: number;
}

/** Does all steps to a picture, or to some rows of one, in place as far as the samples fit. */
export type ApplySteps = (raster: Raster, at: RasterPlace) => Raster;

/** Opens steps: what they need is taken out of the kernel's arena once. Throws `render-memory`. */
export function openSteps(kernel: Kernel, steps: readonly ColorStep[], shape: StepShape): ApplySteps {
  const opened = steps.map((step) => openStep(kernel, step, shape));
  return (raster, at) => opened.reduce((result, apply) => apply(result, at), raster);
}

function openStep(kernel: Kernel, step: ColorStep, shape: StepShape): ApplySteps {
  switch (step.kind) {
    case "redact":
      return (raster, at) => {
        redact(kernel, raster, { step, at });
        return raster;
      };
    case "watermark": {
      const put = openWatermark(kernel, step, shape.height);
      return (raster, { y }) => {
        put(raster, y);
        return raster;
      };
    }
    default:
      return openPlainStep[step.kind](kernel, shape);
  }
}

const openPlainStep: Readonly<Record<PlainStep["kind"], (kernel: Kernel, shape: StepShape) => ApplySteps>> = {
  "to-rgb": (kernel) => (raster) => {
    const { planes, ...form } = expect(raster, "ycbcr");
    ycbcrToRgb(kernel, { source: planes, destination: planes });
    return { ...form, planes, model: "rgb" };
  },
  "to-ycbcr": (kernel) => (raster) => {
    const { planes, ...form } = expect(raster, "rgb");
    rgbToYcbcr(kernel, { source: planes, destination: planes });
    return { ...form, planes, model: "ycbcr" };
  },
  "to-gray": (kernel) => (raster) => {
    if (raster.model === "gray") return raster;
    const { planes, ...form } = expect(raster, "rgb");
    rgbToGray(kernel, { source: planes, destination: planes[0] });
    return { ...form, planes: [planes[0]], model: "gray" };
  },
  "multiply-by-alpha": (kernel) => weigh(kernel, premultiply),
  "divide-by-alpha": (kernel) => weigh(kernel, unpremultiply),
  "on-white": (kernel) => layOnWhite(kernel, composeOnWhite),
  "multiplied-on-white": (kernel) => layOnWhite(kernel, composePremultipliedOnWhite),
  "color-table": (kernel, { table }) => {
    const stored = table && storeColorTable(kernel, table);
    return (raster) => {
      if (stored === undefined) return raster;
      const { alpha, ...form } = raster;
      const colors = raster.planes.slice(0, stored.output === "gray" ? 1 : 3);
      applyColorTable(kernel, stored, { source: raster.planes, destination: colors });
      return rasterOf({ ...form, model: stored.output }, alpha === undefined ? colors : [...colors, alpha]);
    };
  },
  "halve-chroma": (kernel, { width, height }) => {
    const allocate = () => kernel.allocatePlane(Math.ceil(width / 2), Math.ceil(height / 2));
    const [blue, red] = [allocate(), allocate()];
    return (raster) => {
      const { planes, ...form } = expect(raster, "rgb");
      const rows = Math.ceil(raster.height / 2);
      // Luma takes the place of red.
      const halved = [planes[0], { ...blue, height: rows }, { ...red, height: rows }] as const;
      rgbToYcbcrHalved(kernel, { source: planes, destination: halved });
      return { ...form, model: "ycbcr", subsampling: { x: 2, y: 2 }, planes: halved };
    };
  },
  threshold: (kernel) => (raster) => {
    thresholdPlane(kernel, expect(raster, "gray").planes[0]);
    return raster;
  },
};

type WeighPlane = (kernel: Kernel, weighed: WeighedPlane) => void;

function weigh(kernel: Kernel, weighPlane: WeighPlane): ApplySteps {
  return (raster) => {
    const { alpha } = raster;
    if (alpha !== undefined) for (const plane of raster.planes) weighPlane(kernel, { plane, alpha });
    return raster;
  };
}

function layOnWhite(kernel: Kernel, compose: WeighPlane): ApplySteps {
  return (raster, at) => ({ ...weigh(kernel, compose)(raster, at), alpha: undefined });
}

function expect<Model extends ColorModel>(raster: Raster, model: Model): RasterOf<Model> {
  if (raster.model !== model) throw new RangeError(`a step of ${model} on ${raster.model}`);
  return raster as RasterOf<Model>;
}
