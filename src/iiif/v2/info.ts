import { contextUris, extrasOf, profileUris } from "../features.ts";
import { formatTile, type ImageInformation } from "../info.ts";

/** Returns the info.json of Image API 2.1. Source: Image API 2.1 §5.1 to §5.3. */
export function formatInfoV2(information: ImageInformation): object {
  const { id, isGray, rights, width, height, limits, maxUpscaledSide = 0, sizes, tiles, service = [] } = information;
  const extras = extrasOf(2, { isGray, isUpscaled: maxUpscaledSide > 0 });
  return {
    "@context": contextUris[2],
    "@id": id,
    protocol: "http://iiif.io/api/image",
    width,
    height,
    ...(sizes.length > 0 ? { sizes } : {}),
    ...(tiles.length > 0 ? { tiles: tiles.map(formatTile) } : {}),
    ...(rights === undefined ? {} : { license: rights }),
    profile: [
      profileUris[2],
      {
        formats: extras.formats,
        qualities: extras.qualities,
        supports: extras.features,
        maxWidth: Math.min(limits.maxWidth, Math.max(width, maxUpscaledSide)),
        maxHeight: Math.min(limits.maxHeight, Math.max(height, maxUpscaledSide)),
        maxArea: limits.maxArea,
      },
    ],
    ...(service.length > 0 ? { service } : {}),
  };
}
