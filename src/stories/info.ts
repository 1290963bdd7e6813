import { findRefusal } from "../check/refusal.ts";
import { digest } from "../digest.ts";
import { baseUri, isHostShared } from "../http/base-uri.ts";
import { chooseInfoType } from "../http/negotiate.ts";
import { infoHeaders, respondNotModified, respondText } from "../http/respond.ts";
import type { InfoRoute } from "../http/route.ts";
import { spellIdentifier } from "../identity/identifier.ts";
import { nameMaster } from "../identity/master-name.ts";
import { formatInfo } from "../iiif/info.ts";
import { rulesOfImage } from "../iiif/reduced-rules.ts";
import { offerOf } from "../iiif/tiles.ts";
import { formatInfoV2 } from "../iiif/v2/info.ts";
import { withMaster } from "../masters/open.ts";
import type { Master } from "../masters/store.ts";
import { seenImage } from "../pyramid/pyramid.ts";
import { rightsOfRecord } from "../records.ts";
import type { Services } from "../services.ts";
import type { RoutedImage } from "./image.ts";

/** Answers an info.json request. Throws an ImageError if it can't be answered. */
export function answerInfo(
  services: Services,
  { request, route, identifier, visit }: RoutedImage<InfoRoute>,
): Promise<Response> {
  const { config } = services;
  const { version } = route;
  const spelling = spellIdentifier(route.identifier);
  visit.account.identifier = identifier;
  return withMaster(services.masters, { name: nameMaster(identifier, config), visit }, async (master) => {
    const { pyramid, metadata } = master;
    refuseUnanswered(services, master);
    const rules = rulesOfImage(pyramid, services.sizeRules[version]);
    const id = baseUri({ config, request, version, identifier, spelling });
    const format = version === 3 ? formatInfo : formatInfoV2;
    const record = await rightsOfRecord(services.records, { key: identifier, visit });
    const info = format({
      id,
      // What curators write counts more than what a file says.
      rights: record ?? metadata.rightsUri,
      ...seenImage(pyramid),
      ...rules,
      ...offerOf(pyramid, rules.limits),
    });
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
