import type { Area, Size } from "../geometry.ts";

/** What a viewer shows at one moment: how many image pixels one screen pixel stands for, and around which point. */
interface View {
  readonly factor: number;
  /** The centre, in parts of the image's sides. */
  readonly x: number;
  readonly y: number;
}

/** Where a viewer zooms in to full resolution, in parts of the image's sides, and how many half windows it goes along there. */
interface Journey {
  readonly places: readonly Pick<View, "x" | "y">[];
  readonly steps: number;
}

/** How people look at an image, and which part of views is so: an assumption, for nobody has published such figures. */
export const viewKinds = {
  /** The whole image in the window, and no more. */
  glance: { share: 0.6, places: [], steps: 0 },
  /** In to full resolution by halves, at one place. */
  zoom: { share: 0.3, places: [{ x: 0.3, y: 0.4 }], steps: 0 },
  /** The same at two places, and along there for six half windows. */
  study: {
    share: 0.1,
    places: [
      { x: 0.3, y: 0.4 },
      { x: 0.7, y: 0.6 },
    ],
    steps: 6,
  },
} as const satisfies Record<string, Journey & { readonly share: number }>;

/** What comes with a view, on the average: thumbnails of other images on the pages that lead to it, and a manifest. An assumption. */
export const viewHabits = { thumbnails: 12, manifests: 1 } as const;

/** The name of a kind of view. */
export type ViewKind = keyof typeof viewKinds;

/** A viewer's window in pixels of the screen. */
const screen: Size = { width: 1280, height: 800 };

/** A tile that a viewer asks for. */
export interface SessionTile {
  /** In pixels of the image. */
  readonly region: Area;
  /** In pixels of the answer. */
  readonly size: Size;
}

/**
 * Returns the tiles that a viewer asks for in the order in which they are first wanted, each once: their side is `tile`, and
 * they come from the level with at least one pixel for each of the screen's. `offset` moves the places it zooms in at, in
 * parts of the image's sides.
 */
export function sessionTiles(
  image: Size,
  { tile, journey, offset = { x: 0, y: 0 } }: SessionChoice,
): readonly SessionTile[] {
  const tiles = new Map<string, SessionTile>();
  for (const view of viewsOf(image, journey)) {
    const moved = view.factor === fitOf(image) ? view : { ...view, x: view.x + offset.x, y: view.y + offset.y };
    for (const one of tilesOf(image, tile, moved)) tiles.set(formatTileRequest(one), one);
  }
  return [...tiles.values()];
}

/** How an image is looked at. */
export interface SessionChoice {
  /** Side of its tiles, in pixels. */
  readonly tile: number;
  readonly journey: Journey;
  readonly offset?: Pick<View, "x" | "y">;
}

/** Returns the end of the path of a tile: region, size, rotation, quality and format. */
export function formatTileRequest({ region, size }: SessionTile): string {
  const { x, y, width, height } = region;
  return `${x},${y},${width},${height}/${size.width},${size.height}/0/default.jpg`;
}

function fitOf(image: Size): number {
  return Math.max(image.width / screen.width, image.height / screen.height);
}

function viewsOf(image: Size, { places, steps }: Journey): readonly View[] {
  const fit = fitOf(image);
  const factors: number[] = [];
  for (let factor = fit; factor > 1; factor /= 2) factors.push(factor);
  const whole = { factor: fit, x: 0.5, y: 0.5 };
  const step = screen.width / 2 / image.width;
  const views = places.flatMap(({ x, y }) => [
    ...factors.map((factor) => (factor === fit ? whole : { factor, x, y })),
    ...Array.from({ length: steps + 1 }, (_, index) => ({ factor: 1, x: x + (index - steps / 2) * step, y })),
  ]);
  return views.length === 0 ? [whole] : views;
}

function tilesOf(image: Size, tile: number, { factor, x, y }: View): readonly SessionTile[] {
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
  const tiles: SessionTile[] = [];
  for (let top = Math.floor(window.y / side) * side; top < bottom; top += side) {
    for (let left = Math.floor(window.x / side) * side; left < right; left += side) {
      const width = Math.min(side, image.width - left);
      const height = Math.min(side, image.height - top);
      tiles.push({
        region: { x: left, y: top, width, height },
        size: { width: Math.ceil(width / scale), height: Math.ceil(height / scale) },
      });
    }
  }
  return tiles;
}
