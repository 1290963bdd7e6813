import { digest } from "./cache/digest.ts";
import type { Account } from "./derivative.ts";
import type { Size } from "./geometry.ts";
import { chooseInfoType } from "./http/negotiate.ts";
import { infoHeaders, respondNotModified, respondText } from "./http/respond.ts";
import type { Route } from "./http/route.ts";
import { baseUri, imageTag, masterKey } from "./identity.ts";
import { parseIdentifier } from "./iiif/identifier.ts";
import { formatInfo } from "./iiif/info.ts";
import { offerTiles } from "./iiif/tiles.ts";
import { formatInfoV2 } from "./iiif/v2/info.ts";
import { openMaster, retryWhenReplaced } from "./masters.ts";
import { turnOfTiffOrientation, turnSize } from "./raster/orientation.ts";
import { seenSize } from "./render/plan.ts";
import type { Services } from "./services.ts";
import type { Pyramid } from "./tiff/pyramid.ts";

/** A tile past the smallest level is offered while it is drawn from at most this many pixels a side for one of its own. */
const maxReduction = 32;

/** Answers an info.json request. Throws an ImageError for whatever it can't be answered with. */
export function answerInfo(
  services: Services,
  { request, route, account }: { request: Request; route: Route & { kind: "info" }; account: Account },
): Promise<Response> {
  const { version } = route;
  const identifier = parseIdentifier(route.identifier);
  const key = masterKey(identifier, services.config.keyTemplate);
  return retryWhenReplaced(services.masters, key, async () => {
    const { pyramid } = await openMaster(services.masters, key, account);
    const { limits } = services.sizeRules;
    const id = baseUri({ config: services.config, request, version, identifier });
    const offer = offerTiles({ levels: seenLevels(pyramid), tile: seenTile(pyramid), limits, maxReduction });
    const isGray = pyramid.levels[0].encoding.model === "gray";
    const format = version === 3 ? formatInfo : formatInfoV2;
    const text = JSON.stringify(format({ id, isGray, ...seenSize(pyramid), limits, ...offer }), undefined, 2);
    const contentType = chooseInfoType(request.headers.get("Accept"), version);
    const headers = infoHeaders({
      version,
      etag: `"${await digest(text + contentType)}"`,
      cacheTag: await imageTag(identifier),
      maxAgeSeconds: services.config.infoMaxAgeSeconds,
      contentType,
    });
    return respondNotModified(request, headers, account) ?? respondText(text, headers, account);
  });
}

function seenLevels({ levels, orientation }: Pyramid): Size[] {
  return levels.map((level) => turnSize(level, turnOfTiffOrientation(orientation)));
}

function seenTile({ levels: [{ tileWidth, tileLength }], orientation }: Pyramid): Size {
  return turnSize({ width: tileWidth, height: tileLength }, turnOfTiffOrientation(orientation));
}
