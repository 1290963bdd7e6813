import type { Size } from "../geometry.ts";
import { contextUris, extrasOf } from "./features.ts";
import type { SizeLimits } from "./size.ts";
import type { Offer, TileOffer } from "./tiles.ts";

/** What info.json says about one image, independent of the version. */
export interface ImageInformation extends Size, Offer {
  /** The base URI as requested, without a trailing slash. */
  readonly id: string;
  readonly isGray: boolean;
  /** URI of a licence or rights statement. */
  readonly rights?: string | undefined;
  readonly limits: SizeLimits;
  /** How many pixels a side may be enlarged to in 2.1; not at all if it is left out. */
  readonly maxUpscaledSide?: number;
  /** Whether nothing is enlarged, even if it is asked for; it is unless stated. */
  readonly isNeverEnlarged?: boolean;
  /** Descriptions of other services, as JSON. */
  readonly service?: readonly object[];
  /** A context that stands before that of the Image API 3.0. */
  readonly context?: string;
}

/** Returns the info.json of Image API 3.0. Source: Image API 3.0 §5.2 to §5.7. */
export function formatInfo(information: ImageInformation): object {
  const { id, isGray, rights, width, height, limits, isNeverEnlarged = false, sizes, tiles } = information;
  const { service = [], context } = information;
  const extras = extrasOf(3, { isGray, isNeverEnlarged });
  return {
    "@context": context === undefined ? contextUris[3] : [context, contextUris[3]],
    id,
    type: "ImageService3",
    protocol: "http://iiif.io/api/image",
    profile: "level2",
    width,
    height,
    maxWidth: limits.maxWidth,
    maxHeight: limits.maxHeight,
    maxArea: limits.maxArea,
    ...(sizes.length > 0 ? { sizes } : {}),
    ...(tiles.length > 0 ? { tiles: tiles.map(formatTile) } : {}),
    extraFormats: extras.formats,
    extraQualities: extras.qualities,
    extraFeatures: extras.features,
    ...(rights === undefined ? {} : { rights }),
    ...(service.length > 0 ? { service } : {}),
  };
}

/** Formats one entry of `tiles`, with the height also where it is the width: not every reader of it knows that default. */
export function formatTile({ width, height, scaleFactors }: TileOffer): object {
  return { width, height, scaleFactors };
}
