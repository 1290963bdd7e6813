import type { Kernel } from "./kernel.ts";
import type { Plane, ThreePlanes } from "./raster.ts";

const entries = 256;

/**
 * Looks up the colours of an index plane: `palette` is all reds by index, then all greens, then all blues. Indexes past
 * its end are black. The planes are as large as `index`, which may be one of them; only their rows are written. Throws
 * `render-memory`. Source: TIFF 6.0 §5, ColorMap.
 */
export function applyPalette(kernel: Kernel, index: Plane, palette: Uint8Array, planes: ThreePlanes): void {
  const count = Math.floor(palette.byteLength / 3);
  const filled = new Uint8Array(3 * entries);
  for (let channel = 0; channel < 3; channel += 1) {
    const start = channel * count;
    filled.set(palette.subarray(start, start + Math.min(count, entries)), channel * entries);
  }
  const mark = kernel.mark();
  const [r, g, b] = planes;
  kernel.exports.applyPaletteRows(
    index.pointer,
    index.stride,
    kernel.store(filled),
    r.pointer,
    r.stride,
    g.pointer,
    g.stride,
    b.pointer,
    b.stride,
    index.width,
    index.height,
  );
  kernel.release(mark);
}
