import type { Kernel } from "../raster/kernel.ts";
import type { Raster } from "../raster/raster.ts";
import { Rotation, type RotationRequest } from "../raster/rotation.ts";
import { openSteps } from "./apply-steps.ts";
import type { Output } from "./output.ts";
import type { Pauses } from "./pauses.ts";
import type { DrawPlan } from "./plan.ts";
import { stripRows } from "./strips.ts";

/** Returns the rotation of a plan; undefined if it has none but quarter turns. */
export function rotationOf({
  size,
  turn,
  degrees,
  canvas,
  colors,
  format,
}: Pick<DrawPlan, "size" | "turn" | "degrees" | "canvas" | "colors" | "format">): RotationRequest | undefined {
  if (degrees === 0) return undefined;
  const { model, keepsAlpha } = colors;
  if (model !== "gray" && model !== "rgb" && model !== "ycbcr") throw new RangeError(`a rotation of ${model}`);
  return {
    ...{ size, turn, degrees, canvas, model, hasAlpha: keepsAlpha, stripRows },
    chromaPixels: model === "ycbcr" ? 2 : 1,
    ground: format === "jpg" ? "white" : "transparent",
  };
}

/** Opens an output that rotates strips on their way to another one. Throws `render-memory`. */
export function rotatedOutput<Piece>(
  kernel: Kernel,
  { plan, request, pauses }: { readonly plan: DrawPlan; readonly request: RotationRequest; readonly pauses: Pauses },
  output: Output<Piece>,
): Output<Piece> {
  const rotation = new Rotation(kernel, request);
  const { width } = plan.canvas;
  const finish = openSteps(kernel, plan.steps.rotated, { width, height: stripRows, table: undefined });
  return {
    async *write(strip: Raster) {
      rotation.add(strip);
      for (let made = rotation.next(); made !== undefined; made = rotation.next()) {
        yield* output.write(finish(made.raster, { x: 0, y: made.first }));
        await pauses.after(width * made.raster.height);
      }
    },
    finish: () => output.finish(),
  };
}
