import type { Area, Size } from "../src/geometry.ts";

/** What a viewer shows at one moment: how many image pixels one screen pixel stands for, and around which point. */
interface View {
  readonly factor: number;
  /** The centre, in parts of the image's sides. */
  readonly x: number;
  readonly y: number;
}

/** A viewer's window in pixels of the screen. */
const screen: Size = { width: 1280, height: 800 };

/**
 * Returns the requests of a viewer that shows an image whole, zooms in by halves to full resolution at two places, and
 * there goes along for six half windows each: IIIF paths in the order in which they are first wanted. Tiles have the side
 * `tile` and come from the level with at least one pixel for each of the screen's.
 */
export function sessionRequests(image: Size, tile: number): readonly string[] {
  return [...new Set(viewsOf(image).flatMap((view) => tilesOf(image, tile, view)))];
}

function viewsOf(image: Size): readonly View[] {
  const fit = Math.max(image.width / screen.width, image.height / screen.height);
  const factors: number[] = [];
  for (let factor = fit; factor > 1; factor /= 2) factors.push(factor);
  const places = [
    { x: 0.3, y: 0.4 },
    { x: 0.7, y: 0.6 },
  ];
  const step = screen.width / 2 / image.width;
  return places.flatMap(({ x, y }) => [
    ...factors.map((factor) => (factor === fit ? { factor, x: 0.5, y: 0.5 } : { factor, x, y })),
    ...Array.from({ length: 7 }, (_, index) => ({ factor: 1, x: x + (index - 3) * step, y })),
  ]);
}

function tilesOf(image: Size, tile: number, { factor, x, y }: View): readonly string[] {
  const scale = 2 ** Math.max(0, Math.floor(Math.log2(factor)));
  const side = tile * scale;
  const window: Area = {
    x: Math.max(0, x * image.width - (screen.width * factor) / 2),
    y: Math.max(0, y * image.height - (screen.height * factor) / 2),
    width: screen.width * factor,
    height: screen.height * factor,
  };
  const right = Math.min(image.width, window.x + window.width);
  const bottom = Math.min(image.height, window.y + window.height);
  const paths: string[] = [];
  for (let top = Math.floor(window.y / side) * side; top < bottom; top += side) {
    for (let left = Math.floor(window.x / side) * side; left < right; left += side) {
      const width = Math.min(side, image.width - left);
      const height = Math.min(side, image.height - top);
      paths.push(
        `${left},${top},${width},${height}/${Math.ceil(width / scale)},${Math.ceil(height / scale)}/0/default.jpg`,
      );
    }
  }
  return paths;
}
