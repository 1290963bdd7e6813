import { ImageError } from "../error.ts";
import { type Format, parseFormat } from "./format.ts";
import { parseQuality, type Quality } from "./quality.ts";
import { parseRegion, type RegionRequest } from "./region.ts";
import { parseRotation, type Rotation } from "./rotation.ts";
import { parseSize, type SizeRequest } from "./size.ts";
import type { ApiVersion } from "./version.ts";

/** An image request as written, in the order in which the parameters are applied, independent of the image. */
export interface ImageRequest {
  readonly region: RegionRequest;
  readonly size: SizeRequest;
  readonly rotation: Rotation;
  readonly quality: Quality;
  readonly format: Format;
}

/** The four path segments after the identifier, still encoded. */
export interface ImageParameters {
  readonly region: string;
  readonly size: string;
  readonly rotation: string;
  readonly qualityAndFormat: string;
}

/**
 * Parses the parameters of an image request. Throws the codes of the individual parsers and `path-malformed` for an
 * escape that is not UTF-8 or a last segment without a format. Source: Image API 3.0 §2.1, §4.
 */
export function parseRequest(parameters: ImageParameters, version: ApiVersion): ImageRequest {
  const last = decode(parameters.qualityAndFormat);
  const dot = last.lastIndexOf(".");
  if (dot < 0) throw new ImageError("path-malformed", "The path does not end in quality.format, such as default.jpg.");
  return {
    region: parseRegion(decode(parameters.region)),
    size: parseSize(decode(parameters.size), version),
    rotation: parseRotation(decode(parameters.rotation)),
    quality: parseQuality(last.slice(0, dot)),
    format: parseFormat(last.slice(dot + 1)),
  };
}

function decode(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new ImageError("path-malformed", "The path has an escape that is not valid %XX encoded UTF-8.", { cause });
  }
}
