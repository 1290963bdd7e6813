import { writeJpeg } from "./jpeg-writer.ts";
import type { Picture } from "./picture.ts";

/** Encodes a tile of a test TIFF as YCbCr 4:4:4, or as grey, in a JPEG stream of its own. */
export function encodeTestTile({ width, height, samplesPerPixel, samples }: Picture): Uint8Array {
  const at = (x: number, y: number, sample: number): number =>
    samples[(Math.min(y, height - 1) * width + Math.min(x, width - 1)) * samplesPerPixel + sample] ?? 0;
  const weights =
    samplesPerPixel === 1
      ? [[0, 1, 0, 0]]
      : [
          [0, 0.299, 0.587, 0.114],
          [128, -0.168736, -0.331264, 0.5],
          [128, 0.5, -0.418688, -0.081312],
        ];
  const components = weights.map(([offset = 0, red = 0, green = 0, blue = 0]) => ({
    horizontal: 1,
    vertical: 1,
    sampleAt: (x: number, y: number) =>
      samplesPerPixel === 1
        ? at(x, y, 0)
        : Math.round(offset + red * at(x, y, 0) + green * at(x, y, 1) + blue * at(x, y, 2)),
  }));
  return writeJpeg({ width, height, components, step: 4 });
}
