import { attachmentKey, attachmentType } from "../catalogue/attachment.ts";
import { fileHeaders, respondFile, respondNotModified } from "../http/respond.ts";
import { objectTag } from "../identity/cache-tags.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import type { TextRoute } from "../presentation/text-route.ts";
import { openAttachment } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { grantAttachment } from "./shown.ts";

interface Asked {
  readonly request: Request;
  readonly visit: Visit;
  readonly route: Extract<TextRoute, { readonly kind: "attachment" }>;
}

/** Answers a request for a file that lies beside the images of an object, from one read. Throws an ImageError if it can't. */
export async function answerAttachment(services: Services, { request, visit, route }: Asked): Promise<Response> {
  const { config, records } = services;
  const [object, file] = [parseIdentifier(route.object), parseIdentifier(route.file)];
  const keeping = await grantAttachment(services, { request, key: object, visit });
  const { body, version } = await openAttachment(records, { key: attachmentKey(object, file), visit });
  const headers = fileHeaders({
    etag: `"${version}"`,
    cacheTag: await objectTag(object),
    maxAgeSeconds: config.infoMaxAgeSeconds,
    keeping,
    contentType: attachmentType,
    scope: "public",
    fileName: file,
  });
  const known = respondNotModified(request, headers, visit.account);
  if (known === undefined && request.method !== "HEAD") return respondFile(body, headers, visit.account);
  // What nobody reads would keep its connection open.
  await body.cancel();
  return known ?? respondFile(null, headers, visit.account);
}
