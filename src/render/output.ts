import type { CodecModules } from "../codec/tile-decoder.ts";
import { encodeWebp } from "../codec/webp-encoder.ts";
import type { Size } from "../geometry.ts";
import { interleaveRgba } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { colorPlanes, type Plane, type Raster, subsamplingOf } from "../raster/raster.ts";
import { copyPlane, cropPlane } from "../raster/samples.ts";
import { type Envelope, wrapInEnvelope } from "./envelope.ts";
import { finishRaster } from "./finish.ts";
import type { DrawPlan } from "./plan.ts";
import { openRowEncoder } from "./row-encoder.ts";
import type { ColoredStrip } from "./strip-colors.ts";
import { isWholeNeeded } from "./whole.ts";

/** The encoders' settings and the modules of codecs that are not our own. */
export interface EncoderSettings {
  readonly jpegQuality: number;
  readonly webpQuality: number;
  readonly webpModule: WebAssembly.Module;
  readonly modules: CodecModules;
}

/** The settings of one picture. */
export interface OutputSettings extends EncoderSettings {
  readonly envelope: Envelope;
}

/** Where strips go: pieces of the encoded picture come out, some with each strip or all at the end. */
export interface Output {
  write(strip: ColoredStrip): readonly Uint8Array[];
  finish(): Promise<readonly Uint8Array[]>;
}

/** Opens the output of a plan: straight into the encoder, or collected where the whole picture is needed first. */
export function openOutput(kernel: Kernel, plan: DrawPlan, settings: OutputSettings): Output {
  return isWholeNeeded(plan) ? collectingOutput(kernel, plan, settings) : rowOutput(kernel, plan, settings);
}

/** What is told of a picture before its rows come. */
function formOf({ colors }: DrawPlan, size: Size): Pick<Raster, "model" | "subsampling"> & Size {
  const { model } = colors;
  const subsampling = model === "ycbcr" ? ({ x: 2, y: 2 } as const) : ({ x: 1, y: 1 } as const);
  return { ...size, model, subsampling };
}

function rowOutput(kernel: Kernel, plan: DrawPlan, settings: OutputSettings): Output {
  const { jpegQuality, envelope } = settings;
  const raster = { ...formOf(plan, plan.size), hasAlpha: plan.colors.keepsAlpha };
  const encoder = openRowEncoder(kernel, plan, { raster, jpegQuality, envelope });
  return { write: (strip) => encoder.write(strip), finish: async () => encoder.finish() };
}

function collectingOutput(kernel: Kernel, plan: DrawPlan, settings: OutputSettings): Output {
  const { size, colors } = plan;
  const form = formOf(plan, size);
  const allocate = (index: number): Plane => {
    const { x, y } = subsamplingOf(form, index);
    return kernel.allocatePlane(Math.ceil(size.width / x), Math.ceil(size.height / y));
  };
  const planes = Array.from({ length: colorPlanes[colors.model] }, (_, index) => allocate(index));
  const alpha = colors.keepsAlpha ? allocate(planes.length) : undefined;
  let done = 0;
  const collect = (source: Plane | undefined, plane: Plane, factor: number): void => {
    if (source === undefined) throw new RangeError("a strip lacks a plane");
    const y = Math.ceil(done / factor);
    copyPlane(kernel, source, cropPlane(plane, { x: 0, y, width: plane.width, height: source.height }));
  };
  return {
    write(strip) {
      planes.forEach((plane, index) => {
        collect(strip.planes[index], plane, subsamplingOf(form, index).y);
      });
      if (alpha !== undefined) collect(strip.alpha, alpha, 1);
      done += strip.rows;
      return [];
    },
    async finish() {
      const whole: Raster = { ...form, planes, ...(alpha === undefined ? {} : { alpha }) };
      return encodeWhole(kernel, plan, { raster: finishRaster(kernel, plan, whole), settings });
    },
  };
}

async function encodeWhole(
  kernel: Kernel,
  plan: DrawPlan,
  { raster, settings }: { readonly raster: Raster; readonly settings: OutputSettings },
): Promise<readonly Uint8Array[]> {
  const { jpegQuality, envelope, webpModule: module, webpQuality: quality } = settings;
  if (plan.format === "webp") {
    const webp = await encodeWebp(interleaveRgba(kernel, raster), raster, { module, quality });
    return [wrapInEnvelope(webp, envelope)];
  }
  const picture = { ...raster, hasAlpha: raster.alpha !== undefined };
  const encoder = openRowEncoder(kernel, plan, { raster: picture, jpegQuality, envelope });
  return [...encoder.write({ planes: raster.planes, alpha: raster.alpha, rows: raster.height }), ...encoder.finish()];
}
