import type { Size } from "../../geometry.ts";
import { isLevel0Segment, listLevel0 } from "../../iiif/level0.ts";
import { isWithin, type SizeLimits } from "../../iiif/size.ts";
import { tileOf } from "../../iiif/tiles.ts";
import type { ApiVersion } from "../../iiif/version.ts";
import type { DrawnMaster, PictureStyle } from "../../picture.ts";
import { seenSize } from "../../pyramid/pyramid.ts";
import { inOrder } from "../at-once.ts";
import { jpegBytes } from "../forecast.ts";
import { type ExportFailure, type ExportSource, withSource } from "./export-source.ts";

/** How images are exported, the same for all. */
export interface ExportSettings {
  /** Scheme, host and path at which the export will be found, without a trailing slash. */
  readonly base: string;
  /** The path of images below it, with a leading slash or empty. */
  readonly imagePrefix: string;
  readonly versions: readonly ApiVersion[];
  /** Side of a tile; that of the master's own where it is left out. */
  readonly tile: number | undefined;
  readonly style: PictureStyle;
  readonly limits: SizeLimits;
  readonly thumbnailWidths: readonly number[];
  readonly isAlsoRounded: boolean;
}

/** What an export is foretold to write. */
export interface ExportForecast {
  readonly files: number;
  /** About: what a pixel takes depends on the picture. */
  readonly bytes: number;
}

/** An image that will be exported. */
export interface PlannedExport extends ExportForecast {
  readonly source: ExportSource;
  /** As it is seen. */
  readonly image: Size;
  readonly tile: Size;
}

/** All that will be exported, and what will not. */
export interface ExportPlan {
  readonly images: ReadonlyMap<string, PlannedExport>;
  readonly failures: readonly ExportFailure[];
}

/** Each reads the head of a master. */
const readsAtOnce = 8;

/** What is around the pixels of a small JPEG, in bytes: tables and headers. */
const headBytes = 700;

/** Opens each image to find out how many files it will be. Throws what concerns all, and what `sources` throw. */
export async function planExport(
  sources: Iterable<ExportSource> | AsyncIterable<ExportSource>,
  settings: ExportSettings,
  { signal, onPlanned }: { readonly signal: AbortSignal; readonly onPlanned: (images: number) => void },
): Promise<ExportPlan> {
  const images = new Map<string, PlannedExport>();
  const failures: ExportFailure[] = [];
  for await (const planned of inOrder(sources, readsAtOnce, (source) => planImage(source, settings))) {
    signal.throwIfAborted();
    if ("failure" in planned) failures.push(planned.failure);
    else images.set(planned.value.source.identifier, planned.value);
    onPlanned(images.size + failures.length);
  }
  for (const identifier of images.keys()) {
    const owner = ownerOf(identifier, images);
    if (owner === undefined) continue;
    const message = `Its folder would lie among the files of ${owner}: export it to another folder.`;
    failures.push({ identifier, code: "name-taken", message });
    images.delete(identifier);
  }
  return { images, failures };
}

/** The image whose files an identifier would lie among. */
function ownerOf(identifier: string, images: ReadonlyMap<string, unknown>): string | undefined {
  const segments = identifier.split("/");
  for (let at = 1; at < segments.length; at++) {
    const owner = segments.slice(0, at).join("/");
    if (isLevel0Segment(segments[at] ?? "") && images.has(owner)) return owner;
  }
  return undefined;
}

async function planImage(
  source: ExportSource,
  settings: ExportSettings,
): Promise<{ readonly value: PlannedExport } | { readonly failure: ExportFailure }> {
  const { identifier } = source;
  const fault = faultOfName(identifier);
  if (fault !== undefined) return { failure: { identifier, code: "name-unusable", message: fault } };
  const planned = await withSource(
    source,
    settings.style.keepMetadata === "all" ? "all" : "copyright",
    async (master) => {
      const image = seenSize(master.pyramid);
      const { tile: side } = settings;
      const tile = side === undefined ? tileOf(master.pyramid) : { width: side, height: side };
      return { source, image, tile, ...forecastImage(master, { image, tile }, settings) };
    },
  );
  if ("failure" in planned || isWithin(planned.value.tile, settings.limits)) return planned;
  const { width, height } = planned.value.tile;
  const message = `Its tiles of ${width} by ${height} pixels are above MAX_WIDTH, MAX_HEIGHT or MAX_AREA: choose smaller ones by --tile.`;
  return { failure: { identifier, code: "size-above-limit", message } };
}

/** Most bytes of a name in the file systems in use. */
const mostNameBytes = 255;

function faultOfName(identifier: string): string | undefined {
  const segments = identifier.split("/");
  if (segments.includes("")) return "It has an empty part between slashes, which no folder can be called.";
  if (identifier.includes("\\")) return "It has a backslash, which archives and hosts take for a slash.";
  if (segments.some((segment) => Buffer.byteLength(segment) > mostNameBytes)) {
    return `It has a part of more than ${mostNameBytes} bytes, which no folder can be called.`;
  }
  return undefined;
}

/** Each version has its own info.json and marker. */
function forecastImage(
  { pyramid }: DrawnMaster,
  { image, tile }: Pick<PlannedExport, "image" | "tile">,
  { versions, limits, thumbnailWidths, isAlsoRounded, style }: ExportSettings,
): ExportForecast {
  const [full] = pyramid.levels;
  let storedBytes = 0;
  for (const bytes of full.byteCounts) storedBytes += bytes;
  // Tiles of JPEG are sent as they are stored, or drawn to about the same.
  const pixelBytes =
    full.encoding.compression === "jpeg"
      ? storedBytes / (full.width * full.height)
      : jpegBytes(1, style.qualities.jpeg);
  let files = 0;
  let pixels = 0;
  for (const version of versions) {
    for (const { size, region } of listLevel0({ image, tile, limits, thumbnailWidths, isAlsoRounded }, version)) {
      files += 1;
      pixels += Math.min(pixelsOf(region, size, image), limits.maxArea);
    }
  }
  return { files: files + 2 * versions.length, bytes: Math.round(pixels * pixelBytes + files * headBytes) };
}

function pixelsOf(region: string, size: string, image: Size): number {
  const [, , width = image.width, height = image.height] = region === "full" ? [] : region.split(",").map(Number);
  const [across = "", down = ""] = size.split(",");
  const asked = Number(across) || width;
  return asked * (Number(down) || (asked * height) / width);
}
