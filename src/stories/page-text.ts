import { digest } from "../digest.ts";
import { baseOf, isHostShared } from "../http/base-uri.ts";
import { chooseDocumentType } from "../http/negotiate.ts";
import { documentHeaders, fileHeaders, respondFile, respondNotModified, respondText } from "../http/respond.ts";
import { objectTag } from "../identity/cache-tags.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import type { Addresses } from "../presentation/addresses.ts";
import { formatPageText } from "../presentation/page-text.ts";
import { textKinds } from "../presentation/text-kinds.ts";
import type { TextRoute } from "../presentation/text-route.ts";
import { formatPageTextV2 } from "../presentation/v2/page-text.ts";
import { withPageLines, withTextFile } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { grantText } from "./shown.ts";

interface Asked<Kind extends TextRoute["kind"]> {
  readonly request: Request;
  readonly visit: Visit;
  readonly route: Extract<TextRoute, { readonly kind: Kind }>;
}

/** Answers a request for the lines of a page as annotations, from one read where it is known who may read them. Throws an ImageError if it can't be answered. */
export async function answerPageText(services: Services, { request, visit, route }: Asked<"text">): Promise<Response> {
  const { config, records, publicRules } = services;
  const addresses: Addresses = {
    base: baseOf({ config, request }),
    imagePrefix: config.prefix,
    limits: publicRules[3].limits,
  };
  const [object, page] = [parseIdentifier(route.object), parseIdentifier(route.page)];
  const keeping = await grantText(services, { request, key: object, visit }, page);
  return withPageLines(records, { page: { object, page }, visit }, async (text) => {
    const format = route.version === 3 ? formatPageText : formatPageTextV2;
    const json = JSON.stringify(format(addresses, { object, key: page }, text));
    const contentType = chooseDocumentType(request, route.version);
    const headers = documentHeaders({
      etag: `"${await digest(json + contentType)}"`,
      cacheTag: await objectTag(object),
      maxAgeSeconds: config.infoMaxAgeSeconds,
      keeping,
      contentType,
      scope: isHostShared(config, request.url) ? "public" : "private",
    });
    return respondNotModified(request, headers, visit.account) ?? respondText(json, headers, visit.account);
  });
}

/** Answers a request for the file that a page's text comes from, from two reads. Throws as `answerPageText` does. */
export async function answerTextFile(services: Services, { request, visit, route }: Asked<"file">): Promise<Response> {
  const { config, records } = services;
  const [object, page] = [parseIdentifier(route.object), parseIdentifier(route.page)];
  const keeping = await grantText(services, { request, key: object, visit }, page);
  // What is lent for the lines is given back before more is asked for.
  const { file, format } = await withPageLines(records, { page: { object, page }, visit }, async (text) => text);
  return withTextFile(records, { object, file, visit }, async (bytes) => {
    const { mediaType } = textKinds[format];
    const isPlain = format === "plain";
    const headers = fileHeaders({
      etag: `"${await digest(bytes)}"`,
      cacheTag: await objectTag(object),
      maxAgeSeconds: config.infoMaxAgeSeconds,
      keeping,
      // A byte order mark stands above what is said here. Source: Encoding standard §4, BOM sniff.
      contentType: isPlain ? `${mediaType}; charset=utf-8` : mediaType,
      scope: "public",
      fileName: isPlain ? undefined : file,
    });
    return respondNotModified(request, headers, visit.account) ?? respondFile(bytes, headers, visit.account);
  });
}
