import { encodeGif } from "../codec/gif/encoder.ts";
import type { Size } from "../geometry.ts";
import { interleaveRgba } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { noTurn } from "../raster/orientation.ts";
import { colorPlanes, type Plane, type Raster, type RasterForm, rasterOf, subsamplingOf } from "../raster/raster.ts";
import { copyPlane, cropPlane } from "../raster/samples.ts";
import type { Envelope } from "./envelope.ts";
import { openPauses } from "./pauses.ts";
import type { DrawPlan } from "./plan.ts";
import { rotatedOutput, rotationOf } from "./rotated-output.ts";
import { type EncodedPicture, openRowEncoder, plainForm, type Qualities } from "./row-encoder.ts";
import { layOutPlainTiff } from "./tiff-encoder.ts";
import { turnedStrips } from "./turned-whole.ts";
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
  finish(): Promise<Iterable<Piece | Promise<Piece>> | AsyncIterable<Piece>>;
}

/**
 * Opens the output of a plan: straight into the encoder, or collected if the whole picture is needed first; rotated on the
 * way there.
 */
export function openOutput(kernel: Kernel, plan: DrawPlan, inputs: OutputInputs): Output {
  const { pause } = inputs;
  const pauses = openPauses(pause);
  const encoded = { ...inputs, pauses };
  const output = isWholeNeeded(plan)
    ? collectingOutput(kernel, plan, { pause, encode: (strips) => encodeStrips(kernel, plan, strips, encoded) })
    : rowOutput(kernel, plan, encoded);
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
  /** Encodes it strip by strip, as it is after its turn. */
  readonly encode: (strips: Iterable<Raster>) => AsyncIterable<Piece>;
}

/** Opens an output that collects all strips and turns the picture once all of it is there. Throws `render-memory`. */
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
      await pause?.();
      return encode(turnedStrips(kernel, rasterOf(form, planes), isTurnedWhole(plan) ? plan.turn : noTurn));
    },
  };
}

async function* encodeStrips(
  kernel: Kernel,
  plan: DrawPlan,
  strips: Iterable<Raster>,
  { pause, ...inputs }: OutputInputs & Pick<EncodedPicture, "pauses">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { envelope, pauses } = inputs;
  const { canvas } = plan;
  if (isEncodedWhole(plan)) {
    yield await encodeGif(interleaveStrips(kernel, strips, canvas), canvas, { xmp: envelope.xmp, pause });
    return;
  }
  const encoder = openRowEncoder(kernel, plan, { ...inputs, form: { ...formOf(plan), ...canvas } });
  for (const strip of strips) {
    yield* encoder.write(strip);
    await pauses.after(strip.width * strip.height);
  }
  yield* await encoder.finish();
}

/** Returns a picture of `size` as red, green, blue and alpha. */
function interleaveStrips(kernel: Kernel, strips: Iterable<Raster>, { width, height }: Size): Uint8Array<ArrayBuffer> {
  const rgba = new Uint8Array(4 * width * height);
  let at = 0;
  for (const strip of strips) {
    if (strip.model !== "gray" && strip.model !== "rgb") throw new RangeError(`${strip.model} as red, green and blue`);
    rgba.set(interleaveRgba(kernel, strip), at);
    at += 4 * width * strip.height;
  }
  return rgba;
}
