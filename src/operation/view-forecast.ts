import type { Size } from "../geometry.ts";
import type { Usage } from "./bill.ts";
import { type SessionTile, sessionTiles, type ViewKind, viewHabits, viewKinds } from "./viewer-session.ts";

/** What a forecast takes of an image: its size in pixels, the side of its tiles, and the bytes of its master. */
export interface ForecastImage extends Size {
  readonly tile: number;
  readonly bytes: number;
}

/** What requests come to. */
export interface SessionFigures {
  /** Of people: all of them are charged. */
  readonly requests: number;
  /** Reads of the master. */
  readonly reads: number;
  /** Those, and what the other buckets are asked. */
  readonly classB: number;
  readonly bytesRead: number;
  readonly bytesSent: number;
  readonly cpuMilliseconds: number;
}

/**
 * Milliseconds of processor time that a request takes in workerd, the runtime's own and the reading from disk included.
 * Source: bench/README.md, Over HTTP, 123 megapixels; an edge tile is the engine's time and what the runtime takes of a copied one.
 */
export const cpuMilliseconds = {
  info: 0.38,
  copied: 0.39,
  edge: 0.8,
  thumbnail: 0.93,
  manifest: 2,
  /** Of a picture, for a megapixel that is decoded. */
  megapixel: 6,
} as const;

/** What the first read of a master brings. Source: docs/operating.md, Opening a master. */
const openingBytes = 65_536;

/** What info.json comes to, and the tables that a stored tile is sent with, in bytes. */
const infoBytes = 900;
const tableBytes = 600;

/** Bits that a pixel takes in a master, levels included. Source: bench/README.md, Ingest, 4:2:0 of quality 89. */
const bitsPerPixel = 1.29;

/** Sizes of images, in tiles as `tessera ingest` makes them, and which part of all is so: an assumption. */
export const usualImages: readonly (ForecastImage & { readonly share: number })[] = [
  { width: 6000, height: 4000, share: 0.6 },
  { width: 7744, height: 5184, share: 0.3 },
  { width: 12_300, height: 10_000, share: 0.1 },
].map((image) => ({ ...image, tile: 512, bytes: Math.round((image.width * image.height * bitsPerPixel) / 8) }));

/**
 * Foretells what a viewer's session takes of a master that nobody has asked for before and whose directories are in front,
 * where no cache answers: info.json and the tiles given.
 */
export function forecastSession(image: ForecastImage, tiles: readonly SessionTile[]): SessionFigures {
  const bytesPerPixel = image.bytes / pixelsOfLevels(image);
  const tileBytes = tiles.reduce((sum, { size }) => sum + size.width * size.height * bytesPerPixel, 0);
  const copied = tiles.filter((tile) => isWholeTile(tile, image)).length;
  return {
    requests: 1 + tiles.length,
    reads: 1 + tiles.length,
    // The bucket of derivatives is asked for what was kept of the master.
    classB: 2 + tiles.length,
    bytesRead: openingBytes + tileBytes,
    bytesSent: infoBytes + tileBytes + tiles.length * tableBytes,
    cpuMilliseconds:
      cpuMilliseconds.info + copied * cpuMilliseconds.copied + (tiles.length - copied) * cpuMilliseconds.edge,
  };
}

/** A thumbnail of 400 pixels, and the manifest of an object of some pages, in bytes. */
const thumbnailBytes = 25_000;
const manifestBytes = 4000;

/** What comes with a view where no cache answers: thumbnails of images that nobody has asked for before, and manifests. */
const around: SessionFigures = {
  requests: viewHabits.thumbnails + viewHabits.manifests,
  reads: 2 * viewHabits.thumbnails,
  // A master is opened with two operations and read with one; a record of an object takes one.
  classB: 3 * viewHabits.thumbnails + viewHabits.manifests,
  bytesRead: viewHabits.thumbnails * (openingBytes + thumbnailBytes) + viewHabits.manifests * manifestBytes,
  bytesSent: viewHabits.thumbnails * thumbnailBytes + viewHabits.manifests * manifestBytes,
  cpuMilliseconds: viewHabits.thumbnails * cpuMilliseconds.thumbnail + viewHabits.manifests * cpuMilliseconds.manifest,
};

/**
 * Foretells what a view takes where no cache answers: the mean of usual images and of the kinds of views by their shares, and
 * what comes with each.
 */
export function forecastView(): SessionFigures {
  const kinds = Object.keys(viewKinds) as ViewKind[];
  return usualImages.reduce(
    (sum, { share, ...image }) =>
      kinds.reduce((all, kind) => {
        const journey = viewKinds[kind];
        const figures = forecastSession(image, sessionTiles(image, { tile: image.tile, journey }));
        return addShare(all, figures, share * journey.share);
      }, sum),
    around,
  );
}

function addShare(sum: SessionFigures, added: SessionFigures, share: number): SessionFigures {
  const names = Object.keys(sum) as (keyof SessionFigures)[];
  return Object.fromEntries(names.map((name) => [name, sum[name] + share * added[name]])) as unknown as SessionFigures;
}

/** How many views there are in a month, and which part of their requests the cache in front of the Worker answers. */
export interface Views {
  readonly views: number;
  readonly hit: number;
}

/** What a request takes that reaches the Worker. */
export interface RunFigures {
  readonly classB: number;
  readonly cpuMilliseconds: number;
}

/** Returns what a request of a view takes that reaches the Worker. */
export function figuresOfRun({ requests, classB, cpuMilliseconds: cpu }: SessionFigures): RunFigures {
  return { classB: classB / requests, cpuMilliseconds: cpu / requests };
}

/**
 * Workers Logs as wrangler.toml ships LOG_SAMPLE: a tenth of the requests that reach the Worker, its own line and that of the
 * platform each.
 */
const logs = { share: 0.1, events: 2 } as const;

/**
 * Foretells what views use in a month: `requests` each, of which `run` says what one takes that reaches the Worker. Requests
 * that the cache in front answers are charged, and take nothing else.
 */
export function usageOfViews(
  { requests }: Pick<SessionFigures, "requests">,
  { views, hit }: Views,
  { classB, cpuMilliseconds: cpu }: RunFigures,
): Usage {
  const runs = views * requests * (1 - hit);
  return {
    classB: runs * classB,
    requests: views * requests,
    cpu: runs * cpu,
    logs: runs * logs.share * logs.events,
  };
}

/** Pixels of all levels: halved until one tile holds the whole image. */
export function pixelsOfLevels({ width, height, tile }: Size & { readonly tile: number }): number {
  const size = { width, height };
  let pixels = width * height;
  while (Math.max(size.width, size.height) > tile) {
    size.width = Math.ceil(size.width / 2);
    size.height = Math.ceil(size.height / 2);
    pixels += size.width * size.height;
  }
  return pixels;
}

/** Tiles at the right and the lower edge are cut off, and have to be drawn. */
function isWholeTile({ size }: SessionTile, { tile }: ForecastImage): boolean {
  return size.width === tile && size.height === tile;
}
