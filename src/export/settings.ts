import type { SizeLimits } from "../iiif/size.ts";
import type { ApiVersion } from "../iiif/version.ts";
import type { PictureStyle } from "../picture.ts";

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
