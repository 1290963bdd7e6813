import { BoxSums } from "../raster/boxes.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type Plane, planeSlackBytes } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";

/**
 * Returns the rounded means of the four quarters of each plane, one plane after another: what tells a tile from another
 * one, and from itself turned or in other colours, and hardly changes when it is compressed. Throws `render-memory`.
 */
export function quarterMeans(kernel: Kernel, planes: readonly Plane[]): readonly number[] {
  return planes.flatMap((plane) => {
    const mark = kernel.mark();
    const box = { width: plane.width / 2, height: plane.height / 2 };
    const area = { x: 0, y: 0, width: plane.width, height: plane.height };
    const sums = new BoxSums(kernel, { area, box }, { rows: 1, sourceWidth: plane.width });
    const target = kernel.allocate(2 * planeSlackBytes);
    const means: number[] = [];
    for (const y of [0, box.height]) {
      sums.add(cropPlane(plane, { ...area, y, height: box.height }), { x: 0, slot: 0 });
      sums.take(0, box.height, target);
      means.push(...kernel.bytes.subarray(target, target + 2));
    }
    kernel.release(mark);
    return means;
  });
}
