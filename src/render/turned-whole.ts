import type { Kernel } from "../raster/kernel.ts";
import { type Turn, turnPlane, turnSize, unturnArea } from "../raster/orientation.ts";
import { type Raster, rasterOf, subsamplingOf } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";
import { stripRows } from "./strips.ts";

/**
 * Yields a picture that is held whole as it is after a turn, strip by strip, each until the next is asked for. Throws
 * `render-memory`.
 */
export function* turnedStrips(
  kernel: Kernel,
  { planes, alpha, ...form }: Raster,
  turn: Turn,
): Generator<Raster, void, undefined> {
  const { width, height } = turnSize(form, turn);
  const turned = (alpha === undefined ? planes : [...planes, alpha]).map((plane, index) => {
    const size = turnSize(plane, turn);
    const rows = stripRows / subsamplingOf(form, index).y;
    return { plane, size, rows, strip: kernel.allocatePlane(size.width, rows) };
  });
  for (let y = 0; y < height; y += stripRows) {
    const strips = turned.map(({ plane, size, rows, strip }) => {
      const first = (y / stripRows) * rows;
      const area = { x: 0, y: first, width: size.width, height: Math.min(rows, size.height - first) };
      const part = { ...strip, height: area.height };
      turnPlane(kernel, cropPlane(plane, unturnArea(area, size, turn)), part, turn);
      return part;
    });
    yield rasterOf({ ...form, width, height: Math.min(stripRows, height - y) }, strips);
  }
}
