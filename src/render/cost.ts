import { ImageError } from "../error.ts";
import {
  maxDecodedPixels,
  maxPeakBytes,
  maxReadBytesPerRender,
  maxReadsPerRender,
  maxTilesPerRender,
} from "../limits.ts";

/** What a render will take, known before anything is read. */
export interface Cost {
  readonly tiles: number;
  readonly decodedPixels: number;
  readonly reads: number;
  readonly readBytes: number;
  /** The most memory the render holds at once: kernel, compressed tiles, encoded output. */
  readonly peakBytes: number;
}

/** Throws `render-too-costly`, naming the limit, when a cost is above what one rendering may take. */
export function refuseAboveLimits(cost: Cost): void {
  refuseAbove([
    ["tiles", cost.tiles, maxTilesPerRender],
    ["decoded pixels", cost.decodedPixels, maxDecodedPixels],
    ["reads", cost.reads, maxReadsPerRender],
    ["bytes read", cost.readBytes, maxReadBytesPerRender],
    ["bytes of memory", cost.peakBytes, maxPeakBytes],
  ]);
}

/** Throws `render-too-costly` with the first of what is above its limit: a name, how much is needed, how much there may be. */
export function refuseAbove(limits: readonly (readonly [string, number, number])[]): void {
  const passed = limits.find(([, needed, limit]) => needed > limit);
  if (passed !== undefined) {
    const [what, needed, limit] = passed;
    throw new ImageError(
      "render-too-costly",
      `This rendering would take ${Math.ceil(needed)} ${what}, above the limit of ${limit}.`,
      { hint: "Ask for a smaller size or region." },
    );
  }
}
