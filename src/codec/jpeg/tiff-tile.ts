import type { JpegFrame } from "./header.ts";

/**
 * Returns by how much chroma is subsampled if other readers of TIFF take the frame for what it is: one component, or three
 * of which the last two have one block a unit. Undefined if they do not. Source: TIFF Technical Note 2; libtiff's `tif_jpeg.c`.
 */
export function tiffSubsampling(
  { components }: Pick<JpegFrame, "components">,
  model: "gray" | "rgb" | "ycbcr",
): { readonly x: 1 | 2 | 4; readonly y: 1 | 2 | 4 } | undefined {
  const [first, ...others] = components;
  if (first === undefined || others.some(({ horizontal, vertical }) => horizontal !== 1 || vertical !== 1))
    return undefined;
  if (model === "gray") return { x: 1, y: 1 };
  const { horizontal: x, vertical: y } = first;
  if (model === "rgb" && (x !== 1 || y !== 1)) return undefined;
  return isFactor(x) && isFactor(y) ? { x, y } : undefined;
}

function isFactor(value: number): value is 1 | 2 | 4 {
  return value === 1 || value === 2 || value === 4;
}

/**
 * Returns a tile as long as it was, with nothing in its application segments and comments but Adobe's, which states its
 * colours: what a tile says about itself is not what the picture says. What is not a segment is left as it is.
 */
export function blankTileSegments(tile: Uint8Array): Uint8Array {
  const blanked = tile.slice();
  for (let position = 2; blanked[position] === 0xff && blanked[position + 1] !== 0xda; ) {
    const code = blanked[position + 1] ?? 0;
    if (code === 0xff) {
      position += 1;
      continue;
    }
    const next = position + 2 + (((blanked[position + 2] ?? 0) << 8) | (blanked[position + 3] ?? 0));
    const isApplication = code >= 0xe0 && code <= 0xef && code !== 0xee;
    if (isApplication || code === 0xfe) blanked.fill(0, position + 4, next);
    position = next;
  }
  return blanked;
}
