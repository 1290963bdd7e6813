import { encodeGif } from "../codec/gif/encoder.ts";
import { encodeWebp } from "../codec/webp-encoder.ts";
import { wrapWebp } from "../metadata/webp-container.ts";
import { interleaveRgba } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { colorPlanes, type Plane, type Raster, type RasterForm, rasterOf, subsamplingOf } from "../raster/raster.ts";
import { copyPlane, cropPlane } from "../raster/samples.ts";
import type { Envelope } from "./envelope.ts";
import { openPauses } from "./pauses.ts";
import type { DrawPlan } from "./plan.ts";
import { rotatedOutput, rotationOf } from "./rotated-output.ts";
import { openRowEncoder, plainForm, type Qualities } from "./row-encoder.ts";
import { layOutPlainTiff } from "./tiff-encoder.ts";
import { turnRaster } from "./turned-whole.ts";
import { isEncodedWhole, isEncodedWithAlpha, isTurnedWhole, isWholeNeeded } from "./whole.ts";

/** What an output takes next to its plan. */
export interface OutputInputs {
  readonly qualities: Qualities;
  readonly envelope: Envelope;
  /** Called between the steps of a picture that is rotated or collected whole. */
  readonly pause: (() => Promise<void>) | undefined;
}

/** Where strips go: pieces of the encoded picture come out, some with each strip or all at the end. */
export interface Output<Piece = Uint8Array> {
  /** What comes out is made as it is taken. */
  write(strip: Raster): Iterable<Piece | Promise<Piece>> | AsyncIterable<Piece>;
  finish(): Promise<Iterable<Piece | Promise<Piece>>>;
}

/**
 * Opens the output of a plan: straight into the encoder, or collected if the whole picture is needed first; rotated on the
 * way there.
 */
export function openOutput(kernel: Kernel, plan: DrawPlan, inputs: OutputInputs): Output {
  const encode = (raster: Raster): Promise<readonly Uint8Array[]> => encodeWhole(kernel, plan, { raster, inputs });
  const output = isWholeNeeded(plan)
    ? collectingOutput(kernel, plan, { pause: inputs.pause, encode })
    : rowOutput(kernel, plan, inputs);
  const request = rotationOf(plan);
  if (request === undefined) return output;
  return rotatedOutput(kernel, { plan, request, pauses: openPauses(inputs.pause) }, output);
}

/** What is told of a picture before its rows come: of one that is rotated, as its canvas has them. */
function formOf(plan: DrawPlan): RasterForm & { readonly hasAlpha: boolean } {
  const { colors, degrees, size, canvas } = plan;
  const { model } = colors;
  return {
    ...(degrees === 0 ? size : canvas),
    model,
    subsampling: model === "ycbcr" ? { x: 2, y: 2 } : { x: 1, y: 1 },
    hasAlpha: isEncodedWithAlpha(plan),
  };
}

/** Returns how many bytes a stream comes to, if that is known before it is drawn: of TIFF alone. */
export function streamBytes(plan: DrawPlan, envelope: Envelope): number | undefined {
  if (plan.format !== "tif" || plan.kind !== "stream") return undefined;
  const { canvas, quality } = plan;
  return layOutPlainTiff({ ...plainForm(formOf(plan), quality), ...canvas, envelope }).size;
}

function rowOutput(kernel: Kernel, plan: DrawPlan, { qualities, envelope }: OutputInputs): Output {
  const form = formOf(plan);
  const encoder = openRowEncoder(kernel, plan, { form, qualities, envelope });
  return { write: (strip) => encoder.write(strip), finish: async () => encoder.finish() };
}

/** What becomes of a picture that is collected. */
export interface Collected<Piece> {
  readonly pause: (() => Promise<void>) | undefined;
  /** Encodes it once it is turned. */
  readonly encode: (raster: Raster) => Promise<Iterable<Piece | Promise<Piece>>>;
}

/** Opens an output that collects all strips and turns the picture before any of it is encoded. Throws `render-memory`. */
export function collectingOutput<Piece>(
  kernel: Kernel,
  plan: DrawPlan,
  { pause, encode }: Collected<Piece>,
): Output<Piece> {
  const form = formOf(plan);
  const { width, height, model, hasAlpha } = form;
  const allocate = (index: number): Plane => {
    const { x, y } = subsamplingOf(form, index);
    return kernel.allocatePlane(Math.ceil(width / x), Math.ceil(height / y));
  };
  const count = colorPlanes[model] + (hasAlpha ? 1 : 0);
  const planes = Array.from({ length: count }, (_, index) => allocate(index));
  let done = 0;
  return {
    write(strip) {
      const sources = strip.alpha === undefined ? strip.planes : [...strip.planes, strip.alpha];
      for (const [index, plane] of planes.entries()) {
        const source = sources[index];
        if (source === undefined) throw new RangeError(`a strip without plane ${index}`);
        const y = Math.ceil(done / subsamplingOf(form, index).y);
        copyPlane(kernel, source, cropPlane(plane, { x: 0, y, width: plane.width, height: source.height }));
      }
      done += strip.height;
      return [];
    },
    async finish() {
      const raster = rasterOf(form, planes);
      const turned = isTurnedWhole(plan) ? turnRaster(kernel, raster, plan) : raster;
      await pause?.();
      return encode(turned);
    },
  };
}

async function encodeWhole(
  kernel: Kernel,
  plan: DrawPlan,
  { raster, inputs }: { readonly raster: Raster; readonly inputs: OutputInputs },
): Promise<readonly Uint8Array[]> {
  const { qualities, envelope, pause } = inputs;
  if (plan.format === "gif" && (raster.model === "gray" || raster.model === "rgb")) {
    return [await encodeGif(interleaveRgba(kernel, raster), raster, { xmp: envelope.xmp, pause })];
  }
  if (plan.format === "webp" && isEncodedWhole(plan) && (raster.model === "gray" || raster.model === "rgb")) {
    const { webpEncoder: module } = kernel.codecs;
    const webp = await encodeWebp(interleaveRgba(kernel, raster), raster, { module, quality: qualities.webp });
    return [wrapWebp(webp, envelope)];
  }
  const form = { ...raster, hasAlpha: raster.alpha !== undefined };
  const encoder = openRowEncoder(kernel, plan, { form, qualities, envelope });
  return [...encoder.write(raster), ...encoder.finish()];
}
