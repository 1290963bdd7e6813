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

/** What those can ask for whose rendering is refused. */
export type Remedy = "size-or-region" | "size" | "region";

const hints: Readonly<Record<Remedy, string>> = {
  "size-or-region": "Ask for a smaller size or region.",
  size: "Ask for a smaller size: a smaller region takes as much, because the stored image is decoded whole.",
  region: "Ask for a smaller region: a smaller size takes as much, because the stored image has no smaller level.",
};

/** What helps against too much work, which goes by the level, and against too much memory, which goes by the size. */
export interface Remedies {
  readonly work?: Remedy | undefined;
  readonly memory?: Remedy | undefined;
}

/**
 * Throws `render-too-costly`, naming the limit and what helps, when a cost is above what one rendering may take.
 */
export function refuseAboveLimits(cost: Cost, { work, memory }: Remedies = {}): void {
  const limits = [
    ["tiles", cost.tiles, maxTilesPerRender],
    ["decoded pixels", cost.decodedPixels, maxDecodedPixels],
    ["reads", cost.reads, maxReadsPerRender],
    ["bytes read", cost.readBytes, maxReadBytesPerRender],
  ] as const;
  refuseAbove(limits, work);
  refuseAbove([["bytes of memory", cost.peakBytes, maxPeakBytes]], memory);
}

/** Throws `render-too-costly` with the first of what is above its limit: a name, how much is needed, how much there may be. */
export function refuseAbove(
  limits: readonly (readonly [string, number, number])[],
  remedy: Remedy = "size-or-region",
): void {
  const passed = limits.find(([, needed, limit]) => needed > limit);
  if (passed !== undefined) {
    const [what, needed, limit] = passed;
    throw new ImageError(
      "render-too-costly",
      `This rendering would take ${Math.ceil(needed)} ${what}, above the limit of ${limit}.`,
      { hint: hints[remedy] },
    );
  }
}
