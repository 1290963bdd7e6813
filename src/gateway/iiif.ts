import type { GatewayRule } from "../config/gateway.ts";
import { findRoute, nowhere } from "../http/route.ts";
import { formatIdentifier, type Identifier } from "../identity/identifier.ts";
import type { ImageParameters } from "../iiif/request.ts";
import { readOldIdentifier } from "./old-identifier.ts";
import { scaleParameters } from "./scaled-parameters.ts";
import type { TiledImage } from "./tile-grid.ts";

/** What a path of another server of the Image API means here. */
export type OldIiif =
  /** The path of this service that has the same answer. */
  | { readonly kind: "path"; readonly path: string }
  /** A picture of an image that the other server said to be smaller than it is. */
  | {
      readonly kind: "picture";
      readonly identifier: Identifier;
      readonly translate: (image: TiledImage) => ImageParameters;
    };

/** What it takes to read such a path: a rule, and settings of this service. */
export interface IiifSettings {
  readonly rule: Pick<GatewayRule, "version" | "id">;
  readonly prefix: string;
  readonly pageSuffix: string;
}

/**
 * Reads what comes after the prefix in a path of another server: from the right, as paths of this service are, so that an
 * identifier may hold plain slashes. The spellings of version 1 are taken with those of the rule's. Throws what finding
 * the route and reading the identifier throw.
 */
export function readIiif(rest: string, { rule, prefix, pageSuffix }: IiifSettings): OldIiif {
  const start = `${prefix}/${rule.version}/`;
  const route = findRoute(start + rest, prefix);
  if (route.kind === "redirect") throw nowhere("The path ends before the identifier.");
  const { identifier, scale } = readOldIdentifier(route.identifier, { id: rule.id, pageSuffix });
  const base = start + formatIdentifier(identifier);
  if (route.kind === "base") return { kind: "path", path: base };
  if (route.kind === "info") return { kind: "path", path: `${base}/info.json` };
  const parameters = modernise(route.parameters);
  if (scale !== undefined) {
    const translate = (image: TiledImage) => scaleParameters(parameters, { image, scale, version: rule.version });
    return { kind: "picture", identifier, translate };
  }
  const { region, size, rotation, qualityAndFormat } = parameters;
  return { kind: "path", path: `${base}/${region}/${size}/${rotation}/${qualityAndFormat}` };
}

/** Qualities of versions 1.0 and 1.1 that have other names since. Source: Image API 2.0, appendix E, and 1.1 §4.4. */
const formerQualities: ReadonlyMap<string, string> = new Map([
  ["native", "default"],
  ["grey", "gray"],
]);

/** In version 1 the format may be missing. Source: Image API 1.1 §4.5. */
function modernise(parameters: ImageParameters): ImageParameters {
  const { qualityAndFormat } = parameters;
  const [, quality = "", format = ".jpg"] = /^([^.]*)(\..*)?$/s.exec(qualityAndFormat) ?? [];
  return { ...parameters, qualityAndFormat: `${formerQualities.get(quality) ?? quality}${format}` };
}
