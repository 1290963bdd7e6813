import { formatReduced } from "../access/asked-image.ts";
import { formatSegment } from "../identity/identifier.ts";
import type { ApiVersion } from "../iiif/version.ts";
import type { Services } from "../services.ts";
import type { Refusal } from "./refused.ts";

/**
 * Returns the base URI, as a path, of what somebody may see who was refused an image: the image reduced as far as its policy
 * says. Undefined where there is nothing of the kind.
 */
export function reducedUri(
  { config }: Services,
  { route: { version } }: { readonly route: { readonly version: ApiVersion } },
  { image, publicSize }: Refusal,
): string | undefined {
  // A reduced image that is too large was asked for by somebody who knows what he does; a signature that does not suffice too.
  if (publicSize === undefined || image.longestSide !== undefined || image.signature !== undefined) return undefined;
  return `${config.prefix}/${version}/${formatSegment(formatReduced(image.identifier, publicSize))}`;
}
