import { findRefusal } from "../check/refusal.ts";
import type { GatewayRule } from "../config/gateway.ts";
import { digest } from "../digest.ts";
import { readDeepZoom } from "../gateway/deep-zoom.ts";
import { readIiif } from "../gateway/iiif.ts";
import { readIip } from "../gateway/iip.ts";
import { readOldIdentifier } from "../gateway/old-identifier.ts";
import type { OldDescription, OldRequest } from "../gateway/old-request.ts";
import type { TiledImage } from "../gateway/tile-grid.ts";
import { readZoomify } from "../gateway/zoomify.ts";
import { answerOptions } from "../http/methods.ts";
import { descriptionHeaders, respondNotModified, respondText } from "../http/respond.ts";
import { checkPathLength, queryOf } from "../http/route.ts";
import type { Identifier } from "../identity/identifier.ts";
import { type ImageParameters, parseRequest } from "../iiif/request.ts";
import { tileOf } from "../iiif/tiles.ts";
import type { ApiVersion } from "../iiif/version.ts";
import { type Pyramid, seenImage } from "../pyramid/pyramid.ts";
import type { Services } from "../services.ts";
import { withGranted } from "./granted.ts";
import { answerPicture } from "./image.ts";
import { answerImagePath, type ImagePathRequest } from "./image-path.ts";
import { orFollowed } from "./moved.ts";

/** A request for a URL that was another server's, and the rule for it. */
export interface OldUrlRequest extends ImagePathRequest {
  readonly rule: GatewayRule;
}

/**
 * Answers requests for URLs of other servers as what they mean here. Pictures are answered, not redirected to, so that no
 * tile takes two round trips; info.json names the image by its own URL, so that viewers go on there. Throws an ImageError
 * if one can't be answered.
 */
export async function answerOldUrl(services: Services, asked: OldUrlRequest): Promise<Response> {
  const options = answerOptions(asked.request);
  if (options !== undefined) return options;
  const { prefix, pageSuffix } = services.config;
  const { request, rule, visit } = asked;
  const old = readOld(asked);
  if (old.kind === "iiif") {
    const found = readIiif(old.rest, { rule, prefix, pageSuffix });
    if (found.kind === "path") {
      // A query that says the path is no part of it.
      const said = rule.protocol === "iip" ? { search: "" } : {};
      return answerImagePath(services, { request, path: found.path, visit, ...said });
    }
    return answerTranslated(services, asked, { ...found, version: rule.version });
  }
  const { identifier } = readOldIdentifier(old.identifier, { id: rule.id, pageSuffix });
  if (old.kind === "description") return answerDescription(services, asked, { ...old, identifier });
  return answerTranslated(services, asked, { ...old, identifier, version: 3 });
}

function readOld({ request, path, rule }: OldUrlRequest): OldRequest {
  const rest = path.slice(rule.prefix.length);
  switch (rule.protocol) {
    case "iiif":
      return { kind: "iiif", rest };
    case "deepzoom":
      return readDeepZoom(rest, rule);
    case "zoomify":
      return readZoomify(rest, rule);
    case "iip": {
      const query = queryOf(request.url);
      checkPathLength(query, "query");
      return readIip(query, rule);
    }
  }
}

interface Translated {
  readonly identifier: Identifier;
  readonly version: ApiVersion;
  readonly translate: (image: TiledImage) => ImageParameters;
}

/** What is asked for is written as a request of the Image API, and parsed like one: nothing is allowed here that is not there. */
function answerTranslated(
  services: Services,
  { request, visit }: ImagePathRequest,
  { identifier, version, translate }: Translated,
): Promise<Response> {
  const ask = (pyramid: Pyramid) => parseRequest(translate(tiledImage(pyramid)), version);
  return orFollowed(services, { identifier, visit }, (identifier) =>
    answerPicture(services, { request, version, identifier, visit, ask, instead: "reduced" }),
  );
}

function answerDescription(
  services: Services,
  { request, visit }: ImagePathRequest,
  {
    identifier: asked,
    contentType,
    describe,
  }: Omit<OldDescription, "kind" | "identifier"> & { readonly identifier: Identifier },
): Promise<Response> {
  const { config, style } = services;
  return orFollowed(services, { identifier: asked, visit }, (identifier) => {
    return withGranted(services, { request, identifier, visit, instead: "reduced" }, async (master, { keeping }) => {
      const refusal = findRefusal(master, style);
      if (refusal !== undefined) throw refusal;
      const text = describe(tiledImage(master.pyramid));
      const headers = descriptionHeaders({
        etag: `"${await digest(text)}"`,
        cacheTag: master.name.places.cacheTag,
        maxAgeSeconds: config.infoMaxAgeSeconds,
        keeping,
        contentType,
      });
      return respondNotModified(request, headers, visit.account) ?? respondText(text, headers, visit.account);
    });
  });
}

function tiledImage(pyramid: Pyramid): TiledImage {
  const { width, height } = seenImage(pyramid);
  return { width, height, tile: tileOf(pyramid) };
}
