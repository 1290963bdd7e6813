import { chooseStoring, type Storing, type StoringRules } from "../src/cache/storing.ts";
import { thumbnailSizes } from "../src/catalogue/stored-image.ts";
import type { Config } from "../src/config.ts";
import type { Size } from "../src/geometry.ts";
import { largestSize } from "../src/iiif/size.ts";
import { cpuMilliseconds, type ForecastImage, pixelsOfLevels, usualImages } from "../src/operation/view-forecast.ts";
import { formatTileRequest, sessionTiles, type ViewKind, viewKinds } from "../src/operation/viewer-session.ts";
import { thumbnailPicture } from "../src/presentation/picture-address.ts";
import { makePyramid } from "../test/support/pyramid.ts";
import { planPath } from "./engine.ts";

/** Something that is asked for of an image, and what answering it takes. */
export interface PlannedRequest {
  /** Tells it from the others of its image. */
  readonly number: number;
  readonly isDocument: boolean;
  readonly bytes: number;
  readonly maxAgeSeconds: number;
  /** Whether it takes a master, or the record of an object. */
  readonly takesMaster: boolean;
  /** Reads where no cache has it. */
  readonly reads: number;
  readonly cpuMilliseconds: number;
  readonly decodedPixels: number;
  readonly storing: Storing;
  /** The one of its master's slots that it would be stored in. */
  readonly slot: number;
}

/** Images of one size, and what is asked for of them. */
export interface ImageClass extends Size {
  readonly share: number;
  readonly masterBytes: number;
  readonly info: PlannedRequest;
  readonly manifest: PlannedRequest;
  readonly thumbnail: PlannedRequest;
  readonly download: PlannedRequest;
  /** Tiles of each kind of view, by where it zooms in. */
  readonly views: Readonly<Record<ViewKind, readonly (readonly PlannedRequest[])[]>>;
}

/** Places that people zoom in at, in parts of the image's sides: nine of them, an assumption. */
const offsets = [-0.2, 0, 0.2].flatMap((y) => [-0.2, 0, 0.2].map((x) => ({ x, y })));

/** Kilobytes of pictures that are drawn, for each megapixel of them. Source: bench/README.md, 123 megapixels, 1024: 148 of 0.87. */
const drawnBytesPerPixel = 0.17;

/** Plans all that is asked for, by the functions that the Worker plans by. */
export function planClasses(config: Config): readonly ImageClass[] {
  return usualImages.map((image) => planClass(image, config));
}

function planClass(imageOfClass: ForecastImage & { readonly share: number }, config: Config): ImageClass {
  const { share, tile, bytes: masterBytes, width, height } = imageOfClass;
  const size = { width, height };
  const levels = 1 + Math.ceil(Math.log2(Math.max(width, height) / tile));
  const tileBytes = Math.round((tile * tile * masterBytes) / pixelsOfLevels(imageOfClass));
  const pyramid = makePyramid({ ...size, tile, levels, tileBytes });
  const source = { size: 2 * masterBytes, version: "", read: () => Promise.reject(new Error("nothing is read")) };
  const limits = { maxWidth: config.maxWidth, maxHeight: config.maxHeight, maxArea: config.maxArea };
  const rules: StoringRules = {
    abovePixels: config.storeAbovePixels,
    atOnceAbovePixels: config.storeAtOnceAbovePixels,
    angleStepDegrees: config.storeAngleStepDegrees,
    sizeStepPixels: config.storeSizeStepPixels,
    limits,
  };
  const known = new Map<string, PlannedRequest>();
  const document = (
    name: string,
    takes: Pick<PlannedRequest, "bytes" | "takesMaster" | "reads" | "cpuMilliseconds">,
  ) => {
    const request: PlannedRequest = {
      number: known.size,
      isDocument: true,
      maxAgeSeconds: config.infoMaxAgeSeconds,
      decodedPixels: 0,
      storing: "never",
      slot: 0,
      ...takes,
    };
    known.set(name, request);
    return request;
  };
  const picture = (path: string): PlannedRequest => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const { plan, canonical } = planPath(path, pyramid, source);
    const { decodedPixels, reads, readBytes } = plan.cost;
    const pixels = canonical.size.width * canonical.size.height;
    const isCopied = plan.kind === "copy";
    const drawing = Math.max(
      cpuMilliseconds.edge,
      cpuMilliseconds.copied + (decodedPixels / 1e6) * cpuMilliseconds.megapixel,
    );
    const request: PlannedRequest = {
      number: known.size,
      isDocument: false,
      bytes: isCopied ? readBytes + 600 : Math.round(pixels * drawnBytesPerPixel),
      maxAgeSeconds: config.imageMaxAgeSeconds,
      takesMaster: true,
      reads,
      cpuMilliseconds: isCopied ? cpuMilliseconds.copied : drawing,
      decodedPixels,
      storing: chooseStoring(rules, canonical, decodedPixels),
      slot: Math.imul(known.size + 1, 0x9e3779b1) >>> 0,
    };
    known.set(path, request);
    return request;
  };
  const info = document("info", { bytes: 900, takesMaster: true, reads: 0, cpuMilliseconds: cpuMilliseconds.info });
  const manifest = document("manifest", {
    bytes: 4000,
    takesMaster: false,
    reads: 1,
    cpuMilliseconds: cpuMilliseconds.manifest,
  });
  const image = { identifier: "x", ...size, sizes: thumbnailSizes(pyramid.levels.slice(1)) };
  const small = thumbnailPicture({ base: "", imagePrefix: "", limits }, 3, image);
  const largest = largestSize(size, limits);
  const viewsOf = (kind: ViewKind): readonly (readonly PlannedRequest[])[] =>
    offsets.map((offset) =>
      sessionTiles(size, { tile, journey: viewKinds[kind], offset }).map((one) => picture(formatTileRequest(one))),
    );
  return {
    ...size,
    share,
    masterBytes,
    info,
    manifest,
    thumbnail: picture(`full/${small.width},${small.height}/0/default.jpg`),
    download: picture(`full/${largest.width},${largest.height}/0/default.jpg`),
    views: { glance: viewsOf("glance"), zoom: viewsOf("zoom"), study: viewsOf("study") },
  };
}
