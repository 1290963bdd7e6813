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
import { type EncodedPicture, openRowEncoder, plainForm, type Qualities } from "./row-encoder.ts";
import { stripRows } from "./strips.ts";
import { layOutPlainTiff } from "./tiff-encoder.ts";
import { turnRaster } from "./turned-whole.ts";
import { isEncodedWhole, isEncodedWithAlpha, isTurnedWhole, isWholeNeeded } from "./whole.ts";

/** What an output takes next to its plan. */
export interface OutputInputs {
  readonly qualities: Qualities;
  readonly envelope: Envelope;
  /** Called between the steps of a picture that is rotated, collected whole, or encoded at its end. */
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
  const { pause } = inputs;
  const pauses = openPauses(pause);
  const encode = (raster: Raster): Promise<readonly Uint8Array[]> => encodeWhole(kernel, plan, { raster, inputs });
  const output = isWholeNeeded(plan)
    ? collectingOutput(kernel, plan, { pause, encode })
    : rowOutput(kernel, plan, { ...inputs, pauses });
  const request = rotationOf(plan);
  return request === undefined ? output : rotatedOutput(kernel, { plan, request, pauses }, output);
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

function rowOutput(kernel: Kernel, plan: DrawPlan, inputs: Omit<EncodedPicture, "form">): Output {
  const encoder = openRowEncoder(kernel, plan, { ...inputs, form: formOf(plan) });
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
  const pauses = openPauses(pause);
  const encoder = openRowEncoder(kernel, plan, { form, qualities, envelope, pauses });
  const pieces: Uint8Array[] = [];
  for (let y = 0; y < raster.height; y += stripRows) {
    const strip = cropRows(raster, y, Math.min(stripRows, raster.height - y));
    pieces.push(...encoder.write(strip));
    await pauses.after(strip.width * strip.height);
  }
  return [...pieces, ...(await encoder.finish())];
}

/** Returns some rows of a picture, which begin at whole samples of its chroma; they share its memory. */
function cropRows({ planes, alpha, ...form }: Raster, y: number, height: number): Raster {
  const all = alpha === undefined ? planes : [...planes, alpha];
  const rows = all.map((plane, index) => {
    const step = subsamplingOf(form, index).y;
    return cropPlane(plane, { x: 0, y: y / step, width: plane.width, height: Math.ceil(height / step) });
  });
  return rasterOf({ ...form, height }, rows);
}
