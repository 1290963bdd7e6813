import type { Size } from "../geometry.ts";
import { canonicalise, formatCanonical } from "../iiif/canonical.ts";
import { type Level0Name, level0End, listLevel0 } from "../iiif/level0.ts";
import { parseRequest } from "../iiif/request.ts";
import { isWithin, type SizeLimits } from "../iiif/size.ts";
import { tileOf } from "../iiif/tiles.ts";
import type { ApiVersion } from "../iiif/version.ts";
import { type DrawnMaster, factsOf, type Picture, planPicture } from "../picture.ts";
import { type Pyramid, seenSize } from "../pyramid/pyramid.ts";
import { folderOf } from "./names.ts";
import type { ExportSettings } from "./settings.ts";

/** What an image is in an export: its size, and that of its tiles, as it is seen. */
export interface ExportShape {
  readonly image: Size;
  readonly tile: Size;
}

/** Returns the shape of an image in an export. */
export function shapeOf(pyramid: Pyramid, { tile: side }: Pick<ExportSettings, "tile">): ExportShape {
  return { image: seenSize(pyramid), tile: side === undefined ? tileOf(pyramid) : { width: side, height: side } };
}

/** Returns why tiles can't be exported, a sentence; undefined where they can. The code is `size-above-limit`. */
export function faultOfTile(tile: Size, limits: SizeLimits): string | undefined {
  if (isWithin(tile, limits)) return undefined;
  const { width, height } = tile;
  return `Its tiles of ${width} by ${height} pixels are above MAX_WIDTH, MAX_HEIGHT or MAX_AREA: choose smaller ones by the option tile.`;
}

/** An image that is exported in a version of the Image API. */
export interface ExportedImage extends ExportShape {
  readonly identifier: string;
  /** Which of the images in its master, from 1. */
  readonly page: number;
  /** The version of its master. */
  readonly master: string;
  readonly version: ApiVersion;
  /** The rights of it that info.json states. */
  readonly rights: string | undefined;
}

/** A picture, and all files that it is, by their paths from the folder of the export. */
export interface PictureFiles {
  readonly picture: Picture;
  readonly paths: readonly [string, ...string[]];
}

/** Lists the names of the pictures of an image. */
export function namesOf(
  { image, tile }: ExportShape,
  { limits, thumbnailWidths, isAlsoRounded }: ExportSettings,
  version: ApiVersion,
): Iterable<Level0Name> {
  return listLevel0({ image, tile, limits, thumbnailWidths, isAlsoRounded }, version);
}

/**
 * Plans the pictures of an image, but for the files that are `there`. Each name is read as the service reads the path of a
 * request, so that the bytes are the same; a picture that the next name means too is planned once. Throws what planning
 * throws: the service would refuse the picture.
 */
export function* planFiles(
  exported: ExportedImage,
  { master, settings, there }: PlannedFiles,
): Generator<PictureFiles, undefined> {
  const { image, tile, version, identifier } = exported;
  const { limits, style } = settings;
  const facts = { ...factsOf(master.pyramid), tile };
  const { rotation, qualityAndFormat } = level0End;
  const folder = folderOf(settings, version, identifier);
  let pending: (PictureFiles & { readonly canonical: string }) | undefined;
  for (const { region, size } of namesOf(exported, settings, version)) {
    const path = `${folder}/${region}/${size}/${rotation}/${qualityAndFormat}`;
    if (there.has(path)) continue;
    const asked = parseRequest({ region, size, rotation, qualityAndFormat }, version);
    const request = canonicalise(asked, facts, { limits, isStrictConfined: false });
    const canonical = formatCanonical(request, image, limits);
    if (pending?.canonical === canonical) {
      pending = { ...pending, paths: [...pending.paths, path] };
      continue;
    }
    if (pending !== undefined) yield pending;
    pending = { canonical, picture: planPicture(master, request, style), paths: [path] };
  }
  if (pending !== undefined) yield pending;
}

/** What pictures are planned of. */
export interface PlannedFiles {
  readonly master: DrawnMaster;
  readonly settings: ExportSettings;
  /** Paths of files that need not be made. */
  readonly there: ReadonlySet<string>;
}
