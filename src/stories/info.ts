import { readRights } from "../catalogue/accepted-rights.ts";
import { findRefusal } from "../check/refusal.ts";
import { digest } from "../digest.ts";
import { baseUri, isHostShared } from "../http/base-uri.ts";
import { chooseInfoType } from "../http/negotiate.ts";
import { infoHeaders, respondNotModified, respondText, respondToAsker, respondUnderLogin } from "../http/respond.ts";
import type { InfoRoute } from "../http/route.ts";
import { spellIdentifier } from "../identity/identifier.ts";
import { formatInfo } from "../iiif/info.ts";
import { rulesOfImage } from "../iiif/reduced-rules.ts";
import { offerOf } from "../iiif/tiles.ts";
import { formatInfoV2 } from "../iiif/v2/info.ts";
import type { Master } from "../masters/store.ts";
import { seenImage } from "../pyramid/pyramid.ts";
import type { Services } from "../services.ts";
import { describeServices } from "./described-services.ts";
import { type AskedOf, withGranted } from "./granted.ts";
import type { RoutedImage } from "./image.ts";
import { reducedUri } from "./reduced-uri.ts";
import { AccessRefused } from "./refused.ts";

/**
 * Answers an info.json request. Who may see the image reduced alone is led to that of the reduced one; who may see it once he
 * is let in is told of it, and where that is, under the status that is configured. Throws an ImageError if it can't be
 * answered. Source: Authentication 1.0 §3; Authorization Flow 2.0 §2.1.
 */
export async function answerInfo(services: Services, asked: RoutedImage<InfoRoute>): Promise<Response> {
  try {
    return await answerGranted(services, asked);
  } catch (error) {
    const uri = error instanceof AccessRefused ? reducedUri(services, asked, error.refusal) : undefined;
    if (uri === undefined) throw error;
    return respondToAsker({ uri: `${uri}/info.json`, status: 302 });
  }
}

function answerGranted(
  services: Services,
  { request, route, identifier, visit }: RoutedImage<InfoRoute>,
): Promise<Response> {
  const { config } = services;
  const { version } = route;
  const spelling = spellIdentifier(route.identifier);
  const asking: AskedOf = { request, identifier, visit, shows: "token", instead: "information" };
  return withGranted(services, asking, async (master, { image, keeping, stated, isToBeLetIn }) => {
    const { pyramid, metadata } = master;
    refuseUnanswered(services, master);
    const { sizeRules, publicRules } = services;
    const rules = rulesOfImage(pyramid, (image.signature === undefined ? publicRules : sizeRules)[version]);
    const id = baseUri({ config, request, version, identifier, spelling });
    const format = version === 3 ? formatInfo : formatInfoV2;
    const told = stated.facts?.rights;
    const info = format({
      id,
      // What curators write counts more than what a file says. Earlier versions stored it as it was given.
      rights: (told && (readRights(told) ?? told)) ?? metadata.rightsUri,
      ...seenImage(pyramid),
      ...rules,
      ...offerOf(pyramid, rules.limits),
      ...describeServices(services, { request, version, image, keeping, stated }),
    });
    const text = JSON.stringify(info, undefined, 2);
    const contentType = chooseInfoType(request, version);
    const headers = infoHeaders({
      version,
      etag: `"${await digest(text + contentType)}"`,
      cacheTag: master.name.places.cacheTag,
      maxAgeSeconds: config.infoMaxAgeSeconds,
      keeping,
      contentType,
      scope: isHostShared(config, request.url) ? "public" : "private",
    });
    if (isToBeLetIn) return respondUnderLogin(text, headers, config.authInfoStatus);
    return respondNotModified(request, headers, visit.account) ?? respondText(text, headers, visit.account);
  });
}

/** Refuses a master that no picture can be drawn from, with the reason: viewers begin here. */
function refuseUnanswered({ style }: Services, master: Master): void {
  const refusal = findRefusal(master, style);
  if (refusal !== undefined) throw refusal;
}
