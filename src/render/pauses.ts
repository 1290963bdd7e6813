/** A drawing pauses after so many pixels decoded or encoded: some 20 ms. */
const pausePixels = 1 << 20;

/** Lets others compute between the steps of a drawing. */
export interface Pauses {
  /** Counts pixels that were worked on, and pauses when they are many. Throws when the drawing is no longer wanted. */
  after(pixels: number): Promise<void>;
  /** Pauses whatever was done before. Throws when the drawing is no longer wanted. */
  now(): Promise<void>;
}

/** Opens the pauses of a drawing; `pause` is undefined for one that nobody else waits for. */
export function openPauses(pause: (() => Promise<void>) | undefined): Pauses {
  let pixelsSince = 0;
  const now = async (): Promise<void> => {
    pixelsSince = 0;
    await pause?.();
  };
  return {
    async after(pixels) {
      pixelsSince += pixels;
      if (pixelsSince >= pausePixels) await now();
    },
    now,
  };
}
