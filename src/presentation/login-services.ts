import { isLoginReason } from "../access/decide.ts";
import { authServices, formerAuthServices, type ServiceJson } from "../access/services.ts";
import type { ShownImage, ShownPage } from "../catalogue/shown-work.ts";
import type { ApiVersion } from "../iiif/version.ts";
import type { Addresses } from "./addresses.ts";

/**
 * Returns the services by which somebody comes to see all of an image that a document of a version of the API shows less of;
 * none where that helps nobody.
 */
export function loginServices(
  { base, letsIn }: Pick<Addresses, "base" | "letsIn">,
  version: ApiVersion,
  { identifier, withheld }: ShownImage,
): readonly ServiceJson[] {
  if (letsIn === undefined || withheld === undefined || !isLoginReason(withheld.reason)) return [];
  const ground = { reason: withheld.reason, ...letsIn, base, version, identifier };
  return (withheld.isReduced ? formerAuthServices : authServices)(ground);
}

/** Says whether services of the Authorization Flow 2.0 stand in a document of 3.0, whose context names their words then. */
export function hasLoginServices(addresses: Addresses, pages: readonly Pick<ShownPage, "images">[]): boolean {
  if (addresses.letsIn === undefined) return false;
  const withheld = pages.flatMap(({ images }) => images.filter((image) => image.withheld?.isReduced === false));
  return withheld.some((image) => loginServices(addresses, 3, image).length > 0);
}
