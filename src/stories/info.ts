import { findRefusal } from "../check/refusal.ts";
import { digest } from "../digest.ts";
import type { Size } from "../geometry.ts";
import { baseUri, isHostShared } from "../http/base-uri.ts";
import { chooseInfoType } from "../http/negotiate.ts";
import { infoHeaders, respondNotModified, respondText } from "../http/respond.ts";
import type { InfoRoute } from "../http/route.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import { nameMaster } from "../identity/master-name.ts";
import { formatInfo } from "../iiif/info.ts";
import { offerTiles } from "../iiif/tiles.ts";
import { formatInfoV2 } from "../iiif/v2/info.ts";
import { withMaster } from "../masters/open.ts";
import type { Master } from "../masters/store.ts";
import { type Pyramid, seenImage } from "../pyramid/pyramid.ts";
import { turnOfTiffOrientation, turnSize } from "../raster/orientation.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** A tile past the smallest level is offered while it is drawn from at most this many pixels a side for one of its own. */
const maxReduction = 32;

/** Answers an info.json request. Throws an ImageError if it can't be answered. */
export function answerInfo(
  services: Services,
  { request, route, visit }: { readonly request: Request; readonly route: InfoRoute; readonly visit: Visit },
): Promise<Response> {
  const { config, sizeRules } = services;
  const { version } = route;
  const identifier = parseIdentifier(route.identifier);
  return withMaster(services.masters, { name: nameMaster(identifier, config), visit }, async (master) => {
    const { pyramid, metadata } = master;
    refuseUnanswered(services, master);
    const { limits } = sizeRules;
    const id = baseUri({ config, request, version, identifier });
    const offer = offerTiles({ levels: seenLevels(pyramid), tile: seenTile(pyramid), limits, maxReduction });
    const format = version === 3 ? formatInfo : formatInfoV2;
    const info = format({ id, rights: metadata.rightsUri, ...seenImage(pyramid), limits, ...offer });
    const text = JSON.stringify(info, undefined, 2);
    const contentType = chooseInfoType(request, version);
    const headers = infoHeaders({
      version,
      etag: `"${await digest(text + contentType)}"`,
      cacheTag: master.name.places.cacheTag,
      maxAgeSeconds: config.infoMaxAgeSeconds,
      contentType,
      scope: isHostShared(config, request.url) ? "public" : "private",
    });
    return respondNotModified(request, headers, visit.account) ?? respondText(text, headers, visit.account);
  });
}

/** Refuses a master that no picture can be drawn from, with the reason: viewers begin here. */
function refuseUnanswered({ style }: Services, master: Master): void {
  const refusal = findRefusal(master, style);
  if (refusal !== undefined) throw refusal;
}

function seenLevels({ levels, orientation }: Pyramid): Size[] {
  return levels.map((level) => turnSize(level, turnOfTiffOrientation(orientation)));
}

function seenTile({ levels: [{ tileWidth, tileLength, isStripped }], orientation }: Pyramid): Size {
  if (isStripped) return stripTile;
  return turnSize({ width: tileWidth, height: tileLength }, turnOfTiffOrientation(orientation));
}

/** Offered for images in strips: each of its tiles decodes whole rows, so they are large and few. */
const stripTile: Size = { width: 1024, height: 1024 };
