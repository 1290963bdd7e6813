import sharp from "sharp";

/** A rectangle of the picture after orientation, in pixels. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Longest side of the small picture in which places are looked for. */
const overviewPixels = 1024;

/** The least that samples deviate from their mean where there is something to see, of 0 to 255: paper and noise have less. */
const leastDeviation = 2.5;

/** The same as a share of the liveliest place's deviation: beside text, the grain of paper is nothing. */
const leastShare = 0.06;

/**
 * Chooses places of a picture from the busiest to the calmest, evenly by rank: busy ones show lost detail, calm ones show
 * blocks and ringing. Blank ones, which show nothing, are chosen only where all are blank. A picture that is smaller than
 * a place is one place. Throws what sharp throws.
 */
export async function busyPlaces(
  file: string,
  { count, side }: { readonly count: number; readonly side: number },
): Promise<readonly Place[]> {
  const options = { limitInputPixels: false };
  const { autoOrient: full } = await sharp(file, options).metadata();
  const { data, info } = await sharp(file, options)
    .autoOrient()
    .flatten({ background: "white" })
    .resize({ width: overviewPixels, height: overviewPixels, fit: "inside", withoutEnlargement: true })
    .toColourspace("b-w")
    .extractChannel(0)
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const size = { width: Math.min(side, full.width), height: Math.min(side, full.height) };
  const columns = Math.max(1, Math.floor(full.width / size.width));
  const rows = Math.max(1, Math.floor(full.height / size.height));
  const scale = info.width / full.width;
  const cells = Array.from({ length: columns * rows }, (_, index) => {
    const left = Math.round(((full.width - size.width) * (index % columns)) / Math.max(1, columns - 1));
    const top = Math.round(((full.height - size.height) * Math.floor(index / columns)) / Math.max(1, rows - 1));
    const place: Place = { left, top, ...size };
    return { place, ...lookAt(data, { stride: info.width, place, scale }) };
  });
  const least = Math.max(leastDeviation, leastShare * Math.max(...cells.map(({ deviation }) => deviation)));
  const lively = cells.filter(({ deviation }) => deviation >= least);
  const shown = (lively.length > 0 ? lively : cells).toSorted((a, b) => b.busyness - a.busyness);
  const taken = Math.min(count, shown.length);
  return Array.from({ length: taken }, (_, index) => {
    const rank = taken === 1 ? 0 : Math.round((index * (shown.length - 1)) / (taken - 1));
    return (shown[rank] as (typeof shown)[number]).place;
  });
}

/** Returns the mean difference between neighbours in a row and the standard deviation of all samples, each 0 to 255. */
function lookAt(
  gray: Uint8Array,
  { stride, place, scale }: { readonly stride: number; readonly place: Place; readonly scale: number },
): { readonly busyness: number; readonly deviation: number } {
  const left = Math.floor(place.left * scale);
  const right = Math.max(left + 1, Math.floor((place.left + place.width) * scale));
  const bottom = Math.floor((place.top + place.height) * scale);
  const total = { count: 0, sum: 0, squares: 0, steps: 0 };
  for (let row = Math.floor(place.top * scale); row < bottom; row += 1) {
    for (let column = left; column < right; column += 1) {
      const value = gray[row * stride + column] ?? 0;
      total.count += 1;
      total.sum += value;
      total.squares += value * value;
      if (column > left) total.steps += Math.abs(value - (gray[row * stride + column - 1] ?? 0));
    }
  }
  const count = Math.max(1, total.count);
  const mean = total.sum / count;
  return { busyness: total.steps / count, deviation: Math.sqrt(Math.max(0, total.squares / count - mean * mean)) };
}
