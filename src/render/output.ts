import { encodeWebp } from "../codec/webp-encoder.ts";
import { interleaveRgba } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Subsampling } from "../raster/raster.ts";
import { copyPlane, cropPlane } from "../raster/samples.ts";
import { finishRaster } from "./finish.ts";
import { type DrawPlan, isWholeNeeded } from "./plan.ts";
import { openRowEncoder } from "./row-encoder.ts";
import type { Strip } from "./strips.ts";
import { toneStrip } from "./tone-strip.ts";

/** The encoders' settings and the modules of those that are not our own. */
export interface EncoderSettings {
  readonly jpegQuality: number;
  readonly webpQuality: number;
  readonly webpModule: WebAssembly.Module;
}

/** Where strips go: pieces of the encoded picture come out, some with each strip or all at the end. */
export interface Output {
  write(strip: Strip): readonly Uint8Array[];
  finish(): Promise<readonly Uint8Array[]>;
}

/** Opens the output of a plan: straight into the encoder, or collected where the whole picture is needed first. */
export function openOutput(kernel: Kernel, plan: DrawPlan, settings: EncoderSettings): Output {
  return isWholeNeeded(plan) ? collectingOutput(kernel, plan, settings) : rowOutput(kernel, plan, settings);
}

/** Returns how chroma of the strips of a plan is subsampled, in output pixels a sample. Never throws. */
export function outputSubsampling({ model }: Pick<DrawPlan, "model">): Subsampling {
  return model === "ycbcr" ? { x: 2, y: 2 } : { x: 1, y: 1 };
}

function rowOutput(kernel: Kernel, plan: DrawPlan, settings: EncoderSettings): Output {
  const { size, model } = plan;
  const raster = { ...size, model, subsampling: outputSubsampling(plan) };
  const encoder = openRowEncoder(kernel, plan, { raster, jpegQuality: settings.jpegQuality });
  return {
    write(strip) {
      toneStrip(kernel, plan, strip);
      return encoder.write(strip);
    },
    finish: async () => encoder.finish(),
  };
}

function collectingOutput(kernel: Kernel, plan: DrawPlan, settings: EncoderSettings): Output {
  const { size, model } = plan;
  const subsampling = outputSubsampling(plan);
  const planes = Array.from({ length: model === "gray" ? 1 : 3 }, (_, index) =>
    index === 0
      ? kernel.allocatePlane(size.width, size.height)
      : kernel.allocatePlane(Math.ceil(size.width / subsampling.x), Math.ceil(size.height / subsampling.y)),
  );
  let done = 0;
  return {
    write(strip) {
      toneStrip(kernel, plan, strip);
      planes.forEach((plane, index) => {
        const source = strip.planes[index];
        if (source === undefined) throw new RangeError("a strip lacks a plane");
        const y = index === 0 ? done : Math.ceil(done / subsampling.y);
        copyPlane(kernel, source, cropPlane(plane, { x: 0, y, width: plane.width, height: source.height }));
      });
      done += strip.rows;
      return [];
    },
    async finish() {
      const raster = finishRaster(kernel, plan, { model, ...size, subsampling, planes });
      if (plan.format === "webp") {
        const { webpModule: module, webpQuality: quality } = settings;
        return [await encodeWebp(interleaveRgba(kernel, raster), raster, { module, quality })];
      }
      const encoder = openRowEncoder(kernel, plan, { raster, jpegQuality: settings.jpegQuality });
      const rows = { planes: raster.planes, alpha: raster.alpha, rows: raster.height };
      return [...encoder.write(rows), ...encoder.finish()];
    },
  };
}
