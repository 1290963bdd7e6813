import { faultOfName, ownersOf } from "../../export/names.ts";
import { type ExportShape, faultOfTile, namesOf, shapeOf } from "../../export/picture-files.ts";
import type { ExportSettings } from "../../export/settings.ts";
import type { Size } from "../../geometry.ts";
import type { DrawnMaster } from "../../picture.ts";
import { inOrder } from "../at-once.ts";
import { jpegBytes } from "../forecast.ts";
import { type ExportFailure, type ExportSource, unlessOwnFault, withSource } from "./export-source.ts";

/** What an export is foretold to write. */
export interface ExportForecast {
  readonly files: number;
  /** About: what a pixel takes depends on the picture. */
  readonly bytes: number;
}

/** An image that will be exported. */
export interface PlannedExport extends ExportForecast, ExportShape {
  readonly source: ExportSource;
}

/** All that will be exported, and what will not. */
export interface ExportPlan {
  readonly images: ReadonlyMap<string, PlannedExport>;
  readonly failures: readonly ExportFailure[];
  /** Images that not anybody may see, with the reason. */
  readonly restricted: readonly RestrictedImage[];
}

/** An image that is left out because not anybody may see it. */
export interface RestrictedImage {
  readonly identifier: string;
  /** A sentence. */
  readonly message: string;
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
  const restricted: RestrictedImage[] = [];
  for await (const planned of inOrder(sources, readsAtOnce, (source) => planImage(source, settings))) {
    signal.throwIfAborted();
    if ("restricted" in planned) restricted.push(planned.restricted);
    else if ("failure" in planned) failures.push(planned.failure);
    else images.set(planned.value.source.identifier, planned.value);
    onPlanned(images.size + failures.length + restricted.length);
  }
  for (const identifier of images.keys()) {
    const owner = ownersOf(identifier).find((name) => images.has(name));
    if (owner === undefined) continue;
    const message = `Its folder would lie among the files of ${owner}: export it to another folder.`;
    failures.push({ identifier, code: "name-taken", message });
    images.delete(identifier);
  }
  return { images, failures, restricted };
}

async function planImage(
  source: ExportSource,
  settings: ExportSettings,
): Promise<
  { readonly value: PlannedExport } | { readonly failure: ExportFailure } | { readonly restricted: RestrictedImage }
> {
  const { identifier } = source;
  const standing = await unlessOwnFault(identifier, () => source.readStanding());
  if ("failure" in standing) return standing;
  const why = standing.value.whyLeftOut;
  if (why !== undefined) return { restricted: { identifier, message: why } };
  const fault = faultOfName(identifier);
  if (fault !== undefined) return { failure: { identifier, code: "name-unusable", message: fault } };
  const planned = await withSource(
    source,
    settings.style.keepMetadata === "all" ? "all" : "copyright",
    async (master) => {
      const shape = shapeOf(master.pyramid, settings);
      return { source, ...shape, ...forecastImage(master, shape, settings) };
    },
  );
  if ("failure" in planned) return planned;
  const message = faultOfTile(planned.value.tile, settings.limits);
  return message === undefined ? planned : { failure: { identifier, code: "size-above-limit", message } };
}

/** Each version has its own info.json and marker. */
function forecastImage({ pyramid }: DrawnMaster, shape: ExportShape, settings: ExportSettings): ExportForecast {
  const { versions, limits, style } = settings;
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
    for (const { size, region } of namesOf(shape, settings, version)) {
      files += 1;
      pixels += Math.min(pixelsOf(region, size, shape.image), limits.maxArea);
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
