import sharp from "sharp";

/** A rectangle of the picture after orientation, in pixels. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Longest side of the small picture in which busy places are found. */
const overviewPixels = 1024;

/**
 * Chooses places of a picture from the busiest to the calmest, evenly by rank: busy ones show lost detail, calm ones
 * show blocks and ringing. A picture that is smaller than a place is one place. Throws what sharp throws.
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
    return { place, busyness: busynessOf(data, { stride: info.width, place, scale }) };
  });
  cells.sort((a, b) => b.busyness - a.busyness);
  const taken = Math.min(count, cells.length);
  return Array.from({ length: taken }, (_, index) => {
    const rank = taken === 1 ? 0 : Math.round((index * (cells.length - 1)) / (taken - 1));
    return (cells[rank] as (typeof cells)[number]).place;
  });
}

/** Returns the mean difference between neighbours in a row, 0 to 255. */
function busynessOf(
  gray: Uint8Array,
  { stride, place, scale }: { readonly stride: number; readonly place: Place; readonly scale: number },
): number {
  const left = Math.floor(place.left * scale);
  const right = Math.floor((place.left + place.width) * scale);
  const bottom = Math.floor((place.top + place.height) * scale);
  let sum = 0;
  let count = 0;
  for (let row = Math.floor(place.top * scale); row < bottom; row += 1) {
    for (let column = left + 1; column < right; column += 1) {
      sum += Math.abs((gray[row * stride + column] ?? 0) - (gray[row * stride + column - 1] ?? 0));
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}
