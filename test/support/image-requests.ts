import type { Size } from "../../src/geometry.ts";
import type { CanonicalRequest, ImageFacts } from "../../src/iiif/canonical.ts";
import { canonicalise } from "../../src/iiif/canonical.ts";
import { parseRequest } from "../../src/iiif/request.ts";
import type { SizeLimits } from "../../src/iiif/size.ts";
import type { ApiVersion } from "../../src/iiif/version.ts";
import type { Random } from "./random.ts";

/** What a request is settled for. */
export interface Settling {
  readonly image: ImageFacts;
  readonly limits: SizeLimits;
  readonly version: ApiVersion;
}

/** Parses and resolves the four segments after the identifier. Throws what parsing and settling throw. */
export function settle(path: string, { image, limits, version }: Settling): CanonicalRequest {
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, version);
  return canonicalise(request, image, { limits, isStrictConfined: false });
}

/** Returns an image with tiles and levels that were halved a few times, each rounded down or each up. */
export function randomImage({ integer, pick }: Random): ImageFacts {
  const side = (): number => integer(1, pick([5, 100, 3000, 60_000]));
  const size = { width: side(), height: side() };
  const round = pick([Math.floor, Math.ceil]);
  const levels = [size];
  for (let count = integer(0, 6); count > 0; count -= 1) {
    const { width, height } = levels.at(-1) ?? size;
    levels.push({ width: Math.max(1, round(width / 2)), height: Math.max(1, round(height / 2)) });
  }
  return { ...size, isGray: pick([true, false]), levels, tile: { width: 256, height: 256 } };
}

/** Returns the four segments of a request for an image of `image` pixels; some ask for more than there is. */
export function randomRequest(random: Random, image: Size & Pick<ImageFacts, "levels">, version: ApiVersion): string {
  const { integer, pick } = random;
  const decimal = (most: number): string => (random.next() * most).toFixed(integer(0, 4));
  const region = pick([
    "full",
    "square",
    `${integer(0, image.width)},${integer(0, image.height)},${integer(1, image.width)},${integer(1, image.height)}`,
    `pct:${decimal(90)},${decimal(90)},${decimal(100)},${decimal(100)}`,
  ]);
  const anySize = { width: integer(1, image.width), height: integer(1, image.height) };
  const { width, height } = image.levels === undefined ? anySize : pick([anySize, pick(image.levels)]);
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
