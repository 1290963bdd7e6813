import { concatenate } from "../bytes.ts";
import { createJpegEncoder } from "../codec/jpeg/encoder.ts";
import { encodePng } from "../codec/png-encoder.ts";
import { encodeWebp } from "../codec/webp-encoder.ts";
import { interleaveRgba } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Raster, Subsampling } from "../raster/raster.ts";
import { copyPlane, cropPlane } from "../raster/samples.ts";
import { finishRaster } from "./finish.ts";
import { type DrawPlan, isWholeNeeded } from "./plan.ts";
import type { Strip } from "./strips.ts";
import { toneStrip } from "./tone-strip.ts";

/** The encoders' settings and the modules of those that are not our own. */
export interface EncoderSettings {
  readonly jpegQuality: number;
  readonly webpQuality: number;
  readonly pngModule: WebAssembly.Module;
  readonly webpModule: WebAssembly.Module;
}

/** Where strips go: pieces of the encoded picture come out, some with each strip or all at the end. */
export interface Output {
  write(strip: Strip): readonly Uint8Array[];
  finish(): Promise<Uint8Array>;
}

/** Opens the output of a plan: straight into the JPEG encoder, or collected where the whole picture is needed first. */
export function openOutput(kernel: Kernel, plan: DrawPlan, settings: EncoderSettings): Output {
  return isWholeNeeded(plan) ? collectingOutput(kernel, plan, settings) : jpegOutput(kernel, plan, settings);
}

/** Returns how chroma of the strips of a plan is subsampled, in output pixels a sample. Never throws. */
export function outputSubsampling({ model }: Pick<DrawPlan, "model">): Subsampling {
  return model === "ycbcr" ? { x: 2, y: 2 } : { x: 1, y: 1 };
}

function jpegOutput(kernel: Kernel, plan: DrawPlan, settings: EncoderSettings): Output {
  const encoder = createJpegEncoder(kernel, {
    ...plan.size,
    model: plan.model === "gray" ? "gray" : "ycbcr",
    subsampling: outputSubsampling(plan),
    quality: settings.jpegQuality,
  });
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
    finish: () =>
      encodeWhole(kernel, finishRaster(kernel, plan, { model, ...size, subsampling, planes }), plan, settings),
  };
}

async function encodeWhole(
  kernel: Kernel,
  raster: Raster,
  plan: DrawPlan,
  settings: EncoderSettings,
): Promise<Uint8Array> {
  switch (plan.format) {
    case "jpg":
      return encodeWholeJpeg(kernel, raster, settings);
    case "png":
      return encodePng(interleaveRgba(kernel, raster), raster, settings.pngModule);
    case "webp":
      return encodeWebp(interleaveRgba(kernel, raster), raster, {
        module: settings.webpModule,
        quality: settings.webpQuality,
      });
  }
}

function encodeWholeJpeg(kernel: Kernel, raster: Raster, { jpegQuality }: EncoderSettings): Uint8Array {
  const { width, height, subsampling, planes } = raster;
  const model = raster.model === "gray" ? "gray" : "ycbcr";
  const encoder = createJpegEncoder(kernel, { width, height, model, subsampling, quality: jpegQuality });
  return concatenate([...encoder.write({ rows: height, planes }), encoder.finish()]);
}
