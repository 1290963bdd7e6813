import { smoothHidden } from "../codec/webp/hidden-samples.ts";
import { rgbToYcbcrHalved } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type Plane, type Raster, threePlanes } from "../raster/raster.ts";
import { copyPlane } from "../raster/samples.ts";
import { stripRows } from "./strips.ts";

/**
 * Returns what makes the planes that a WebP is encoded from of a strip with alpha: grey, or luma and halved chroma of red, green
 * and blue, in which pixels that nobody sees take no part. The strip is written over if it is of YCbCr, as of a canvas; of
 * others a copy is. Throws `render-memory`.
 */
export function openSeenColors(
  kernel: Kernel,
  { width, model }: Pick<Raster, "width" | "model">,
): (strip: Raster & { readonly alpha: Plane }) => readonly Plane[] {
  if (model === "ycbcr") {
    return ({ planes, alpha }) => {
      smoothHidden(kernel, planes, alpha);
      return planes;
    };
  }
  const copies = Array.from({ length: model === "gray" ? 1 : 3 }, () => kernel.allocatePlane(width, stripRows));
  const chroma = copies.slice(1).map(() => kernel.allocatePlane(Math.ceil(width / 2), stripRows / 2));
  return ({ planes, alpha, height }) => {
    const colors = copies.map((plane) => ({ ...plane, height }));
    for (const [index, plane] of colors.entries()) copyPlane(kernel, planes[index]!, plane);
    smoothHidden(kernel, colors, alpha);
    if (model === "gray") return colors;
    const halved = chroma.map((plane) => ({ ...plane, height: Math.ceil(height / 2) }));
    // Luma takes the place of red.
    const destination = threePlanes([colors[0]!, ...halved]);
    rgbToYcbcrHalved(kernel, { source: threePlanes(colors), destination });
    return destination;
  };
}
