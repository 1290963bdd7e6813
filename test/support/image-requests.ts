import type { Size } from "../../src/geometry.ts";
import type { CanonicalRequest } from "../../src/iiif/canonical.ts";
import { canonicalise } from "../../src/iiif/canonical.ts";
import { parseRequest } from "../../src/iiif/request.ts";
import type { SizeLimits } from "../../src/iiif/size.ts";
import type { ApiVersion } from "../../src/iiif/version.ts";
import type { Random } from "./random.ts";

/** What a request is settled for. */
export interface Settling {
  readonly image: Size & { readonly isGray: boolean };
  readonly limits: SizeLimits;
  readonly version: ApiVersion;
}

/** Parses and resolves the four segments after the identifier. Throws what parsing and settling throw. */
export function settle(path: string, { image, limits, version }: Settling): CanonicalRequest {
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, version);
  return canonicalise(request, image, { limits, isStrictConfined: false });
}

/** Returns the four segments of a request for an image of `image` pixels; some ask for more than there is. */
export function randomRequest(random: Random, image: Size, version: ApiVersion): string {
  const { integer, pick } = random;
  const decimal = (most: number): string => (random.next() * most).toFixed(integer(0, 4));
  const region = pick([
    "full",
    "square",
    `${integer(0, image.width)},${integer(0, image.height)},${integer(1, image.width)},${integer(1, image.height)}`,
    `pct:${decimal(90)},${decimal(90)},${decimal(100)},${decimal(100)}`,
  ]);
  const width = integer(1, image.width);
  const height = integer(1, image.height);
  const size = pick([
    "max",
    `${width},`,
    `,${height}`,
    `pct:${decimal(100)}`,
    `${width},${height}`,
    `!${width},${height}`,
  ]);
  const upscaling = version === 3 && pick([true, false]) ? "^" : "";
  const rotation = `${pick(["", "!"])}${pick(["0", "90", "180.0", "270", "360", decimal(360)])}`;
  const end = `${pick(["default", "color", "gray", "bitonal"])}.${pick(["jpg", "png", "webp"])}`;
  return `${region}/${upscaling}${size}/${rotation}/${end}`;
}
